# SPDX-License-Identifier: Apache-2.0
"""Bad days: too much, too slow, broken, full, gone, back in time. A clear error, nothing acknowledged lost, intake goes on."""
import concurrent.futures
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

from server import Server, main, test

PATH = "/api/v1/feedback"


def started(server, **options):
    server.start(**options)
    return server.setup()


def refused(server, status, *words):
    """`serve` ends by itself with `status` and one line that has the words."""
    done = server.command("serve", "--listen", "127.0.0.1:0", check=False)
    lines = done.stderr.strip().splitlines()
    assert done.returncode == status and len(lines) == 1, (done.returncode, done.stderr)
    assert all(w in lines[0] for w in words), (words, lines)
    return lines[0]


def head(server, path=PATH, *more):
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {server.key}", "Content-Type: application/json", *more, "", ""]).encode()


def connect(server, timeout=60):
    return socket.create_connection(("127.0.0.1", server.port), timeout=timeout)


def answer(s):
    """What comes until the end or the end of the head."""
    got = b""
    with contextlib.suppress(OSError):
        while b"\r\n\r\n" not in got:
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
    return got


def counted(server):
    reply = server.get("/api/v1/overview", period="all")
    assert reply.status == 200, reply
    return reply.json["volume"]["n"]


def memory_mib(server):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{server.process.pid}/status").read_text())[1]) // 1024


def only_once(server, what):
    if server.store != "sqlite":
        print(f"    ({what} does not depend on the store)")
        return False
    return True


# ── too much, too slow, rubbish ──

@test
def a_body_of_100_mb_is_refused_and_costs_nothing(server):
    if not only_once(server, "the size of a body"):
        return
    started(server)
    before = memory_mib(server)
    size = 100 << 20
    with connect(server) as s:  # told beforehand: refused before it is sent
        s.sendall(head(server, PATH, f"Content-Length: {size}"))
        assert answer(s).startswith(b"HTTP/1.1 413"), "not refused by its length"

    def chunked():
        with connect(server) as s:
            s.sendall(head(server, PATH, "Transfer-Encoding: chunked"))
            chunk, sent = b"10000\r\n" + b"[" * 65536 + b"\r\n", 0
            try:
                while sent < size:
                    s.sendall(chunk)
                    sent += 65536
            except OSError:
                pass
            return answer(s), sent
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for got, sent in pool.map(lambda _: chunked(), range(8)):
            assert sent and (not got or got.startswith(b"HTTP/1.1 413") or got.startswith(b"HTTP/1.1 503")), (got[:100], sent)
    grown = memory_mib(server) - before
    assert grown < 300, f"{grown} MiB more"
    assert server.post(PATH, {"text": "还在"}).status == 201


@test
def who_is_too_slow_is_cut_off_and_disturbs_nobody(server):
    if not only_once(server, "a slow client"):
        return
    started(server)
    begun = time.monotonic()

    def slow(first, rest):
        with connect(server) as s:
            s.sendall(first)
            try:
                for byte in rest:
                    s.sendall(bytes([byte]))
                    time.sleep(0.5)
                    if time.monotonic() - begun > 50:
                        return b"", time.monotonic() - begun
            except OSError:
                pass
            return answer(s), time.monotonic() - begun

    endless = b"X-A: " + b"a" * 10000
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        heads = [pool.submit(slow, b"POST /api/v1/feedback HTTP/1.1\r\nHost: x\r\n", endless) for _ in range(20)]
        bodies = [pool.submit(slow, head(server, PATH, "Content-Length: 100000"), b"[" * 10000) for _ in range(20)]
        while not all(f.done() for f in heads + bodies):
            at = time.monotonic()
            assert server.post(PATH, {"text": "别人不受影响"}).status == 201
            assert time.monotonic() - at < 5
            time.sleep(0.5)
    for f in heads + bodies:
        got, took = f.result()
        assert took < 45, f"one held its connection for {took:.0f} s"
        assert not got or got.startswith(b"HTTP/1.1 408"), got[:200]


