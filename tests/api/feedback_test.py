# SPDX-License-Identifier: Apache-2.0
"""Feedback over HTTP: in, out, wrong, again."""
import concurrent.futures
import json
import uuid

from server import main, test

PATH = "/api/v1/feedback"


def started(server, **options):
    server.start(**options)
    return server.setup()


def names(reply):
    return [p["name"] for p in reply.json.get("invalid_params", [])]


@test
def one_record_comes_back_as_it_was_sent_with_its_analysis(server):
    started(server)
    sent = {"source": "tmall", "channel": "天猫", "external_id": "R-1", "text": "等了八天才到，客服也不理人", "occurred_at": "2026-11-02T08:30:00+08:00",
            "scores": [{"metric": "rating", "value": 2}, {"metric": "nps", "value": 3}], "attributes": {"省份": "西藏", "配送天数": 8, "首单": True}}
    reply = server.post(PATH, sent)
    assert reply.status == 201 and reply.json["data"]["created"], reply
    identifier = reply.json["data"]["id"]
    assert uuid.UUID(identifier).version == 7
    server.wait_analysed([identifier])
    got = server.get(f"{PATH}/{identifier}").json["data"]
    for member in ("source", "channel", "external_id", "text"):
        assert got[member] == sent[member], (member, got)
    assert got["occurred_at"] == "2026-11-02T00:30:00Z", got["occurred_at"]
    assert got["attributes"] == sent["attributes"], got["attributes"]
    assert got["analysis"]["sentiment"] == "neg" and got["analysis"]["satisfaction"] == 2, got["analysis"]
    for dimension in got["analysis"]["dimensions"]:
        evidence = dimension["evidence"]
        assert sent["text"][evidence["start"]:evidence["end"]] == evidence["text"], dimension


@test
def an_array_keeps_its_order_and_bad_records_do_not_stop_good_ones(server):
    started(server)
    reply = server.post(PATH, [{"text": "第一"}, {"txt": "x"}, {"text": "第三"}, 5])
    assert reply.status == 201, reply
    data = reply.json["data"]
    assert "id" in data[0] and "error" in data[1] and "id" in data[2] and "error" in data[3], data
    assert reply.json["meta"] == {"created": 2, "updated": 0, "unchanged": 0, "failed": 2}, reply
    assert len(server.all_feedback()) == 2


@test
def what_is_wrong_is_told_member_by_member_and_nothing_is_written(server):
    started(server)
    for body, status, name in [
        ("{bad", 400, None), ('{"text":NaN}', 400, None), ('{"text":"a"} x', 400, None), (b'{"text":"\xff"}', 400, None), ("", 400, None),
        ('{"text":"\\ud800"}', 400, None), ("[" * 100000, 400, None), ("5", 400, "body"), ("[]", 400, None), ("{}", 400, "text"),
        ({"text": "a", "x": 1}, 400, "x"), ({"scores": [{"value": 9}]}, 400, "scores[0].value"), ({"text": "a", "occurred_at": "soon"}, 400, "occurred_at"),
        ({"text": "字" * 20001}, 400, "text"), ({"text": "a\u0000"}, 400, "text"), ([{"text": "x"}] * 1001, 413, None),
    ]:
        reply = server.post(PATH, body)
        assert reply.status == status, (body, reply)
        assert reply.headers["content-type"].startswith("application/problem+json"), reply.headers
        problem = reply.json
        assert problem["status"] == status and problem["code"] and problem["requestId"] == reply.headers["x-request-id"], problem
        assert name is None or names(reply) == [name], (body, problem)
    assert server.all_feedback() == []


