# SPDX-License-Identifier: Apache-2.0
"""Every operation × everybody: what the document says is needed is needed, and nobody sees what is not his."""
import json
import re
import socket
import urllib.parse
import uuid

from people import ROLES, Person, invited, owner, stranger
from server import main, test

# The roles that have each permission: written down here a second time, by hand, because who may do what is a promise.
EVERYBODY = set(ROLES)
MAY = {
    "signed in": EVERYBODY, "feedback:read": EVERYBODY, "customer:read": EVERYBODY,
    "feedback:write": EVERYBODY - {"viewer"},
    "import:write": {"owner", "admin", "analyst"}, "export:read": {"owner", "admin", "analyst"}, "customer:write": {"owner", "admin", "analyst"},
    "event:write": {"owner", "admin", "analyst"}, "taxonomy:write": {"owner", "admin", "analyst"},
    "personal:read": {"owner", "admin", "agent"},
    "feedback:delete": {"owner", "admin"}, "webhook:write": {"owner", "admin"}, "key:write": {"owner", "admin"}, "user:write": {"owner", "admin"},
    "audit:read": {"owner", "admin"}, "system:read": {"owner", "admin"}, "system:write": {"owner", "admin"}, "workspace:write": {"owner", "admin"},
    "workspace:delete": {"owner"}, "workspace:create": {"owner"},
}
NOWHERE = "018f0000-0000-7000-8000-000000000001"
RUBBISH_IDS = ["x", "0", "-1", "%00", "%2e%2e%2f", "a" * 300, "😀", "' OR 1=1 --", "018f0000-0000-7000-8000-00000000000g", "9223372036854775808"]
RUBBISH_BODIES = [b"", b"{", b"[]", b"5", b"null", b'"x"', b'{"a":NaN}', b"\xff\xfe", b'{"id":[[[[{}]]]]}', b"[" * 5000, b'{"x":1,"x":2}', b"\0" * 100]
MAY_BE_IGNORED = (b"", b'{"x":1,"x":2}', b'{"id":[[[[{}]]]]}')  # nothing, or members that are not known, where a change changes nothing
# Those that end what the test needs are asked with a session of their own.
ENDS_SESSION = {("DELETE", "/api/v1/session")}
# Whose `{…}` is no id of ours.
NO_ID = {"tenant_id", "token"}


def operations(server):
    document = server.get("/api/openapi.json").json
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def fill(path, value=NOWHERE):
    return re.sub(r"\{(\w+)\}", lambda m: {"field": "sentiment", "tenant_id": "nobody", "token": "nothing"}.get(m[1], value), path)


def body_of(operation):
    return {} if "requestBody" in operation else None


def key_of(server, *scopes):
    return Person(server, key=server.command("key", "create", "--name", "k", "--scopes", ",".join(scopes)).stdout.strip())


def ask(person, method, path, operation, **more):
    reply = person.send(method, fill(path), body_of(operation), **more)
    assert reply.status < 500, f"{method} {path}: {reply}"
    return reply


@test
def each_role_may_what_the_document_says_and_no_more(server):
    server.start()
    server.setup()
    boss = owner(server)
    people = {"owner": boss, **{role: invited(boss, role) for role in ROLES[1:]}}
    for role, person in people.items():
        assert person.role == role
        granted = set(person.data("GET", "/api/v1/session")["permissions"])
        assert granted == {p for p, roles in MAY.items() if role in roles and p != "signed in"}, (role, granted)
    wrong, n = [], 0
    print(f"{'':74} {'needs':18} " + " ".join(f"{role:8}" for role in ROLES))
    for method, path, operation in operations(server):
        if (method, path) in ENDS_SESSION:
            continue
        permission = operation.get("x-permission")
        row = []
        for role, person in people.items():
            status = ask(person, method, path, operation).status
            allowed = permission is None or role in MAY[permission]
            n += 1
            row.append(status)
            if (status == 403) == allowed or status == 401 and permission:
                wrong.append((method, path, permission, role, status))
        print(f"{method:6} {path:67} {permission or '–':18} " + " ".join(f"{status:<8}" for status in row))
    assert not wrong, wrong
    assert n > 300, n
    for person in people.values():
        assert person.send("DELETE", "/api/v1/session").status == 204
        assert person.send("GET", "/api/v1/session").status == 401


