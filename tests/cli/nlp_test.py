# SPDX-License-Identifier: Apache-2.0
"""`huisheng nlp …` as filters: order kept, wrong lines named, nothing lost."""
import json
import os

from harness import main, run, start, test, text

TEXTS = ["物流太慢了，等了八天才到", "味道很好，下次还来", "包装破损，客服一直不回复", "The courier was slow",
         "", "   ", "aaaaaaa", "加微信领红包 v123", "😀😀", "一般般", "吃出铁丝，要投诉到12315", "好" * 3000]


def lines(items):
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode()


def answers(result):
    return [json.loads(line) for line in result.out.splitlines()]


def is_answer(a, source):
    assert a["id"] == source["id"], a
    s = a["sentiment"]
    assert s["label"] in ("neg", "neu", "pos") and set(s["probs"]) == {"neg", "neu", "pos"}, s
    assert abs(sum(s["probs"].values()) - 1) < 0.01, s
    assert a["urgency"]["level"] in (0, 1, 2), a
    assert a["validity"]["label"] in ("ok", "blank", "gibberish", "ad", "irrelevant"), a
    assert isinstance(a["keywords"], list) and isinstance(a["model"], str) and a["model"], a
    for d in a["dimensions"]:
        e = d["evidence"]
        # Offsets are characters of the text as it was given.
        assert source["text"][e["start"]:e["end"]] == e["text"] and e["text"], (d, source)
        assert d["polarity"] in ("neg", "neu", "pos"), d


@test
def every_text_gets_its_answer_in_order(tmp):
    items = [{"id": i, "text": t} for i, t in enumerate(TEXTS)]
    got = answers(run("nlp", "analyse", stdin=lines(items)).ok().err_is_empty())
    assert len(got) == len(items), len(got)
    for a, item in zip(got, items):
        is_answer(a, item)
    assert got[0]["sentiment"]["label"] == "neg" and got[1]["sentiment"]["label"] == "pos", got[:2]
    assert "logistics" in [d["code"] for d in got[0]["dimensions"]], got[0]


@test
def ids_come_back_as_they_were(tmp):
    ids = [1, "a", "订单 7", None, 12345678901234, 1.5, True, {"a": [1]}, ""]
    got = answers(run("nlp", "analyse", stdin=lines({"id": i, "text": "不错"} for i in ids)).ok())
    assert [a["id"] for a in got] == ids, got


@test
def threads_change_nothing(tmp):
    data = lines({"id": i, "text": TEXTS[i % len(TEXTS)] + str(i)} for i in range(1500))
    one = run("nlp", "analyse", "--threads", "1", stdin=data).ok().raw
    assert one.count(b"\n") == 1500
    for threads in ("2", "5"):
        assert run("nlp", "analyse", "--threads", threads, stdin=data).ok().raw == one


@test
def wrong_lines_are_named_and_the_others_answered(tmp):
    data = (b'{"id":1,"text":"\xe4\xb8\x8d\xe9\x94\x99"}\nnot json\n{"id":3}\n{"id":4,"text":7}\n'
            b'{"id":5,"text":"\xff\xfe"}\n{"id":6,"text":"\xe5\xa5\xbd"}')
    result = run("nlp", "analyse", stdin=data)
    assert result.status == 65, result.status
    result.err_has("2", "huisheng: ")
    got = {a.get("id"): a for a in answers(result)}
    assert "sentiment" in got[1] and "sentiment" in got[6], got


@test
def nothing_in_is_nothing_out(tmp):
    assert run("nlp", "analyse", stdin=b"").ok().raw == b""
    assert run("nlp", "analyse", stdin=b"\n\n").raw.count(b"sentiment") == 0


@test
def a_file_is_read_like_standard_input(tmp):
    data = lines({"id": i, "text": t} for i, t in enumerate(TEXTS))
    (tmp / "in.ndjson").write_bytes(data)
    assert run("nlp", "analyse", "in.ndjson").ok().raw == run("nlp", "analyse", stdin=data).ok().raw
    run("nlp", "analyse", "absent.ndjson").refused(66, "absent.ndjson")
    run("nlp", "analyse", "a", "b").refused(2, "unexpected argument")


@test
def full_disk_and_closed_pipe_end_with_one_line(tmp):
    data = lines({"id": i, "text": TEXTS[0]} for i in range(300))
    with open("/dev/full", "wb") as full:
        run("nlp", "analyse", stdin=data, stdout=full).refused(74)
    read_end, write_end = os.pipe()
    process = start("nlp", "analyse", stdout=write_end)
    os.close(write_end)
    os.close(read_end)
    _, err = process.communicate(data)
    assert process.returncode == 74, process.returncode
    assert text(err).startswith("huisheng: "), err


