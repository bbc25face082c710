# SPDX-License-Identifier: Apache-2.0
"""`huisheng report` where writing fails at any point, and where it is stopped at any moment: the old files stay whole,
nothing half-written is left, one line says why."""
import os
import random
import signal
import time

from harness import files, main, run, start, test, text

OUTPUTS = ("page.html", "facts.json", "rows.csv", "book.xlsx")
ALL = ("-o", "page.html", "--json=facts.json", "--csv", "rows.csv", "--xlsx", "book.xlsx", "--quiet")


def reviews(tmp, n):
    rng = random.Random(7)
    things, words = ["物流", "包装", "味道", "客服", "价格"], ["太慢", "很好", "破损", "一般", "不满意", "超出预期"]
    with open(tmp / "in.csv", "w", encoding="utf-8") as f:
        f.write("评价内容,评分,评价时间,省份\n")
        for i in range(n):
            f.write(f"{rng.choice(things)}{rng.choice(words)}，第{i}次购买,{rng.randint(1, 5)},"
                    f"2026-11-{1 + i % 28:02d},{rng.choice(['西藏', '北京', '广东'])}\n")


def old_outputs(tmp):
    for name in OUTPUTS:
        (tmp / name).write_bytes(b"old")


def check_whole_or_old(tmp):
    """Each file is as it was or complete; no other file has appeared."""
    left = set(files(tmp)) - {"in.csv"}
    assert left <= set(OUTPUTS), left
    for name in left:
        data = (tmp / name).read_bytes()
        whole = {"page.html": data.endswith(b"</html>\n"), "facts.json": data.rstrip().endswith(b"}"),
                 "rows.csv": data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\n"),
                 "book.xlsx": data.startswith(b"PK") and b"PK\x05\x06" in data}[name]
        assert data == b"old" or whole, f"{name}: {data[:40]!r} … {data[-40:]!r}"
    return left


@test
def the_reference_run_writes_everything(tmp):
    reviews(tmp, 300)
    run("report", "in.csv", *ALL).ok().err_is_empty()
    assert check_whole_or_old(tmp) == set(OUTPUTS)


@test
def writing_may_fail_after_any_number_of_bytes(tmp):
    # Every file may grow to so many bytes: the limit strikes another writer each time.
    reviews(tmp, 300)
    run("report", "in.csv", *ALL).ok()
    sizes = sorted((tmp / name).stat().st_size for name in OUTPUTS)
    limits = [0, 1, 100, 4096, 10_000] + [s + d for s in sizes for d in (-4097, -1, 0) if s + d > 0]
    failures = 0
    for limit in sorted(set(limits)):
        old_outputs(tmp)
        result = run("report", "in.csv", *ALL, max_file_bytes=limit)
        if result.status:
            failures += 1
            result.refused(74, "cannot write")
            assert result.err.count("\n") == 1, result.err
        check_whole_or_old(tmp)
    assert failures >= len(OUTPUTS), failures


@test
def one_output_on_a_full_disk_spoils_no_other(tmp):
    reviews(tmp, 120)
    for args in (["-o", "/dev/full"], ["--json=/dev/full"], ["--csv", "/dev/full"]):
        run("report", "in.csv", "--quiet", *args).refused(74, "/dev/full")
    with open("/dev/full", "wb") as full:
        for how in ("--text", "--brief", "--json"):
            run("report", "in.csv", "--quiet", how, stdout=full).refused(74, "cannot write")
    assert files(tmp) == ["in.csv"]


@test
def stopping_at_any_moment_leaves_whole_files(tmp):
    reviews(tmp, 20_000)
    begin = time.monotonic()
    run("report", "in.csv", *ALL).ok()
    whole = time.monotonic() - begin
    stopped = 0
    for i in range(12):
        old_outputs(tmp)
        process = start("report", "in.csv", *ALL)
        time.sleep(whole * i / 11)
        process.send_signal(signal.SIGTERM if i % 2 else signal.SIGINT)
        _, err = process.communicate(timeout=60)
        if process.returncode == 130:
            stopped += 1
            assert text(err).startswith("huisheng: ") and err.count(b"\n") == 1, err
        else:
            # Asked before the handler stood, or too late to matter.
            assert process.returncode in (0, -signal.SIGINT, -signal.SIGTERM), (process.returncode, err)
        check_whole_or_old(tmp)
    assert stopped >= 3, stopped


@test
def a_second_signal_ends_at_once(tmp):
    reviews(tmp, 20_000)
    old_outputs(tmp)
    process = start("report", "in.csv", *ALL)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode in (130, -signal.SIGINT, 0), process.returncode
    check_whole_or_old(tmp)


@test
def the_same_file_for_two_outputs_is_refused(tmp):
    reviews(tmp, 10)
    result = run("report", "in.csv", "--quiet", "--csv", "out", "--xlsx", "out")
    result.refused(2, "out")
    result = run("report", "in.csv", "--quiet", "-o", "in.csv")
    result.refused(2, "in.csv")
    assert files(tmp) == ["in.csv"] and os.path.getsize(tmp / "in.csv") > 100


main()