@test
def nobody_gets_in_without_a_login_or_with_a_key_that_lacks_the_scope(server):
    server.start()
    server.setup()
    nobody, forged = Person(server), Person(server, cookie="A" * 43, csrf="x")
    events_only, reader = key_of(server, "event:write"), key_of(server, "feedback:read")
    n = 0
    for method, path, operation in operations(server):
        permission = operation.get("x-permission")
        if permission is None:
            assert ask(events_only, method, path, operation).status != 403
            continue
        reply = ask(nobody, method, path, operation)
        # An address that asks without a login again and again is slowed down, before anything else.
        assert reply.status == 401 and reply.headers.get("www-authenticate") or reply.status == 429 and reply.headers.get("retry-after"), (method, path, reply)
        if method == "GET":
            assert ask(forged, method, path, operation).status == 401, (method, path)
        for key, scopes in ((events_only, {"event:write", "signed in"}), (reader, {"feedback:read", "signed in"})):
            status = ask(key, method, path, operation).status
            assert (status == 403) != (permission in scopes) or permission == "signed in", (method, path, permission, scopes, status)
            n += 1
    assert n > 100, n


@test
def a_cookie_alone_changes_nothing(server):
    server.start()
    server.setup()
    boss, n = owner(server), 0
    for method, path, operation in operations(server):
        if method == "GET" or not operation.get("x-permission"):
            continue
        for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "A" * 43}, {"X-CSRF-Token": boss.csrf + "x"}):
            reply = ask(boss, method, path, operation, csrf=False, headers=headers)
            assert reply.status == 403, (method, path, headers, reply)
            n += 1
    assert n > 100 and boss.send("GET", "/api/v1/session").status == 200


@test
def rubbish_is_answered_with_what_is_wrong(server):
    server.start()
    server.setup()
    boss, n = owner(server), 0
    for method, path, operation in operations(server):
        if (method, path) in ENDS_SESSION:
            continue
        names = re.findall(r"\{(\w+)\}", path)
        for value in RUBBISH_IDS if names else []:
            reply = boss.send(method, fill(path, value) if set(names) - NO_ID - {"field"} else re.sub(r"\{\w+\}", value, path), body_of(operation))
            assert reply.status < 500, (method, path, value, reply)
            if set(names) - NO_ID:
                assert reply.status in (400, 404), (method, path, value, reply)
            n += 1
        content = list(operation.get("requestBody", {}).get("content", {}))
        for body in RUBBISH_BODIES if "application/json" in content else []:
            reply = boss.send(method, fill(path), body)
            assert reply.status in (400, 401, 404, 409, 410, 413, 422, 429) or body in MAY_BE_IGNORED and reply.status < 500, (method, path, body, reply)
            n += 1
        for member, schema in members(server, operation):
            for value in (None, 5, -1.5e300, "", "x" * 70000, [], {}, [None], True):
                reply = boss.send(method, fill(path), {member: value})
                assert reply.status < 500, (method, path, member, value, reply)
                n += 1
        if method == "GET":
            reply = boss.send(method, fill(path) + "?nonsense=1")
            assert reply.status == 400, (method, path, reply)
            assert "nonsense" in reply.body.decode(), reply
            assert boss.send(method, fill(path) + "?%ff=%fe").status == 400
        for query in operation["parameters"]:
            if query["in"] == "query":
                for value in ("", "-1", "x", "99999999999999999999", "\u202e", "2026-13-45"):
                    reply = boss.send(method, fill(path) + f"?{urllib.parse.quote(query['name'])}={urllib.parse.quote(value)}", body_of(operation))
                    assert reply.status < 500, (method, path, query["name"], value, reply)
                    n += 1
    assert n > 2000, n


def members(server, operation):
    """The members of the body, for JSON bodies with a schema of the document."""
    for content, media in operation.get("requestBody", {}).get("content", {}).items():
        reference = media.get("schema", {}).get("$ref", "")
        schemas = server.__dict__.setdefault("schemas", None) or server.get("/api/openapi.json").json["components"]["schemas"]
        server.schemas = schemas
        if content == "application/json" and reference:
            yield from schemas[reference.rsplit("/", 1)[1]].get("properties", {}).items()


def raw(server, head, body=b""):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
        s.sendall(head.encode() + b"\r\n\r\n" + body)
        got = b""
        while b"\r\n\r\n" not in got:
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
    return got


