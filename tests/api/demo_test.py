# SPDX-License-Identifier: Apache-2.0
"""The demo data, asked for over HTTP."""
from server import main, test

PATH = "/api/v1/workspace/demo"


@test
def an_empty_workspace_is_filled_once(server):
    server.start()
    server.setup("feedback:read,feedback:write,workspace:write,audit:read")
    for body in ({"feedback": 5}, {"feedback": "100"}, [], {"feedback": 1e9}):
        assert server.post(PATH, body).status == 400, body
    reply = server.post(PATH, {"feedback": 300})
    assert reply.status == 202 and reply.json["data"]["feedback"] == 300, reply
    assert server.post(PATH, {"feedback": 300}).status == 409

    def counted():
        return server.get("/api/v1/overview", period="all").json["volume"]["n"]

    def whole():
        """All are there and read; an advert, or what says nothing and has no score, counts for no figure."""
        of = [(f.get("analysis") or {}).get("validity") for f in server.all_feedback()]
        return len(of) == 300 and None not in of and of.count("ok") <= counted() <= 300 - of.count("ad")

    server.until(whole, 60, lambda: f"{len(server.all_feedback())} feedback, {counted()} counted")
    assert server.post(PATH, {"feedback": 300}).status == 409
    assert "workspace.demo" in {a["action"] for a in server.get("/api/v1/audit").json["data"]}


@test
def a_workspace_with_feedback_is_left_alone(server):
    server.start()
    server.setup("feedback:read,feedback:write,workspace:write")
    assert server.post("/api/v1/feedback", {"text": "自己的反馈"}).status == 201
    reply = server.post(PATH, {})
    assert reply.status == 409, reply
    reader = server.command("key", "create", "--name", "r", "--scopes", "feedback:read").stdout.strip()
    assert server.request("POST", PATH, b"", key=reader).status == 403


main()