@test
def chunks_and_heads_that_are_none_end_their_own_connection_only(server):
    if not only_once(server, "the form of a request"):
        return
    started(server)
    chunked = head(server, PATH, "Transfer-Encoding: chunked")
    cases = [chunked + b"zz\r\n{}\r\n0\r\n\r\n", chunked + b"-5\r\nabc\r\n", chunked + b"ffffffffffffffffff\r\n", chunked + b"5\r\n{}\r\n\r\n\r\n\r\n", chunked + b"2;" + b"x" * 70000 + b"\r\n{}",
             head(server, PATH, "Transfer-Encoding: chunked", "Content-Length: 5") + b"2\r\n{}\r\n0\r\n\r\n", head(server, PATH, "Content-Length: -1"), head(server, PATH, "Content-Length: 1, 2") + b"{}",
             head(server, PATH, "Content-Length: 5", "Content-Length: 6") + b"{}", b"\0" * 1000, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000 + b"\r\n",
             b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500,
             b"GET /api/v1/feedback?filter[ HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /api/v1/feedback HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"]
    before = len(server.all_feedback())
    for case in cases:
        with connect(server, 20) as s:
            with contextlib.suppress(OSError):
                s.sendall(case)
                s.shutdown(socket.SHUT_WR)
            got = answer(s)
            # The words behind the size of a chunk are libmicrohttpd's own business: too many of them and it says 500 itself.
            own = b"x" * 70000 in case and got.startswith(b"HTTP/1.1 500 ")
            assert not got or own or re.match(rb"HTTP/1\.[01] (4\d\d|501|505) ", got), (case[:80], got[:200])
        assert server.get("/health").status == 200, case[:80]
    assert len(server.all_feedback()) == before


# ── what does not fit together ──

@test
def a_wrong_or_a_missing_master_key_is_refused_and_the_right_one_brings_all_back(server):
    started(server)
    ids = [server.post(PATH, {"text": "钥匙"}).json["data"]["id"]]
    server.stop()
    key = server.dir / "master.key"
    right = key.read_bytes()
    key.write_bytes(b"ab" * 32 + b"\n")
    refused(server, 77, "master.key")
    key.write_bytes(b"rubbish\n")
    refused(server, 65, "master.key")
    key.write_bytes(b"")
    refused(server, 65, "master.key")
    key.unlink()
    refused(server, 66, "master.key")
    assert not key.exists(), "a new key was made beside data that needs the old one"
    key.write_bytes(right)
    key.chmod(0o600)
    server.start()
    assert [f["id"] for f in server.all_feedback()] == ids and server.all_feedback()[0]["text"] == "钥匙"


@test
def a_database_of_a_newer_version_is_refused_untouched(server):
    started(server)
    server.stop()
    statement = "INSERT INTO schema_migration (number, name, hash, applied_us) VALUES (9999, 'from_the_future', 'x', 1)"
    if server.store == "sqlite":
        with sqlite3.connect(server.dir / "huisheng.db") as db:
            db.execute(statement)
    else:
        subprocess.run(["psql", "-q", "-d", server.url, "-c", statement], check=True)
    refused(server, 65, "newer")