@test
def what_is_too_large_is_refused_by_its_length_alone(server):
    server.start()
    server.setup()
    n = 0
    for method, path, operation in operations(server):
        if method == "GET":
            continue
        head = f"{method} {fill(path)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\nContent-Type: application/json\r\n"
        got = raw(server, head + "Content-Length: 1000000000000")
        assert re.match(rb"HTTP/1.1 413 ", got) and b"X-Request-Id" in got, (method, path, got[:200])
        n += 1
    assert n > 40 and server.get("/health").status == 200


# ── another company on the same server ──

def company(server, boss):
    """One of everything; {path parameter's owner: id}."""
    feedback = boss.data("POST", "/api/v1/feedback", {"text": "门店服务员态度很好", "source": "shop", "external_id": "e1", "customer": {"phone": "13912345678", "name": "王小明"}})["id"]
    second = boss.data("POST", "/api/v1/feedback", {"text": "等了八天", "source": "shop", "external_id": "e2", "customer": {"email": "a@zhang-shop.cn"}})["id"]
    server.wait_analysed([feedback, second])
    boss.data("POST", f"/api/v1/feedback/{feedback}/corrections", {"field": "sentiment", "value": "neg"})
    found = server.until(lambda: (lambda l: l if len(l) == 2 else None)(boss.data("GET", "/api/v1/customers")), 20, "the customers did not come")
    reply = boss.send("POST", "/api/v1/imports", "评论,时间\n很好,2026-11-01\n".encode(), {"X-File-Name": "a.csv", "Content-Type": "application/octet-stream"})
    assert reply.status == 201, reply
    hub = boss.data("POST", "/v1/feedback-records", {"tenant_id": "t1", "submission_id": "s1", "field_id": "f1", "field_type": "text", "source_type": "survey", "value_text": "很好", "user_id": "u1"})["id"]
    invite = boss.data("POST", "/api/v1/users/invite", {"email": "x@example.com", "role": "viewer"})
    assert invite["link"]
    person = next(u["id"] for u in boss.data("GET", "/api/v1/users") if u["state"] == "invited")
    return {
        "feedback": feedback, "imports": reply.json["data"]["id"], "customers": found[0]["id"], "customer2": found[1]["id"],
        "keys": boss.data("GET", "/api/v1/keys")[0]["id"], "users": person, "views": boss.data("POST", "/api/v1/views", {"name": "v", "query": "q=a", "shared": True})["id"],
        "feedback-records": hub, "webhooks": boss.data("POST", "/v1/webhooks", {"url": "https://hooks.example.com/x", "tenant_id": "t1"})["id"], "jobs": "1",
        "text": "门店服务员态度很好",
    }


def good_bodies(ids):
    return {
        "/api/v1/feedback/{id}": {"reply": "改了"}, "/api/v1/feedback/{id}/corrections": {"field": "sentiment", "value": "pos"}, "/api/v1/customers/{id}/unmerge": {"merge_id": ids["customer2"]},
        "/api/v1/customers/{id}/erase": {"confirm": True}, "/api/v1/users/{id}": {"role": "owner"}, "/api/v1/views/{id}": {"name": "mine", "query": "q=b"},
        "/v1/feedback-records/{id}": {"value_text": "改了"}, "/v1/webhooks/{id}": {"enabled": False},
        "/api/v1/imports/{id}/check": {}, "/api/v1/imports/{id}/start": {},
    }