@test
def the_same_external_id_updates_and_keeps_the_history(server):
    started(server)
    record = {"source": "jd", "external_id": "7", "text": "还行", "scores": [{"value": 4}]}
    first = server.post(PATH, record)
    again = server.post(PATH, record)
    assert again.status == 200 and again.json["data"]["outcome"] == "unchanged", again
    changed = server.post(PATH, {**record, "follow_up": "用了两周坏了", "scores": [{"value": 1}]})
    assert changed.json["data"] == {"id": first.json["data"]["id"], "created": False, "outcome": "updated"}, changed
    got = server.get(f"{PATH}/{first.json['data']['id']}").json["data"]
    assert got["version"] == 2 and got["follow_up"] == "用了两周坏了" and len(got["history"]) == 1, got
    assert {c["field"] for c in got["history"][0]["changes"]} == {"follow_up", "scores"}, got["history"]
    other = server.post(PATH, {**record, "source": "tmall"})
    assert other.json["data"]["created"], "another source is another feedback"


@test
def a_change_keeps_the_version_before_and_is_analysed_again(server):
    started(server)
    record = {"source": "jd", "external_id": "9", "text": "物流太慢了，等了八天", "reply": "抱歉", "scores": [{"value": 1}, {"metric": "nps", "value": 2}],
              "attributes": {"省份": "西藏", "天": 8}, "customer": {"phone": "13900001234"}}
    identifier = server.post(PATH, record).json["data"]["id"]
    server.wait_analysed([identifier])
    one = f"{PATH}/{identifier}"
    reply = server.request("PATCH", one, {"text": "质量很好，很喜欢", "scores": [{"value": 5}], "reply": None, "attributes": {"天": 2, "省份": None}})
    assert reply.status == 200, reply
    got = reply.json["data"]
    assert got["text"] == "质量很好，很喜欢" and got["reply"] == "" and got["attributes"] == {"天": 2} and len(got["scores"]) == 1 and got["version"] == 2, got
    assert got["history"][0]["by"] == "test" and {c["field"] for c in got["history"][0]["changes"]} >= {"text", "reply", "scores", "天"}, got["history"]
    server.until(lambda: server.get(one).json["data"]["analysis"]["sentiment"] == "pos")
    server.until(lambda: len(server.all_feedback(**{"filter[score][gte]": 5})) == 1 and len(server.all_feedback(q="质量")) == 1 and not server.all_feedback(q="物流"))
    again = server.request("PATCH", one, {"text": "质量很好，很喜欢"})
    assert again.status == 200 and again.json["data"]["version"] == 2, "saying nothing new changes nothing"
    for body, name in [({"text": None, "scores": []}, "text"), ({"texts": "a"}, "texts"), ({"source": "tmall"}, "source"), ({"external_id": "8"}, "external_id"),
                       ({"scores": [{"value": 9}]}, "scores[0].value"), ({"text": True}, "text"), ([], "body"), ({"reply": "字" * 20001}, "reply")]:
        wrong = server.request("PATCH", one, body)
        assert wrong.status == 400 and names(wrong) == [name], (body, wrong)
    assert server.get(one).json["data"]["version"] == 2
    assert server.request("PATCH", f"{PATH}/{uuid.uuid4()}", {"text": "a"}).status == 404
    server.request("DELETE", one)
    assert server.request("PATCH", one, {"text": "a"}).status == 404


@test
def a_masked_text_sent_back_as_it_was_shown_stays_whole(server):
    started(server)
    agent = server.command("key", "create", "--name", "a", "--scopes", "feedback:read,feedback:write").stdout.strip()
    reader = server.command("key", "create", "--name", "p", "--scopes", "feedback:read,personal:read").stdout.strip()
    identifier = server.post(PATH, {"text": "请打 13912345678 找我"}).json["data"]["id"]
    shown = server.request("GET", f"{PATH}/{identifier}", key=agent).json["data"]["text"]
    assert "13912345678" not in shown, shown
    reply = server.request("PATCH", f"{PATH}/{identifier}", {"text": shown, "follow_up": "还没打"}, key=agent)
    assert reply.status == 200, reply
    assert server.request("GET", f"{PATH}/{identifier}", key=reader).json["data"]["text"] == "请打 13912345678 找我"


