# SPDX-License-Identifier: Apache-2.0
"""`huisheng demo`: the company is made, served, and what was planted in it can be seen; one person of it can be erased."""
import datetime
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

from harness import ROOT, main, run, skip, start, test

FEEDBACK = 6000


class Client:
    def __init__(self, base, password):
        self.base, self.cookie, self.csrf = base, None, None
        self.csrf = self.call("POST", "/api/v1/session", {"email": "demo@huisheng.example", "password": password})["csrf_token"]

    def call(self, method, path, body=None, status=None):
        headers = {"Content-Type": "application/json", "Accept-Language": "zh"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        request = urllib.request.Request(self.base + path, method=method, headers=headers,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                if answer.headers.get("Set-Cookie"):
                    self.cookie = answer.headers["Set-Cookie"].split(";")[0]
                got, text = answer.status, answer.read()
        except urllib.error.HTTPError as e:
            got, text = e.code, e.read()
        assert got == status or (status is None and got < 300), (method, path, got, text[:500])
        return json.loads(text) if text else None

    def get(self, path, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))


def days_ago(n):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=n)).date().isoformat()


def table(client, rows, columns, first, last, least=5):
    t = client.get("/api/v1/crosstab", rows=rows, columns=columns, period=f"{days_ago(first)}..{days_ago(last)}")
    return {(r["value"], c["value"]): cell for r, line in zip(t["rows"], t["cells"])
            for c, cell in zip(t["columns"], line) if cell and cell["n"] >= least}


def lowest(cells):
    return min(cells, key=lambda k: cells[k]["value"])


def serve(tmp):
    """Starts what was loaded; the client and how to end it."""
    server = start("demo", "--data", tmp / "d", "--port", "0")
    base = None
    for line in iter(server.stdout.readline, b""):
        found = re.search(rb"http://[0-9a-z.:]+", line)
        if found:
            base = found[0].decode()
            break
    password = (tmp / "d" / "demo-sign-in.txt").read_text().strip()
    return server, Client(base.replace("localhost", "127.0.0.1"), password)


@test
def what_was_planted_can_be_seen_and_a_person_can_be_erased(tmp):
    if not (ROOT / "third_party/duckdb/libduckdb.so").exists():
        skip("no libduckdb.so: make setup")
    run("demo", "--data", tmp / "d", "--load-only", "--feedback", FEEDBACK).ok().err_has("all analysed")
    run("demo", "--data", tmp / "d", "--load-only").ok()  # the next start uses it
    server, client = serve(tmp)
    try:
        look(client)
        suspect(client)
        tiers(client)
        post_events(client)
        gone = erase(client)
    finally:
        server.terminate()
        server.wait(60)
    for path in (tmp / "d").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in gone:
                assert word.encode() not in data, (path, word)


def look(client):
    # Nearly everything has a customer, and so his kind.
    values = {d["name"]: d["values"] for d in client.get("/api/v1/dimensions")["data"]}
    for name in ("客群", "消费层级", "购买频次", "最近下单"):
        share = sum(v["n"] for v in values["attr." + name]) / FEEDBACK
        print(f"    {name}: {100 * share:.1f} % of feedback")
        assert share >= 0.98, (name, share)
    assert len(values["attr.省份"]) == 31 and len(values["attr.门店"]) == 6, values.keys()
    # The rude shift, the bad batch, the late parcels.
    shifts = table(client, "门店", "班次", 38, 12)
    assert lowest(shifts) == ("武汉光谷店", "晚班"), shifts
    batches = table(client, "product", "批次", 100, 76)
    assert lowest(batches)[1] == "N0817", lowest(batches)
    late, others = [0, 0], [0, 0]
    for (region, channel), cell in table(client, "省份", "channel", 48, 15, least=1).items():
        if channel != "service":  # whoever calls is dissatisfied everywhere
            sums = late if region in ("西藏", "青海") else others
            sums[0] += cell["n"]
            sums[1] += cell["n"] * cell["value"]
    assert late[0] >= 5 and late[1] / late[0] < others[1] / others[0] - 0.6, (late, others)


