# SPDX-License-Identifier: Apache-2.0
"""Imports over HTTP and from the command line: handed over, looked at, taken in, again, taken back; killed in between."""
import csv
import io
import json
import pathlib
import tempfile
import time
import urllib.parse
import zipfile

from server import main, test

PATH = "/api/v1/imports"
SCOPES = "feedback:read,feedback:write,feedback:delete,import:write,system:read"
HEADER = ["评价ID", "评价内容", "追评内容", "商家回复", "评分", "评价时间", "省份", "用户昵称", "手机号"]
TEXTS = ["物流太慢了，等了八天才到", "质量很好，包装也很严实", "客服态度很差，不理人", "味道不错，下次还来", "收到时包装破了"]


def rows(n, **changes):
    made = []
    for i in range(n):
        row = [f"R{100000 + i}", f"第{i}单：{TEXTS[i % 5]}", "", "", 1 + i % 5, f"2026-10-{1 + i % 28:02} 12:00:00", ["广东", "浙江", "西藏"][i % 3], f"顾客{i}", f"138{i:08}"]
        for name, value in changes.get(f"r{i}", {}).items():
            row[HEADER.index(name)] = value
        made.append(row)
    return made


def as_csv(table, encoding="utf-8"):
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *table])
    return out.getvalue().encode(encoding)


def started(server):
    server.start()
    return server.setup(SCOPES)


def upload(server, content, name="评价.csv"):
    reply = server.request("POST", PATH, content, {"X-File-Name": urllib.parse.quote(name), "Content-Type": "application/octet-stream"})
    assert reply.status == 201, reply
    data = reply.json["data"]
    assert data["state"] == "uploaded" and data["bytes"] == len(content) and data["file_name"] == name, data
    return data["id"]


def wait(server, identifier, seconds=200):  # on a busy machine; a killed node's lease takes a minute to run out
    def over():
        data = server.get(f"{PATH}/{identifier}").json["data"]
        return data if data["state"] not in ("running", "undoing") else None
    return server.until(over, seconds, "the import does not end")


def run(server, content, name="评价.csv", settings=None):
    identifier = upload(server, content, name)
    reply = server.post(f"{PATH}/{identifier}/start", settings or {})
    assert reply.status == 202, reply
    return wait(server, identifier)


def counts(data, *names):
    return [data["counts"][n] for n in names]


@test
def a_file_is_looked_at_and_taken_in(server):
    started(server)
    identifier = upload(server, as_csv(rows(50)), "十月/评价 导出.csv".replace("/", "-"))
    reply = server.post(f"{PATH}/{identifier}/check", {})
    assert reply.status == 200, reply
    checked = reply.json["data"]
    assert checked["state"] == "checked" and counts(checked, "read", "created", "updated", "unchanged") == [50, 50, 0, 0], checked
    sample = reply.json["sample"]
    assert len(sample) == 20 and sample[0]["text"] == "第0单：" + TEXTS[0] and reply.json["rejects"] == [], sample[0]
    assert [c["role"] for c in checked["mapping"]][:2] == ["external_id", "text"], checked["mapping"]
    assert checked["understood"]["text_column"] == "评价内容" and checked["understood"]["rows"] == 50, checked["understood"]
    assert server.all_feedback() == []
    # Corrected: the phone is left out, the reply is nobody's.
    reply = server.post(f"{PATH}/{identifier}/check", {"map": {"手机号": "ignore", "商家回复": "ignore"}, "time_zone": "Asia/Tokyo"})
    assert reply.status == 200 and reply.json["sample"][0]["occurred_at"] == "2026-10-01T03:00:00Z", reply
    for wrong, status in (({"map": {"没有": "text"}}, 400), ({"map": 5}, 400), ({"time_zone": "Mars/X"}, 400), ({"x": 1}, 400), ("[", 400)):
        reply = server.post(f"{PATH}/{identifier}/check", wrong)
        assert reply.status == status, (wrong, reply)
    assert server.post(f"{PATH}/{identifier}/start", {}).status == 202
    data = wait(server, identifier)
    assert data["state"] == "done" and counts(data, "created", "rejected") == [50, 0], data
    feedback = server.all_feedback(**{"filter[import_id][eq]": identifier})
    assert len(feedback) == 50 and {f["import_id"] for f in feedback} == {identifier}
    assert server.post(f"{PATH}/{identifier}/start", {}).status == 409
    listed = server.get(PATH).json
    assert [i["id"] for i in listed["data"]] == [identifier] and listed["data"][0]["by"] == "test", listed
    page = server.until(lambda: server.get(f"{PATH}/{identifier}").json["data"]["report_url"], 60)
    reply = server.get(page)
    assert reply.status == 200 and "sandbox" in reply.headers["content-security-policy"] and "Huisheng" in reply.body.decode(), reply
    assert server.get(f"{PATH}/{identifier}/report.html").body == reply.body


