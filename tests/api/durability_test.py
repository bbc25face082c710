# SPDX-License-Identifier: Apache-2.0
"""What was acknowledged is there, once, whatever happened after."""
import http.client
import json
import os
import random
import signal
import threading
import time

from server import main, test

PATH = "/api/v1/feedback"
KILLS = int(os.environ.get("HUISHENG_TEST_KILLS", "5"))


def post_until_dead(server, worker, acknowledged, lock, stop):
    """Posts small batches of its own; what got a 201 goes to `acknowledged`."""
    n = 0
    connection = None
    while not stop.is_set():
        ids = [f"{worker}-{time.monotonic_ns()}-{n}-{k}" for k in range(random.choice([1, 1, 20]))]
        n += 1
        body = json.dumps([{"text": f"第 {i} 条反馈", "external_id": i, "source": "kill"} for i in ids])
        try:
            connection = connection or http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.request("POST", PATH, body, {"Authorization": f"Bearer {server.key}"})
            reply = connection.getresponse()
            reply.read()
            if reply.status == 201:
                with lock:
                    acknowledged.update(ids)
        except (OSError, http.client.HTTPException):
            connection = None
            if stop.is_set():
                return
            time.sleep(0.02)


@test
def nothing_acknowledged_is_lost_or_doubled_by_kill_9(server):
    server.start()
    server.setup()
    acknowledged, lock = set(), threading.Lock()
    for _ in range(KILLS):
        stop = threading.Event()
        workers = [threading.Thread(target=post_until_dead, args=(server, w, acknowledged, lock, stop)) for w in range(4)]
        for worker in workers:
            worker.start()
        time.sleep(0.2 + random.random() * 0.8)
        server.kill(signal.SIGKILL)
        stop.set()
        for worker in workers:
            worker.join()
        server.start()
    stored = [f["external_id"] for f in server.all_feedback()]
    assert len(stored) == len(set(stored)), "doubled"
    lost = acknowledged - set(stored)
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged are lost"
    assert len(acknowledged) > 10 * KILLS, len(acknowledged)
    # And everything is analysed, counted and found in the end.
    # What a dead process had in hand is free after a minute at most.
    server.until(lambda: all(f["analysis"] for f in server.all_feedback()), 150, "not all are analysed")
    server.until(lambda: server.get("/api/v1/overview", period="7d").json["volume"]["n"] == len(stored), 150,
                 f"{len(stored)} are stored, {server.get('/api/v1/overview', period='7d').json['volume']} are counted")


@test
def sigterm_finishes_what_is_in_flight(server):
    server.start()
    server.setup()
    acknowledged, lock, stop = set(), threading.Lock(), threading.Event()
    worker = threading.Thread(target=post_until_dead, args=(server, 0, acknowledged, lock, stop))
    worker.start()
    time.sleep(0.5)
    status = server.stop()
    stop.set()
    worker.join()
    assert status == 0, status
    server.start()
    assert acknowledged <= {f["external_id"] for f in server.all_feedback()}


@test
def a_second_server_on_the_same_directory_is_refused_with_the_reason(server):
    if server.store != "sqlite":
        return
    server.start()
    done = server.command("serve", "--listen", "127.0.0.1:0", check=False)
    assert done.returncode != 0 and str(server.process.pid) in done.stderr, done


main()