@test
def a_corrupt_database_is_refused_or_answered_with_errors_but_never_with_wrong_data(server):
    if server.store != "sqlite":
        return
    started(server)
    texts = {f"第 {i} 条，内容完好" for i in range(300)}
    server.post(PATH, [{"text": t, "external_id": t} for t in texts])
    server.stop()
    file = server.dir / "huisheng.db"
    good = file.read_bytes()
    file.write_bytes(b"\0" * 100 + good[100:])
    refused(server, 65)
    file.write_bytes(good[:len(good) // 3])
    for seed in range(4):
        broken = bytearray(good)
        for at in range(20000 + seed * 977, len(broken), 9001):
            broken[at] ^= 0xA5
        file.write_bytes(broken)
        for name in ("huisheng.db-wal", "huisheng.db-shm"):
            (server.dir / name).unlink(missing_ok=True)
        server.start(wait=False)
        line = server.process.stdout.readline().decode()
        found = re.search(r"http://[^ ]*:(\d+)", line)
        if not found:
            status = server.process.wait(timeout=30)
            assert status not in (0, -signal.SIGSEGV, -signal.SIGABRT), (status, server.log_text())
            assert server.log_text().strip(), "no word about it"
            server.process.stdout.close()
            server.process = None
            continue
        server.port = int(found[1])
        for path in (f"{PATH}?limit=100", "/api/v1/overview?period=all", "/health", f"{PATH}?q=%E5%AE%8C%E5%A5%BD"):
            reply = server.request("GET", path)
            assert reply.status in (200, 401, 500, 503), reply
            for f in reply.json.get("data", []) if reply.status == 200 and path.startswith(PATH) else []:
                assert f["text"] in texts, f
        assert server.process.poll() is None, server.log_text()
        server.kill()
    file.write_bytes(good)
    server.start()
    assert {f["text"] for f in server.all_feedback()} == texts


@test
def a_place_that_cannot_be_used_is_named(server):
    server.start()
    other = Server(server.binary, "sqlite")
    try:
        done = other.command("serve", "--listen", f"127.0.0.1:{server.port}", check=False)
        assert done.returncode == 73 and str(server.port) in done.stderr and done.stderr.count("\n") == 1, done
        for listen in ("300.1.1.1:80", "127.0.0.1", "127.0.0.1:99999", "nowhere.invalid:80"):
            done = other.command("serve", "--listen", listen, check=False)
            assert done.returncode not in (0, -6, -11) and done.stderr.count("\n") == 1, (listen, done)
    finally:
        other.close()
    if server.store == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "file")
            file.write_text("x")
            for data in (file, file / "below", "/proc/1/fdinfo/x"):
                done = subprocess.run([server.binary, "serve", "--data", str(data), "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=30, env=dict(os.environ, HUISHENG_LANG="en"))
                assert done.returncode in (66, 73, 74, 77) and str(data) in done.stderr and done.stderr.count("\n") == 1, (data, done)
    else:
        done = subprocess.run([server.binary, "serve", "--data", str(server.dir), "--listen", "127.0.0.1:0", "--store", "postgresql:///none?host=/nowhere"], capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, HUISHENG_LANG="en"))
        assert done.returncode == 69 and done.stderr.count("\n") == 1, done


@test
def sighup_ends_nothing(server):
    started(server)
    for _ in range(5):
        server.process.send_signal(signal.SIGHUP)
        assert server.post(PATH, {"text": "还在"}).status == 201
    time.sleep(0.5)
    assert server.process.poll() is None and len(server.all_feedback()) == 5


@test
def sighup_takes_a_new_log_level_over_and_a_wrong_file_changes_nothing(server):
    if not only_once(server, "the configuration file"):
        return
    with tempfile.TemporaryDirectory() as folder:
        conf = pathlib.Path(folder) / "huisheng.conf"
        conf.write_text("log-level = error\n")
        server.start("--config", str(conf))
        log = pathlib.Path(server.log.name)

        def reread(text, *words):
            at = log.stat().st_size
            conf.write_text(text)
            server.process.send_signal(signal.SIGHUP)
            server.until(lambda: all(w in log.read_text()[at:] for w in words), 10, lambda: f"{words} not in the log")

        reread("log-level = info\n", "read again")
        reread("log-level = loud\n", "stay as they were", "log-level")
        reread("log-level = info\n", "read again")
        assert server.process.poll() is None


# ── full ──

@contextlib.contextmanager
def small_disk(server, mib):
    """The data directory on a file system of its own; None where this may not be done."""
    shutil.rmtree(server.dir)
    server.dir.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(server.dir)], capture_output=True).returncode:
        yield None
        return
    try:
        yield server.dir
    finally:
        server.kill()
        subprocess.run(["umount", "-l", str(server.dir)], check=False)


