# SPDX-License-Identifier: Apache-2.0
"""A rotation of keys: everything is sealed again in the background, while the server goes on and also when it is killed meanwhile."""
import json
import signal

from server import SCOPES, main, test

N = 1000


def fill(server, *args):
    server.start(*args)
    server.setup(SCOPES + ",system:read,system:write")
    for at in range(0, N, 500):
        reply = server.post("/api/v1/feedback", [{"text": f"第 {i} 条", "external_id": f"R-{i}", "source": "shop"} for i in range(at, at + 500)])
        assert reply.status == 201, reply


def reseal(server):
    return server.get("/api/v1/status").json["reseal"]


@test
def after_a_rotation_everything_is_sealed_again(server):
    fill(server)
    ids = [f["id"] for f in server.all_feedback()]
    server.wait_analysed(ids[:1])
    assert reseal(server)["done"] == 0
    assert "2" in server.command("key", "rotate").stderr
    server.until(lambda: reseal(server)["done"] >= N and not reseal(server)["running"], 40, lambda: f"{reseal(server)}")
    assert reseal(server)["left"] == 0 and reseal(server)["damaged"] == 0, reseal(server)
    assert [f["id"] for f in server.all_feedback()] == ids


@test
def kill_9_while_sealing_again_loses_nothing(server):
    fill(server)
    server.command("key", "rotate")
    server.until(lambda: reseal(server)["done"] > 0, 40, "does not begin")
    server.kill(signal.SIGKILL)
    server.start()
    server.until(lambda: not reseal(server)["running"] and server.get("/api/v1/status").json["uptime_s"] >= 9, 40, lambda: f"{reseal(server)}")
    assert reseal(server)["damaged"] == 0
    assert len(server.all_feedback()) == N


@test
def the_key_lost_while_a_server_runs_is_made_anew_by_a_rotation(server):
    if server.store != "sqlite":
        return
    fill(server)
    (server.dir / "master.key").unlink()
    server.command("key", "rotate")
    server.stop()
    server.start()
    assert len(server.all_feedback()) == N


@test
def the_log_is_json_if_asked_for_with_ids_of_requests(server):
    server.start("--log-format", "json", "--log-level", "info")
    reply = server.get("/health")
    server.stop()
    lines = [json.loads(line) for line in server.log_text().splitlines()]
    (request,) = [line for line in lines if line["msg"] == "request"]
    assert request["request"] == reply.headers["x-request-id"] and request["status"] == 200 and request["path"] == "/health", request


main()