@test
def three_generations_change_only_what_changed_and_undo_puts_back(server):
    started(server)
    first = run(server, as_csv(rows(30)))
    second = run(server, as_csv(rows(31, r3={"追评内容": "用了一个月还是很好"}, r4={"商家回复": "已经为您补发，抱歉"})), "又一次.csv")
    third = run(server, as_csv(rows(31, r3={"追评内容": "用了一个月还是很好"}, r4={"商家回复": "已经为您补发，抱歉"}, r5={"评价内容": "改主意了，很满意", "评分": 5})), "第三次.csv")
    got = [counts(d, "created", "updated", "unchanged") for d in (first, second, third)]
    assert got == [[30, 0, 0], [1, 2, 28], [0, 1, 30]], got
    feedback = {f["external_id"]: f for f in server.all_feedback()}
    assert len(feedback) == 31
    assert feedback["R100003"]["follow_up"] and feedback["R100004"]["reply"] and feedback["R100005"]["text"] == "改主意了，很满意"
    history = server.get(f"/api/v1/feedback/{feedback['R100005']['id']}").json["data"]["history"]
    assert {c["field"] for c in history[0]["changes"]} >= {"text", "scores"}, history
    for data, deleted, restored in ((third, 0, 1), (second, 1, 2), (first, 30, 0)):
        assert server.post(f"{PATH}/{data['id']}/undo", None).status == 202
        undone = wait(server, data["id"])
        assert undone["state"] == "undone" and counts(undone, "deleted", "restored", "left") == [deleted, restored, 0], undone
    assert server.all_feedback() == []
    again = run(server, as_csv(rows(30)))
    assert counts(again, "created", "updated") == [30, 0] and len(server.all_feedback()) == 30, again


@test
def bad_rows_are_told_and_stop_nothing(server):
    started(server)
    table = rows(40, r7={"评分": "x9y"}, r8={"评价时间": "去年"}, r9={"评价内容": "=1+1是公式", "评价时间": "=cmd|x"})
    data = run(server, as_csv(table) + "合计,,,,120,,,,\n".encode())
    assert data["state"] == "done" and counts(data, "created", "duplicate") == [40, 1], data
    reply = server.request("GET", data["errors_url"], headers={"Accept-Language": "zh"})
    assert reply.status == 200 and reply.headers["content-type"].startswith("text/csv"), reply
    table = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert table[0] == ["文件", "行", "列", "原因", "内容"], table
    assert ["评价.csv", "9", "评分", "不是评分", "x9y"] in table and ["评价.csv", "10", "评价时间", "不是可用的时间", "去年"] in table, table
    assert any(row[4] == "'=cmd|x" for row in table), table  # no formula for a spreadsheet
    for content, code in ((b"\x89PNG\r\n\x1a\n0000", "PNG"), (b"PK\x03\x04broken", ""), (b"\x00" * 5000, "")):
        data = run(server, content, "坏.bin")
        assert data["state"] == "failed" and code in data["problem"], data
        assert server.request("DELETE", f"{PATH}/{data['id']}").status == 204
        assert server.get(f"{PATH}/{data['id']}").status == 404
    assert server.request("POST", PATH, b"").status == 400


@test
def every_format_and_many_files_in_one(server):
    started(server)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("一.csv", as_csv(rows(20), "gb18030"))
        packed.writestr("二.csv", as_csv(rows(30)[20:], "utf-16"))
    data = run(server, out.getvalue(), "两个.zip")
    assert data["state"] == "done" and counts(data, "created") == [30], data
    data = run(server, as_csv(rows(30), "gb18030"), "旧.csv")
    assert counts(data, "created", "updated", "unchanged") == [0, 0, 30], data


@test
def killed_in_the_middle_it_goes_on(server):
    started(server)
    table = as_csv(rows(20000))
    identifier = upload(server, table)
    assert server.post(f"{PATH}/{identifier}/start", {}).status == 202
    for pause in (0.15, 0.4, 0.7):
        time.sleep(pause)
        server.kill()
        server.start()
    data = wait(server, identifier)
    assert data["state"] == "done" and counts(data, "created", "updated", "unchanged") == [20000, 0, 0], data
    data = run(server, table, "再一次.csv")
    assert counts(data, "created", "updated", "unchanged") == [0, 0, 20000], data


