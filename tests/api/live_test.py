# SPDX-License-Identifier: Apache-2.0
"""What is posted at one place shows at another without being asked for: analysed, by server-sent events, with 100 records a second coming in."""
import http.client
import json
import threading
import time

from people import invited, owner
from server import main, test

PATH = "/api/v1/feedback"
RATE, SECONDS = 100, 10


class Listener(threading.Thread):
    """Another browser: reads the stream and notes when it knew of each id. An event of many names only some of them: then it asks for the list, as the console does."""

    def __init__(self, server, person):
        super().__init__(daemon=True)
        self.person = person
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.connection.request("GET", "/api/v1/stream", headers={"Cookie": f"hs_session={person.cookie}"})
        self.reply = self.connection.getresponse()
        assert self.reply.status == 200 and self.reply.headers["content-type"].startswith("text/event-stream"), self.reply.status
        self.seen = {"feedback.created": {}, "feedback.analysed": {}}
        self.start()

    def newest(self, n):
        """Ids of the newest that are analysed, page by page."""
        ids, cursor = [], ""
        for _ in range(0, n, 100):
            page = self.person.send("GET", f"{PATH}?limit=100" + (f"&cursor={cursor}" if cursor else "")).json
            ids += [f["id"] for f in page["data"] if f["analysis"]]
            cursor = page["meta"]["next_cursor"]
            if not cursor:
                break
        return ids

    def run(self):
        event = ""
        try:
            while True:
                line = self.reply.readline().decode()
                if not line:
                    return
                if line.startswith("event:"):
                    event = line[6:].strip()
                elif line.startswith("data:") and event in self.seen:
                    told = json.loads(line[5:])
                    ids = told["ids"]
                    if told["n"] > len(ids) and event == "feedback.analysed":
                        ids = ids + self.newest(told["n"] + 200)
                    now = time.monotonic()
                    for identifier in ids:
                        self.seen[event].setdefault(identifier, now)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return


def post_steadily(server, sent):
    """Ten posts of ten a second and more: RATE records/s, `sent` gets the time of each acknowledged id's post."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    begun, n = time.monotonic(), 0
    while n < RATE * SECONDS:
        time.sleep(max(0.0, begun + n / RATE - time.monotonic()))
        batch = [{"text": f"第 {n + k} 次来，等了很久，客服态度不好", "external_id": str(n + k), "source": "live"} for k in range(5)]
        at = time.monotonic()
        connection.request("POST", PATH, json.dumps(batch), {"Authorization": f"Bearer {server.key}"})
        reply = connection.getresponse()
        data = json.loads(reply.read())["data"]
        for d in data:
            sent[d["id"]] = at
        n += len(batch)
    return time.monotonic() - begun


@test
def another_client_sees_the_analysis_soon_at_100_records_a_second(server):
    server.start()
    server.setup()
    viewer = invited(owner(server), "viewer")
    listener, sent = Listener(server, viewer), {}
    took = post_steadily(server, sent)
    seen = listener.seen["feedback.analysed"]
    end = time.monotonic() + 10
    while time.monotonic() < end and not set(sent) <= set(seen):
        time.sleep(0.05)
    missing = set(sent) - set(seen)
    assert not missing, f"{len(missing)} of {len(sent)} were not told of"
    delays = sorted(seen[i] - at for i, at in sent.items())
    at = lambda share: delays[int(share * (len(delays) - 1))] * 1000
    print(f"    {len(sent)} records in {took:.1f} s; from the post to the event of its analysis: p50 {at(.5):.0f} ms, p95 {at(.95):.0f} ms, most {at(1):.0f} ms")
    # And what the event promises is there when it is asked for.
    newest = max(sent, key=sent.get)
    assert viewer.data("GET", f"{PATH}/{newest}")["analysis"]
    assert delays[-1] < 10, delays[-1]


@test
def who_may_not_read_is_told_nothing(server):
    server.start()
    server.setup()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/api/v1/stream")
    assert connection.getresponse().status == 401
    boss = owner(server)
    there = boss.data("POST", "/api/v1/workspaces", {"name": "另一家公司", "time_zone": "UTC"})["id"]
    boss.data("PATCH", "/api/v1/session", {"workspace_id": there})
    listener = Listener(server, invited(boss, "viewer"))
    assert server.post(PATH, {"text": "不关你的事"}).status == 201
    server.until(lambda: server.all_feedback()[0]["analysis"], 20)
    time.sleep(1)
    assert not listener.seen["feedback.created"] and not listener.seen["feedback.analysed"]


main()