@test
def what_says_about_the_same_is_found_with_how_much(server):
    started(server)
    texts = ["物流太慢了，等了八天才收到货，客服也不理人", "物流太慢了，等了八天才收到货，客服也不理人！！", "物流很慢，等了好几天才收到", "衣服颜色很好看，面料舒服"]
    ids = [d["id"] for d in server.post(PATH, [{"text": t} for t in texts]).json["data"]]
    server.wait_analysed(ids)
    server.until(lambda: len(server.all_feedback(q="收到")) == 3)
    reply = server.get(f"{PATH}/{ids[0]}/similar", limit=5)
    assert reply.status == 200 and reply.json["meta"]["by"] == "words", reply
    found = [(ids.index(f["id"]), f["score"], f["copy"]) for f in reply.json["data"]]
    assert found[0] == (1, 1, True) and [f[0] for f in found[1:]] == [2] and not found[1][2] and 0 < found[1][1] < 1, found
    assert len(server.get(f"{PATH}/{ids[0]}/similar", limit=1).json["data"]) == 1
    assert server.get(f"{PATH}/{uuid.uuid4()}/similar").status == 404


@test
def an_idempotency_key_gives_the_same_answer_once(server):
    started(server)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = server.post(PATH, {"text": "一次"}, **key), server.post(PATH, {"text": "一次"}, **key)
    assert first.status == second.status == 201 and first.json == second.json, (first, second)
    assert second.headers.get("idempotency-replayed") == "true"
    assert server.post(PATH, {"text": "两次"}, **key).status == 422
    assert len(server.all_feedback()) == 1


@test
def the_same_request_many_times_at_once_is_written_once(server):
    started(server)
    key = {"Idempotency-Key": "k-1"}
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: server.post(PATH, {"text": "同时", "external_id": "e"}, **key), range(32)))
    assert {r.status for r in replies} <= {201, 409}, replies
    assert any(r.status == 201 for r in replies) and len({r.json["data"]["id"] for r in replies if r.status == 201}) == 1
    assert all(r.headers.get("retry-after") for r in replies if r.status == 409)
    assert len(server.all_feedback()) == 1


@test
def lists_have_pages_that_neither_lose_nor_repeat(server):
    started(server)
    server.post(PATH, [{"text": f"第 {i} 条", "external_id": str(i), "occurred_at": f"2026-11-{1 + i % 20:02}T10:00:00Z"} for i in range(57)])
    seen, cursor, pages = [], None, 0
    while True:
        reply = server.get(PATH, limit=10, **({"cursor": cursor} if cursor else {}))
        seen += reply.json["data"]
        cursor, pages = reply.json["meta"]["next_cursor"], pages + 1
        if not cursor:
            break
    assert len(seen) == 57 and len({f["id"] for f in seen}) == 57 and pages == 6, (len(seen), pages)
    times = [(f["occurred_at"], f["id"]) for f in seen]
    assert times == sorted(times, reverse=True)
    forged = "A" * 32
    for query in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"cursor": forged}, {"foo": 1}, {"filter[foo][eq]": 1}, {"filter[channel][zz]": 1}, {"sort": "x"}):
        reply = server.get(PATH, **query)
        assert reply.status == 400 and len(names(reply)) == 1, (query, reply)


