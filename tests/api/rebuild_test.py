# SPDX-License-Identifier: Apache-2.0
"""Facts and search built again: nothing lost, nothing doubled, whatever happens meanwhile."""
import random
import signal
import time

from server import SCOPES, main, test

N = 1500


def fill(server, n=N):
    server.start()
    server.setup(SCOPES + ",system:read,system:write")
    for at in range(0, n, 500):
        reply = server.post("/api/v1/feedback", [{"text": f"物流太慢 第{i}单", "external_id": f"R-{i}", "source": "shop"} for i in range(at, min(n, at + 500))])
        assert reply.status == 201, reply
    server.until(lambda: counted(server) == n, 60, "not all are counted")
    server.until(lambda: found(server) > 0, 20, "not found")


def counted(server):
    reply = server.get("/api/v1/overview", period="7d")
    return reply.json["volume"]["n"] if reply.status == 200 else -1


def found(server):
    return len(server.get("/api/v1/feedback", q="物流", limit=100).json["data"])


def is_whole(server, n=N):
    status = server.get("/api/v1/status").json
    return not status["facts"]["rebuilding"] and not status["facts"]["behind"] and counted(server) == n and found(server) == 100


@test
def rebuild_by_a_running_server_gives_the_same_again(server):
    fill(server)
    before = server.get("/api/v1/overview", period="7d").json
    done = server.command("rebuild")
    assert str(N) in done.stdout, done
    assert is_whole(server)
    after = server.get("/api/v1/overview", period="7d").json
    assert after["volume"] == before["volume"] and after["dimensions"] == before["dimensions"], (before, after)
    reply = server.request("POST", "/api/v1/rebuild")
    assert reply.status == 202, reply
    server.until(lambda: is_whole(server), 60, lambda: f"not whole: {counted(server)} {found(server)}")


@test
def rebuild_without_a_server_does_it_itself(server):
    fill(server, 500)
    server.stop()
    for path in list((server.dir / "facts").iterdir()):
        path.unlink()
    done = server.command("rebuild")
    assert "500" in done.stdout, done
    server.start()
    assert counted(server) == 500
    assert server.command("rebuild", "--workspace", "nobody", check=False).returncode != 0


@test
def kill_9_during_rebuild_loses_and_doubles_nothing(server):
    fill(server)
    for _ in range(6):
        assert server.request("POST", "/api/v1/rebuild").status == 202
        time.sleep(random.random() * 0.5)
        server.kill(signal.SIGKILL)
        server.start()
    server.until(lambda: is_whole(server), 60, lambda: f"not whole: {counted(server)} {found(server)}")
    assert len(server.all_feedback()) == N


main()