@test
def the_ids_of_another_company_are_ids_of_nothing(server):
    server.start()
    server.setup()
    boss = owner(server)
    ids = company(server, boss)
    other = stranger(boss)
    bodies, n = good_bodies(ids), 0
    before = snapshot(boss, ids)
    for method, path, operation in operations(server):
        if not re.search(r"\{id\}", path):
            continue
        kind = path.split("/")[3] if path.startswith("/api/") else path.split("/")[2]
        reply = other.send(method, path.replace("{id}", ids[kind]).replace("{field}", "sentiment"), bodies.get(path) if "requestBody" in operation else None)
        assert reply.status == 404, (method, path, reply)
        n += 1
    assert n > 20, n
    # Ids in bodies and in queries.
    for path, body in (("/api/v1/feedback/bulk", {"ids": [ids["feedback"]], "action": "delete"}), ("/api/v1/feedback/bulk", {"ids": [ids["feedback"]], "action": "correct", "field": "sentiment", "value": "pos"}),
                       ("/api/v1/customers/merge", {"into": ids["customers"], "from": ids["customer2"]})):
        reply = other.send("POST", path, body)
        assert reply.status == 404 or reply.json.get("meta") == {"changed": 0}, (path, body, reply)
    assert other.send("PATCH", "/api/v1/session", {"workspace_id": boss.data("GET", "/api/v1/session")["workspace"]["id"]}).status in (403, 404)
    for path in ("/api/v1/feedback", "/api/v1/feedback?q=服务员", f"/api/v1/feedback?filter[customer_id][eq]={ids['customers']}", "/api/v1/customers", "/api/v1/customers?q=13912345678", "/api/v1/events",
                 f"/api/v1/events?customer_id={ids['customers']}", "/api/v1/imports", "/api/v1/views", "/api/v1/keys", "/api/v1/jobs", "/v1/feedback-records?tenant_id=t1", "/v1/webhooks?tenant_id=t1"):
        assert other.data("GET", path) == [], path
    assert other.send("POST", "/v1/feedback-records/search/semantic", {"query": "服务员", "tenant_id": "t1"}).json["data"] == []
    assert other.data("GET", "/api/v1/overview?period=all")["volume"]["n"] == 0
    users = other.data("GET", "/api/v1/users")
    assert all("owner@" in u["email"] or "stranger" in u["email"] for u in users), users
    # Deleting what is in the tenant of the same name deletes nothing of ours.
    for path in ("/v1/feedback-records?user_id=u1&tenant_id=t1", "/v1/tenants/t1/data", "/v1/tenants/t1/feedback-records"):
        assert other.send("DELETE", path).status < 300, path
    # A cursor of ours is none of his.
    cursor = boss.send("GET", "/api/v1/feedback?limit=1").json["meta"]["next_cursor"]
    assert cursor and other.send("GET", f"/api/v1/feedback?cursor={cursor}").status == 400
    assert snapshot(boss, ids) == before


def snapshot(boss, ids):
    lists = ("/api/v1/feedback", "/api/v1/customers", "/api/v1/imports", "/api/v1/views", "/v1/feedback-records?tenant_id=t1", "/v1/webhooks?tenant_id=t1")
    users = [{k: v for k, v in u.items() if k != "last_seen_at"} for u in boss.data("GET", "/api/v1/users")]
    keys = [{k: v for k, v in u.items() if k != "last_used_at"} for u in boss.data("GET", "/api/v1/keys")]
    return json.dumps([boss.data("GET", path) for path in lists] + [boss.data("GET", f"/api/v1/feedback/{ids['feedback']}"), users, keys], sort_keys=True, ensure_ascii=False)


# ── data scope ──

def two_regions(server, boss):
    records = [{"text": f"{place}的配送很慢，第{i}次了", "source": "s", "external_id": f"{place}{i}", "occurred_at": "2026-11-10T00:00:00Z", "attributes": {"region": place, "门店": f"{place}一店"},
                "customer": {"phone": f"139{n}572{i}8{n}3"}, "scores": [{"value": score}]}
               for n, (place, score) in enumerate((("四川", 2), ("西藏", 5))) for i in range(6)]
    data = boss.data("POST", "/api/v1/feedback", records)
    ids = [d["id"] for d in data]
    server.wait_analysed(ids)
    server.until(lambda: boss.data("GET", "/api/v1/overview?period=all")["volume"]["n"] == 12, 30, "not counted")
    server.until(lambda: len(boss.data("GET", "/api/v1/feedback?q=配送")) == 12, 30, "not found")
    server.until(lambda: len(boss.data("GET", "/api/v1/customers")) == 12, 30, "no customers")
    return set(ids[:6]), set(ids[6:])


