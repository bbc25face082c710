# SPDX-License-Identifier: Apache-2.0
"""`huisheng nlp analyse` as a filter: order kept, wrong lines named, nothing lost."""
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