def suspect(client):
    # The bought reviews are known as such, counted, and a person may say that they are none.
    first = client.get("/api/v1/feedback", q="香味高级持久", limit=100)["data"]
    assert len(first) == 24, len(first)
    path = "/api/v1/feedback/" + first[0]["id"]
    one = client.get(path)["data"]
    assert one["suspect"] and any("同一商品 1 小时内 2" in s for s in one["suspicions"]), one["suspicions"]
    client.call("POST", path + "/corrections", {"field": "suspect", "value": 1}, status=400)
    client.call("POST", path + "/corrections", {"field": "suspect", "value": False}, status=201)
    one = client.get(path)["data"]
    assert not one["suspect"] and one["suspicions"], one
    client.call("DELETE", path + "/corrections/suspect", status=204)
    assert client.get(path)["data"]["suspect"]


def tiers(client):
    before = client.get("/api/v1/segments")["data"]
    assert [x["code"] for x in before["segments"]] == ["segment", "spend_tier", "frequency", "recency"]
    assert before["spend_tiers"]["high"] > before["spend_tiers"]["middle"] > 0 and not before["spend_tiers"]["fixed"]
    client.call("PATCH", "/api/v1/segments", {"spend_tiers": {"middle": 500, "high": 100}}, status=400)
    after = client.call("PATCH", "/api/v1/segments", {"spend_tiers": {"middle": 100, "high": 100000}})["data"]["spend_tiers"]
    assert after == {"middle": 100, "high": 100000, "fixed": True}, after
    client.call("PATCH", "/api/v1/segments", {"spend_tiers": None})
    assert not client.get("/api/v1/segments")["data"]["spend_tiers"]["fixed"]


def post_events(client):
    order = {"type": "order", "external_id": "Z1", "order": "Z1", "at": "2026-11-01T00:00:00Z", "measures": {"amount": 3.5},
             "customer": {"phone": "136 0000 1234", "name": "新来的"}}
    got = client.call("POST", "/api/v1/events", [order, {"type": "x y"}, 5], status=201)
    assert [list(x)[0] for x in got["data"]] == ["id", "error", "error"] and got["meta"]["failed"] == 2, got
    again = client.call("POST", "/api/v1/events", order, status=200)["data"]
    assert again["outcome"] == "unchanged" and again["id"] == got["data"][0]["id"], again
    wrong = client.call("POST", "/api/v1/events", {"type": "order", "price": 1}, status=400)
    assert [p["name"] for p in wrong["invalid_params"]] == ["price"], wrong
    assert client.get("/api/v1/events", order="Z1")["data"][0]["measures"] == {"amount": 3.5}
    assert len(client.get("/api/v1/events", type="visit", limit=3)["data"]) == 3
    for _ in range(100):  # he is known when the work behind is done
        found = [c["name"] for c in client.get("/api/v1/customers", q="+86 13600001234")["data"]]
        if found:
            break
        time.sleep(0.1)
    assert found == ["新来的"], found
    assert found == [c["name"] for c in client.get("/api/v1/customers", q="新来的")["data"]]


def erase(client):
    customer = next(c for c in client.get("/api/v1/customers", limit=100)["data"] if c["n"] > 1)
    path = "/api/v1/customers/" + customer["id"]
    everything = client.get(path + "/export")["data"]
    assert len(everything["feedback"]) == customer["n"] and everything["events"] and everything["identities"]
    words = [i["value"] for i in everything["identities"]] + [f["text"] for f in everything["feedback"] if len(f["text"]) > 12]
    client.call("POST", path + "/erase", {}, status=400)
    certificate = client.call("POST", path + "/erase", {"confirm": True})["data"]
    assert certificate["removed"]["feedback"] == customer["n"], certificate
    client.call("GET", path, status=404)
    for f in everything["feedback"]:
        client.call("GET", "/api/v1/feedback/" + f["id"], status=404)
    return words


@test
def other_data_is_left_alone(tmp):
    run("setup", "--data", tmp / "d", "--email", "a@b.cn", "--password-stdin", stdin=b"correct horse battery\n").ok()
    run("demo", "--data", tmp / "d", "--load-only").refused(73, "other data")


main()