@test
def an_agent_with_a_data_scope_sees_nothing_beyond_it(server):
    server.start()
    server.setup()
    boss = owner(server)
    ours, theirs = two_regions(server, boss)
    agent = invited(boss, "agent", scope=[{"dimension": "region", "values": ["四川"]}])
    admin = invited(boss, "admin", scope=[{"dimension": "region", "values": ["四川"]}])
    hers, his = next(iter(ours)), next(iter(theirs))
    for who in (agent, admin):
        for query in ("", "&q=配送", "&sort=occurred_at", "&filter[score][gte]=1", "&filter[attr.region][in]=四川,西藏", "&filter[source][eq]=s"):
            assert {f["id"] for f in who.data("GET", f"/api/v1/feedback?limit=100{query}")} == ours, query
        assert who.data("GET", "/api/v1/feedback?filter[attr.region][eq]=西藏") == [] and who.data("GET", "/api/v1/feedback?q=西藏") == []
        assert who.send("GET", f"/api/v1/feedback/{hers}").status == 200 and who.send("GET", f"/api/v1/feedback/{his}").status == 404
        overview = who.data("GET", "/api/v1/overview?period=all")
        assert overview["volume"]["n"] == 6 and overview["satisfaction"]["value"] == 2, overview
        assert "西藏" not in json.dumps(overview, ensure_ascii=False)
        for path in ("/api/v1/crosstab?rows=region&columns=channel&measure=volume&period=all", "/api/v1/dimensions?period=all"):
            reply = who.send("GET", path)
            assert reply.status == 200 and "西藏" not in reply.body.decode() and "四川" in reply.body.decode(), (path, reply)
        assert len(who.data("GET", "/api/v1/customers?limit=100")) == 6
        customers = {c["id"] for c in who.data("GET", "/api/v1/customers?limit=100")}
        hidden = {c["id"] for c in boss.data("GET", "/api/v1/customers?limit=100")} - customers
        assert len(hidden) == 6 and all(who.send("GET", f"/api/v1/customers/{c}").status == 404 for c in hidden)
        assert all(who.data("GET", f"/api/v1/customers?q=1391572{i}813") == [] for i in range(6))
        for action in ({"action": "correct", "field": "sentiment", "value": "pos"}, {"action": "delete"}):
            reply = who.send("POST", "/api/v1/feedback/bulk", {"ids": [hers, his], **action})
            assert reply.status in (403, 404), reply
        for method, path, body in (("POST", f"/api/v1/feedback/{his}/corrections", {"field": "sentiment", "value": "pos"}), ("DELETE", f"/api/v1/feedback/{his}/corrections/sentiment", None),
                                   ("DELETE", f"/api/v1/feedback/{his}", None), ("POST", f"/api/v1/feedback/{his}/restore", None)):
            assert who.send(method, path, body).status in (403, 404), (method, path)
    assert agent.send("POST", f"/api/v1/feedback/{hers}/corrections", {"field": "sentiment", "value": "pos"}).status == 201
    got = boss.data("GET", f"/api/v1/feedback/{his}")
    assert got["corrections"] == [] and got.get("deleted_at") is None, got


@test
def what_cannot_be_cut_to_a_data_scope_is_refused(server):
    server.start()
    server.setup()
    boss = owner(server)
    ids = company(server, boss)
    admin = invited(boss, "admin", scope=[{"dimension": "region", "values": ["四川"]}])
    whole, n = [], 0
    for method, path, operation in operations(server):
        kind = (path.split("/")[3:] or [""])[0] if path.startswith("/api/") else (path.split("/")[2:] or [""])[0]
        if operation.get("x-whole"):
            reply = admin.send(method, path.replace("{id}", ids.get(kind, NOWHERE)).replace("{tenant_id}", "t1"), body_of(operation))
            assert reply.status == 403, (method, path, reply)
            whole.append(f"{method} {path}")
        elif method == "GET" and operation.get("x-permission") not in (None, "user:write"):
            reply = admin.send(method, path.replace("{id}", ids.get(kind, NOWHERE)).replace("{tenant_id}", "t1"))
            assert ids["text"] not in reply.body.decode() and "13912345678" not in reply.body.decode() and "王小明" not in reply.body.decode(), (method, path, reply)
            n += 1
    for expected in ("POST /api/v1/feedback", "POST /api/v1/feedback/import", "POST /api/v1/imports", "GET /api/v1/imports/{id}/report.html", "POST /api/v1/keys", "GET /api/v1/events", "GET /api/v1/customers/{id}/export",
                     "POST /v1/webhooks"):
        assert expected in whole, expected
    assert n > 10, n
    # Nobody gives more than he has.
    for scope in (None, [{"dimension": "region", "values": ["西藏"]}]):
        assert admin.send("POST", "/api/v1/users/invite", {"email": "y@example.com", "role": "viewer", "scope": scope}).status == 403
    assert admin.send("POST", "/api/v1/users/invite", {"email": "y@example.com", "role": "owner", "scope": [{"dimension": "region", "values": ["四川"]}]}).status == 403


main()
