# SPDX-License-Identifier: Apache-2.0
"""Nothing that a customer said, and nothing that names one, can be read in the data directory."""
import random
import subprocess

from server import PASSWORD, main, test

PATH = "/api/v1/feedback"
WORDS = ["配送", "客服", "包装", "质量", "味道", "价格", "门店", "退款", "安装", "颜色", "尺寸", "说明书", "电池", "屏幕", "面料"]


EMAIL = "owner@example.com"


class Person:
    """Signed in with a cookie, as in the console."""

    def __init__(self, server):
        reply = server.request("POST", "/api/v1/session", {"email": EMAIL, "password": PASSWORD}, {"Authorization": ""})
        assert reply.status == 201, reply
        self.server = server
        self.headers = {"Authorization": "", "Cookie": reply.headers["set-cookie"].split(";")[0], "X-CSRF-Token": reply.json["csrf_token"]}

    def request(self, method, path, body=None):
        return self.server.request(method, path, body, self.headers)


def needles_of(text):
    return [text.encode(), text.encode("utf-16-le"), text.encode("gb18030")]


def files_of(server):
    for path in sorted(p for p in server.dir.rglob("*") if p.is_file()):
        yield path, path.read_bytes()


def dump_of(server):
    """All of a PostgreSQL store as text, byte columns in hexadecimal."""
    return subprocess.run(["pg_dump", "-d", server.url, "--inserts"], check=True, capture_output=True).stdout


@test
def a_thousand_texts_and_phone_numbers_are_nowhere_readable(server):
    server.start()
    server.setup()
    random.seed(7)
    records = []
    for i in range(1000):
        code = f"{random.randrange(10**9):09}"
        records.append({"text": f"第{code}号：{random.choice(WORDS)}和{random.choice(WORDS)}都不满意，请联系{random.choice(WORDS)}部",
                        "external_id": f"ext-{code}", "source": "shop", "customer": {"phone": f"139{code[:8]}", "name": f"欧阳{code}", "email": f"u{code}@example.org"},
                        "attributes": {"联系电话": f"139{code[:8]}", "备注": f"第{code}号的补充说明：送货的时候没有提前打电话，放在门口就走了，包装也湿了一大块，里面的东西还能用，希望以后能提前说一声，谢谢"}, "occurred_at": "2026-11-10T00:00:00Z", "reply": f"已回复{code}给您"})
    for at in range(0, 1000, 250):
        reply = server.post(PATH, records[at:at + 250])
        assert reply.status == 201, reply
    server.until(lambda: all(f["analysis"] for f in server.all_feedback()), 60)
    server.until(lambda: len(server.all_feedback(q="不满意")) == 1000, 30)
    server.until(lambda: server.get("/api/v1/overview", period="all").json["volume"]["n"] == 1000, 30)
    server.stop()
    haystacks = list(files_of(server))
    if server.store == "postgres":
        haystacks.append(("dump", dump_of(server)))
    # Every text, number and name has the record's code in it, so one search for the code is a search for all of them; in a dump
    # digits may stand by chance, there the whole texts are looked for, and the code as the hexadecimal of its characters.
    for n, record in enumerate(records):
        code = record["external_id"][4:]
        texts = (record["text"], record["customer"]["phone"], record["customer"]["name"], record["customer"]["email"], record["attributes"]["备注"], record["reply"])
        for path, content in haystacks:
            needles = [code[:8].encode().hex().encode()] if path == "dump" else [code[:8].encode(), code[:8].encode("utf-16-le")]
            if n % 20 == 0:
                needles += [needle for text in texts for needle in needles_of(text)]
            for needle in needles:
                assert needle not in content, f"{needle!r} of {texts!r} is in {path}"
    for path, content in haystacks:
        for word in WORDS:
            assert word.encode() not in content or "master" in str(path), f"{word} is in {path}"


@test
def who_corrected_stands_in_no_file_but_is_shown(server):
    server.start()
    server.setup()
    user = Person(server)
    identifier = server.post(PATH, {"text": "包装破了", "external_id": "a", "source": "console"}).json["data"]["id"]
    server.wait_analysed([identifier])
    assert user.request("POST", f"{PATH}/{identifier}/corrections", {"field": "sentiment", "value": "neu"}).status == 201
    assert user.request("POST", PATH, {"text": "包装破了一个角", "external_id": "a", "source": "console"}).status == 200
    assert user.request("PATCH", f"{PATH}/{identifier}", {"follow_up": "已补发"}).status == 200
    got = server.get(f"{PATH}/{identifier}").json["data"]
    assert [c["by"] for c in got["corrections"]] == [EMAIL] and [h["by"] for h in got["history"]] == [EMAIL, EMAIL], got
    assert [f["corrections"][0]["by"] for f in server.all_feedback()] == [EMAIL]
    server.stop()
    haystacks = list(files_of(server))
    if server.store == "postgres":
        haystacks.append(("dump", dump_of(server)))
    for path, content in haystacks:
        assert EMAIL.encode() not in content and EMAIL.encode().hex().encode() not in content, f"{EMAIL} is in {path}"


main()