@test
def the_command_line_imports_through_the_same_code(server):
    started(server)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "店铺评价.csv"
        path.write_bytes(as_csv(rows(25)))
        said = server.command("import", str(path), "--dry-run").stdout
        assert "25 new" in said and "dry run" in said and server.all_feedback() == [] and server.get(PATH).json["data"] == [], said
        assert "25 new, 0 updated" in server.command("import", str(path)).stdout
        assert len(server.all_feedback()) == 25 and server.get(PATH).json["data"][0]["file_name"] == "店铺评价.csv"
        done = server.command("import", str(path) + ".not", check=False)
        assert done.returncode == 66 and "店铺评价.csv.not" in done.stderr, done
        done = server.command("import", str(path), "--map", "text=没有这列", check=False)
        assert done.returncode == 65 and "--map" in done.stderr, done
        server.stop()
        said = server.command("import", str(path)).stdout  # no server: the command does it
        assert "0 new, 0 updated, 25 unchanged" in said, said
        server.start()
        assert len(server.get(PATH).json["data"]) == 3


@test
def lines_are_written_while_they_come(server):
    started(server)
    lines = [json.dumps({"text": f"第{i}条", "external_id": f"L-{i}", "source": "shop"}, ensure_ascii=False) for i in range(2500)]
    lines[10], lines[20], lines[30], lines[40] = "{bad", '{"txt":1}', "", '{"text":"' + "长" * 400000 + '"}'
    body = "\n".join(lines)
    reply = server.request("POST", "/api/v1/feedback/import", body, {"Content-Type": "application/x-ndjson"})
    assert reply.status == 200 and reply.json["meta"] == {"created": 2496, "updated": 0, "unchanged": 0, "failed": 3}, reply
    assert [e["line"] for e in reply.json["errors"]] == [11, 21, 41], reply
    reply = server.request("POST", "/api/v1/feedback/import", (body + "\n").encode(), {"Content-Type": "application/x-ndjson"})
    assert reply.json["meta"]["unchanged"] == 2496, reply
    reply = server.request("POST", "/api/v1/feedback/import", b"\xff\xfe\n{}\n[1]\n5\n", {"Content-Type": "application/x-ndjson"})
    assert reply.status == 200 and reply.json["meta"]["failed"] == 4, reply
    assert server.request("POST", "/api/v1/feedback/import", b"").status == 400


@test
def what_is_wrong_or_not_allowed_is_refused(server):
    started(server)
    identifier = upload(server, as_csv(rows(5)))
    other = server.command("key", "create", "--name", "r", "--scopes", "feedback:read").stdout.strip()
    for method, path in (("POST", PATH), ("GET", PATH), ("GET", f"{PATH}/{identifier}"), ("POST", f"{PATH}/{identifier}/check"), ("POST", f"{PATH}/{identifier}/start"),
                         ("POST", f"{PATH}/{identifier}/undo"), ("GET", f"{PATH}/{identifier}/report.html"), ("GET", f"{PATH}/{identifier}/errors.csv"), ("DELETE", f"{PATH}/{identifier}")):
        assert server.request(method, path, b"x" if method == "POST" else None, key=other).status == 403, path
        assert server.request(method, path, b"x" if method == "POST" else None, key="nobody").status == 401, path
    for path in (f"{PATH}/{identifier[:-1]}f", f"{PATH}/nothing"):
        assert server.get(path).status == 404 and server.post(path + "/start", {}).status == 404, path
    assert server.get(f"{PATH}/{identifier}/report.html").status == 404
    assert server.post(f"{PATH}/{identifier}/undo", None).status == 409
    assert server.post(f"{PATH}/{identifier}/cancel", None).status == 409
    assert server.get(PATH, x="1").status == 400
    for name in ("../../etc/passwd", "a\\b.csv", "%00x", "x" * 5000, "%E4%B8", ""):
        reply = server.request("POST", PATH, b"a,b\n", {"X-File-Name": name})
        assert reply.status == 201 and "/" not in reply.json["data"]["file_name"] and len(reply.json["data"]["file_name"]) <= 255, (name, reply)


@test
def too_large_is_refused_before_it_is_sent(server):
    import http.client
    started(server)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", PATH)
    connection.putheader("Authorization", f"Bearer {server.key}")
    connection.putheader("Content-Length", str(513 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@test
def nothing_of_a_file_can_be_read_in_the_data_directory(server):
    started(server)
    data = run(server, as_csv(rows(300)), "机密的文件名.csv")
    server.until(lambda: server.get(f"{PATH}/{data['id']}").json["data"]["report_url"], 60)
    server.stop()
    secret = [TEXTS[0], TEXTS[3], "第7单", "顾客17", "13800000017", "机密的文件名", "评价内容", "R100017"]
    for path in (p for p in server.dir.rglob("*") if p.is_file()):
        content = path.read_bytes()
        for word in secret:
            assert word.encode() not in content and word.encode("gb18030") not in content, f"{word} is in {path}"


main()