def fill(server, acknowledged, n, text):
    """Posts until it is full, or `n`."""
    for i in range(n):
        identifier = f"e{len(acknowledged)}-{i}-{time.monotonic_ns()}"
        reply = server.post(PATH, {"text": text, "external_id": identifier, "source": "full"})
        if reply.status != 201:
            return reply
        acknowledged.add(identifier)
    return None


def check_full(server, make_room):
    acknowledged, text = set(), "磁盘满了怎么办" * 2000
    reply = fill(server, acknowledged, 5000, text)
    assert reply is not None and reply.status in (503, 507) and reply.json["code"] in ("no_space", "unavailable"), reply
    assert acknowledged and server.process.poll() is None, server.log_text()
    assert server.get(PATH).status == 200, "what is there can no longer be read"
    for _ in range(3):  # it goes on to say so
        reply = server.post(PATH, {"text": text})
        assert reply.status in (201, 503, 507), reply
    make_room()
    server.until(lambda: server.post(PATH, {"text": "又有地方了", "external_id": "room", "source": "full"}).status in (200, 201), 20, "intake did not go on")
    stored = [f["external_id"] for f in server.all_feedback() if f["source"] == "full"]
    assert acknowledged | {"room"} <= set(stored) and len(stored) == len(set(stored)), acknowledged - set(stored)
    assert server.stop() == 0
    server.start()
    assert acknowledged <= {f["external_id"] for f in server.all_feedback()}
    server.until(lambda: all(f["analysis"] for f in server.all_feedback()), 60, "not all are analysed")
    server.until(lambda: counted(server) >= len(acknowledged), 60, "not all are counted")


@test
def a_full_disk_loses_nothing_and_intake_goes_on_when_there_is_room(server):
    if server.store != "sqlite":
        return
    with small_disk(server, 40) as disk:
        if not disk:
            print("    skipped: no file system may be mounted here; the limit of a file is tried below")
            return
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * (20 << 20))
        started(server)
        check_full(server, ballast.unlink)


@test
def a_file_at_its_limit_loses_nothing_and_intake_goes_on_when_it_is_lifted(server):
    if server.store != "sqlite":
        return
    started(server)
    subprocess.run(["prlimit", "--pid", str(server.process.pid), f"--fsize={6 << 20}:"], check=True)
    check_full(server, lambda: subprocess.run(["prlimit", "--pid", str(server.process.pid), "--fsize=unlimited:"], check=True))


# ── the other store ──

@test
def postgresql_may_go_and_come_back(server):
    control = os.environ.get("HUISHENG_TEST_POSTGRES_CONTROL")
    if server.store != "postgres" or not control:
        return
    started(server)
    acknowledged = set()
    assert fill(server, acknowledged, 20, "之前") is None
    for how in ("stop", "kill"):
        subprocess.run([control, how], check=True)
        for _ in range(3):
            at = time.monotonic()
            reply = server.post(PATH, {"text": "它不在", "external_id": "away", "source": "full"})
            took = time.monotonic() - at
            assert reply.status == 503 and took < 10, (reply, took)
        assert server.get("/health").status == 503
        subprocess.run([control, "start"], check=True)
        server.until(lambda: server.post(PATH, {"text": "回来了", "external_id": f"back-{how}", "source": "full"}).status in (200, 201), 30, lambda: f"did not come back after {how}")
        acknowledged.add(f"back-{how}")
        assert fill(server, acknowledged, 20, "之后") is None
    stored = [f["external_id"] for f in server.all_feedback()]
    assert acknowledged <= set(stored) and len(stored) == len(set(stored))
    server.until(lambda: all(f["analysis"] for f in server.all_feedback()), 60, "the work did not go on")