@test
def personal_data_is_found_and_masked(tmp):
    text = "我叫张伟，电话１３８ 0013 8000，邮箱 zhang@example.com，订单号 2026112400123"
    got, = answers(run("nlp", "pii", stdin=lines([{"id": 1, "text": text}])).ok().err_is_empty())
    assert [(s["type"], text[s["start"]:s["end"]]) for s in got["spans"]] == [
        ("name", "张伟"), ("mobile", "１３８ 0013 8000"), ("email", "zhang@example.com")], got
    assert "masked" not in got
    got, = answers(run("nlp", "pii", "--mask", stdin=lines([{"id": 1, "text": text}])).ok())
    assert len(got["masked"]) == len(text) and got["masked"].endswith("2026112400123"), got
    for secret in ("张伟", "0013", "zhang@"):
        assert secret not in got["masked"], got
    got, = answers(run("nlp", "pii", "--mask", stdin=lines([{"id": 2, "text": "物流慢"}])).ok())
    assert got == {"id": 2, "spans": [], "masked": "物流慢"}, got


@test
def copies_point_to_the_first(tmp):
    texts = ["物流太慢了，等了五天还没到，客服也不回复", "味道不错，下次还来", "物流太慢了！等了五天还没到，客服也不回复。", "不错", "不错", ""]
    items = [{"id": f"n{i}", "text": t} for i, t in enumerate(texts * 300)]
    got = answers(run("nlp", "dedup", "--threads", "3", stdin=lines(items)).ok().err_is_empty())
    assert [a["id"] for a in got] == [i["id"] for i in items]
    assert [a["duplicate_of"] for a in got[:6]] == [None, None, "n0", None, "n3", None], got[:6]
    assert {a["duplicate_of"] for a in got[6:]} <= {"n0", "n1", "n3", None}, got[6:12]
    assert all(a["duplicate"] == (a["duplicate_of"] is not None) for a in got)
    plain = answers(run("nlp", "dedup", stdin=lines([{"text": texts[0]}, {"text": texts[2]}])).ok())
    assert plain[1] == {"id": None, "duplicate": True, "duplicate_of": None}, plain


@test
def phrases_of_a_collection_are_counted(tmp):
    texts = ["物流太慢了", "快递慢，客服不回复", "物流实在是慢", "质量不错", "手机老是闪退", "一打开就闪退"] * 10
    data = lines({"id": i, "text": t} for i, t in enumerate(texts))
    got = answers(run("nlp", "phrases", stdin=data).ok().err_is_empty())
    counts = {a["phrase"]: a["count"] for a in got if not a.get("new")}
    assert counts["物流慢"] == 30 and counts["质量不错"] == 10, counts
    known = [a["count"] for a in got if not a.get("new")]
    assert known == sorted(known, reverse=True)
    assert sum(not a.get("new") for a in answers(run("nlp", "phrases", "--top", "2", stdin=data).ok())) == 2
    (tmp / "in.ndjson").write_bytes(data)
    assert answers(run("nlp", "phrases", "in.ndjson").ok()) == got
    wrong = run("nlp", "phrases", stdin=data + b"no\n")
    assert wrong.status == 65 and answers(wrong) == got
    with open("/dev/full", "wb") as full:
        run("nlp", "phrases", stdin=data, stdout=full).refused(74)


@test
def the_speed_is_measured(tmp):
    got, = answers(run("nlp", "bench", "--threads", "2").ok().err_is_empty())
    assert got["texts"] == 3000 and got["threads"] == 2 and got["sample"] == "built-in", got
    assert got["seconds"] > 0 and abs(got["texts_per_second"] * got["seconds"] - got["texts"]) < 0.01 * got["texts"], got
    (tmp / "in.ndjson").write_bytes(lines({"text": t} for t in TEXTS))
    got, = answers(run("nlp", "bench", "in.ndjson").ok())
    assert (got["texts"], got["characters"], got["sample"]) == (len(TEXTS), sum(map(len, TEXTS)), "input"), got
    (tmp / "empty.ndjson").write_bytes(b"\n")
    assert run("nlp", "bench", "empty.ndjson").status != 0


@test
def answers_come_while_the_input_is_still_open(tmp):
    # A partner who waits for an answer before the next question must not wait for ever: a pause lets the batch go.
    process = start("nlp", "analyse")
    process.stdin.write(lines({"id": i, "text": "不错"} for i in range(2000)))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 0
    process.stdin.close()
    rest = process.stdout.read()
    assert rest.count(b"\n") == 1999 and process.wait() == 0
    process.stderr.close()


main()