@test
def filters_say_what_they_mean(server):
    started(server)
    reply = server.post(PATH, [
        {"text": "物流太慢了，等了八天", "channel": "tmall", "occurred_at": "2026-11-01T01:00:00Z", "scores": [{"value": 1}], "attributes": {"省份": "西藏", "天": 8}},
        {"text": "质量很好，很喜欢", "channel": "jd", "occurred_at": "2026-11-05T01:00:00Z", "scores": [{"value": 5}], "attributes": {"省份": "四川", "天": 2}},
        {"text": "物流很快，第二天就到", "channel": "jd", "occurred_at": "2026-11-09T01:00:00Z", "attributes": {"省份": "四川", "天": 1}},
    ])
    ids = [d["id"] for d in reply.json["data"]]
    server.wait_analysed(ids)

    def found(**query):
        return sorted(ids.index(f["id"]) for f in server.all_feedback(**query))

    cases = [
        ({"filter[channel][eq]": "jd"}, [1, 2]), ({"filter[channel][in]": "tmall,jd"}, [0, 1, 2]), ({"filter[channel][eq]": "x"}, []),
        ({"filter[occurred_at][gte]": "2026-11-05"}, [1, 2]), ({"filter[occurred_at][lt]": "2026-11-05"}, [0]),
        ({"filter[sentiment][eq]": "neg"}, [0]), ({"filter[score][gte]": 4}, [1]), ({"filter[attr.省份][eq]": "四川"}, [1, 2]),
        ({"filter[attr.天][lte]": 2}, [1, 2]), ({"filter[dimension][eq]": "logistics", "filter[polarity][eq]": "neg"}, [0]),
        ({"filter[channel][eq]": "jd", "filter[sentiment][in]": "pos,neu"}, [1, 2]), ({"q": "物流"}, [0, 2]), ({"q": "物流 -很快"}, [0]), ({"q": '"八天"'}, [0]),
    ]
    for query, expected in cases:
        server.until(lambda q=query, e=expected: found(**q) == e, 10, lambda: f"{query}: {found(**query)} instead of {expected}")


@test
def deleted_feedback_can_be_brought_back(server):
    started(server)
    identifier = server.post(PATH, {"text": "删除我"}).json["data"]["id"]
    assert server.request("DELETE", f"{PATH}/{identifier}").status == 204
    assert server.all_feedback() == [] and len(server.all_feedback(deleted="true")) == 1
    assert server.request("POST", f"{PATH}/{identifier}/restore", b"").status == 200
    assert [f["id"] for f in server.all_feedback()] == [identifier]
    assert server.request("DELETE", f"{PATH}/{uuid.uuid4()}").status == 404


@test
def a_correction_is_kept_with_who_and_when_and_counts(server):
    started(server)
    identifier = server.post(PATH, {"text": "质量很好"}).json["data"]["id"]
    server.wait_analysed([identifier])
    reply = server.post(f"{PATH}/{identifier}/corrections", {"field": "sentiment", "value": "neg"})
    assert reply.status == 201, reply
    got = reply.json["data"]
    assert got["analysis"]["sentiment"] == "neg" and got["corrections"][0]["from"] == "pos" and got["corrections"][0]["by"] == "test", got
    server.until(lambda: len(server.all_feedback(**{"filter[sentiment][eq]": "neg"})) == 1)
    assert server.request("DELETE", f"{PATH}/{identifier}/corrections/sentiment").status == 204
    assert server.get(f"{PATH}/{identifier}").json["data"]["analysis"]["sentiment"] == "pos"
    assert server.post(f"{PATH}/{identifier}/corrections", {"field": "sentiment", "value": "angry"}).status == 400
    assert server.post(f"{PATH}/{identifier}/corrections", {"field": "mood", "value": "neg"}).status == 400


@test
def code_in_a_text_is_only_text(server):
    started(server)
    nasty = "'; DROP TABLE feedback; -- <script>alert(1)</script> %s %n {{7*7}} ${x} \\ \" \u202e"
    identifier = server.post(PATH, {"text": nasty, "channel": nasty[:90], "external_id": nasty, "source": nasty[:90], "attributes": {nasty[:60]: nasty}}).json["data"]["id"]
    got = server.get(f"{PATH}/{identifier}").json["data"]
    assert got["text"] == nasty and got["external_id"] == nasty and got["attributes"] == {nasty[:60]: nasty}, got
    assert json.dumps(got)


@test
def keys_without_the_scope_or_of_nobody_are_refused(server):
    started(server)
    reader = server.command("key", "create", "--name", "r", "--scopes", "feedback:read").stdout.strip()
    assert server.request("POST", PATH, {"text": "a"}, key=reader).status == 403
    for wrong in ("hs_key_wrong", "", reader[:-1] + ("A" if reader[-1] != "A" else "B")):
        reply = server.request("GET", PATH, key=wrong)
        assert reply.status == 401 and reply.headers["www-authenticate"], reply
    assert server.request("GET", PATH, headers={"Authorization": "", "x-api-key": reader}).status == 200


main()