@test
def a_server_waits_for_no_postgresql_that_is_away_at_its_start(server):
    control = os.environ.get("HUISHENG_TEST_POSTGRES_CONTROL")
    if server.store != "postgres" or not control:
        return
    started(server)
    server.stop()
    subprocess.run([control, "stop"], check=True)
    try:
        at = time.monotonic()
        refused(server, 69)
        assert time.monotonic() - at < 30
    finally:
        subprocess.run([control, "start"], check=True)
    server.start()


@test
def two_servers_share_the_work_and_one_may_die(server):
    if server.store != "postgres":
        return
    started(server)
    other = Server(server.binary, "sqlite")
    other.store, other.url, other.extra, other.key = "two", server.url, server.extra, server.key
    shutil.copy(server.dir / "master.key", other.dir / "master.key")
    try:
        other.start()
        acknowledged, lock, stop = set(), threading.Lock(), threading.Event()

        def post(to, name):
            n = 0
            while not stop.is_set():
                ids = [f"{name}-{n}-{k}" for k in range(25)]
                n += 1
                with contextlib.suppress(OSError, Exception):
                    if to.post(PATH, [{"text": f"第 {i} 条，物流很慢", "external_id": i, "source": "two"} for i in ids]).status == 201:
                        with lock:
                            acknowledged.update(ids)

        workers = [threading.Thread(target=post, args=(to, name)) for to, name in ((server, "a"), (other, "b"))]
        for worker in workers:
            worker.start()
        time.sleep(2)
        other.kill(signal.SIGKILL)
        time.sleep(1)
        stop.set()
        for worker in workers:
            worker.join()
        assert any(i.startswith("b-") for i in acknowledged) and any(i.startswith("a-") for i in acknowledged)
        stored = [f["external_id"] for f in server.all_feedback()]
        assert acknowledged <= set(stored) and len(stored) == len(set(stored)), acknowledged - set(stored)
        server.until(lambda: all(f["analysis"] for f in server.all_feedback()), 120, "what the other had begun was not taken over")
        server.until(lambda: counted(server) == len(stored), 60, "not all are counted")
        other.start()
        other.until(lambda: counted(other) == len(stored), 60, "the one that came back does not count all")
    finally:
        other.close()


# ── killed in the middle ──

def rows(n):
    return ("评论,时间,订单号\n" + "".join(f"第{i}条：物流有点慢但是东西不错,2026-11-{1 + i % 20:02} 10:00,O{i:06}\n" for i in range(n))).encode()


@test
def an_import_goes_on_after_kill_9_and_doubles_nothing(server):
    started(server)
    server.key = server.command("key", "create", "--name", "i", "--scopes", "import:write,feedback:read,feedback:write").stdout.strip()
    n = 6000
    reply = server.request("POST", "/api/v1/imports", rows(n), {"X-File-Name": "a.csv", "Content-Type": "application/octet-stream"})
    assert reply.status == 201, reply
    path = f"/api/v1/imports/{reply.json['data']['id']}"
    assert server.request("POST", f"{path}/check", {}).status == 200
    assert server.request("POST", f"{path}/start", {}).status == 202
    kills = 0
    while kills < 4:
        time.sleep(0.15)
        state = server.get(path).json["data"]["state"]
        if state == "done":
            break
        server.kill(signal.SIGKILL)
        kills += 1
        server.start()
    done = server.until(lambda: (lambda d: d if d["state"] not in ("running", "checked") else None)(server.get(path).json["data"]), 90, "the import did not go on")
    assert done["state"] == "done" and kills > 0, (done, kills)
    counts = done["counts"]
    server.until(lambda: counted(server) == n, 90, lambda: f"{counts}, {counted(server)}")
    stored = [f["text"] for f in server.all_feedback()]
    assert len(stored) == n == len(set(stored)), (len(stored), len(set(stored)), counts)
    assert counts["created"] + counts["updated"] + counts["unchanged"] == n, counts


@test
def a_rebuild_goes_on_after_kill_9(server):
    started(server)
    for at in range(0, 3000, 1000):
        assert server.post(PATH, [{"text": f"第{i}条，质量很好", "external_id": str(i), "occurred_at": "2026-11-10T00:00:00Z", "scores": [{"value": 1 + i % 5}]} for i in range(at, at + 1000)]).status == 201
    count = lambda: server.get("/api/v1/overview", period="all").json
    server.until(lambda: count()["volume"]["n"] == 3000, 60, "not counted")
    server.until(lambda: count()["sentiment"]["unknown"] == 0, 60, "not analysed")
    before = {k: count()[k] for k in ("volume", "satisfaction", "sentiment")}
    server.stop()
    for folder in ("facts", "search"):
        shutil.rmtree(server.dir / folder)
    for pause in (0.02, 0.1, 0.3, 0.6):
        server.start()
        server.get("/api/v1/overview", period="all")
        time.sleep(pause)
        server.kill(signal.SIGKILL)
    server.start()
    server.until(lambda: {k: count()[k] for k in before} == before, 60, lambda: f"{before} {count()}")
    server.until(lambda: len(server.get(PATH, q="质量", limit=100).json["data"]) == 100, 60, "not found again")


# ── time ──

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *t) {
    int r = (int)syscall(SYS_clock_gettime, id, t);
    const char *path = getenv("CLOCK_OFFSET_FILE");
    if (r == 0 && id == CLOCK_REALTIME && path) {
        long offset = 0;
        FILE *f = fopen(path, "r");
        if (f) {
            if (fscanf(f, "%ld", &offset) != 1)
                offset = 0;
            fclose(f);
        }
        t->tv_sec += offset;
    }
    return r;
}
"""


@test
def a_clock_that_jumps_doubles_and_loses_nothing(server):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler or "san" in os.environ.get("HUISHENG_TEST_BUILD", ""):
        print("    skipped: no compiler")
        return
    offset, shim = server.dir.parent / f"{server.dir.name}.clock", server.dir.parent / f"{server.dir.name}.so"
    try:
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), "-x", "c", "-"], input=SHIM.encode(), check=True)
        offset.write_text("0")
        os.environ.update(LD_PRELOAD=str(shim), CLOCK_OFFSET_FILE=str(offset))
        started(server)
        acknowledged, ids = set(), []
        for jump in (0, -3600, 86400, -86400 * 30, 0, 5, -5):
            offset.write_text(str(jump))
            for i in range(20):
                identifier = f"{len(acknowledged)}"
                reply = server.post(PATH, {"text": f"第 {identifier} 次来，服务很好", "external_id": identifier, "source": "clock"})
                assert reply.status == 201, (jump, reply)
                acknowledged.add(identifier)
                ids.append(reply.json["data"]["id"])
        assert len(set(ids)) == len(ids) and ids == sorted(ids), "ids do not rise"
        server.stop()
        offset.write_text("-7200")  # started again in the past
        server.start()
        for i in range(50):
            identifier = f"{len(acknowledged)}"
            reply = server.post(PATH, {"text": f"第 {identifier} 次来，服务很好", "external_id": identifier, "source": "clock"})
            assert reply.status == 201, reply
            acknowledged.add(identifier)
            ids.append(reply.json["data"]["id"])
        assert len(set(ids)) == len(ids)
        stored = [f["external_id"] for f in server.all_feedback()]
        assert sorted(stored) == sorted(acknowledged), (len(stored), len(acknowledged))
        offset.write_text("172800")  # what came from the future has happened
        server.until(lambda: all(f["analysis"] for f in server.all_feedback()), 30, "the work stands still after a jump")
        server.until(lambda: counted(server) == len(acknowledged), 30, "not counted after a jump")
    finally:
        os.environ.pop("LD_PRELOAD", None)
        os.environ.pop("CLOCK_OFFSET_FILE", None)
        for file in (offset, shim):
            file.unlink(missing_ok=True)


main()
