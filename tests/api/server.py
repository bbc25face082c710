# SPDX-License-Identifier: Apache-2.0
"""A server of the test: started on a free port with a data directory of its own, on SQLite or on a fresh PostgreSQL schema, and killed at the end."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

PASSWORD = "correct horse battery 9"
SCOPES = "feedback:read,feedback:write,feedback:delete"


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Server:
    """`store` "sqlite" or "postgres" (which needs HUISHENG_TEST_POSTGRES)."""

    def __init__(self, binary, store="sqlite", keep=None):
        self.binary, self.store = str(binary), store
        self.dir = pathlib.Path(keep or tempfile.mkdtemp(prefix="huisheng-api-"))
        self.own = keep is None
        self.process, self.port, self.key = None, 0, ""
        self.schema = "t" + uuid.uuid4().hex[:12]
        self.extra = []
        if store == "postgres":
            url = os.environ["HUISHENG_TEST_POSTGRES"]
            subprocess.run(["psql", "-q", "-d", url, "-c", f"CREATE DATABASE {self.schema}"], check=True)
            self.url = re.sub(r"^(\w+://[^/]*)/[^?]*", rf"\1/{self.schema}", url)
            self.extra = ["--store", self.url]

    def command(self, *args, stdin=None, check=True):
        done = subprocess.run([self.binary, *args, "--data", str(self.dir), *self.extra], input=stdin, capture_output=True, text=True,
                              timeout=60, env=dict(os.environ, LC_ALL="C.UTF-8", HUISHENG_LANG="en"))
        if check and done.returncode:
            raise AssertionError(f"{args}: {done.returncode} {done.stderr}")
        return done

    def start(self, *args, wait=True, port=0):
        self.log = open(self.dir.parent / f"{self.dir.name}.log", "ab")
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", str(self.dir), "--listen", f"127.0.0.1:{port}", *self.extra, *args], stdout=subprocess.PIPE, stderr=self.log,
            env=dict(os.environ, LC_ALL="C.UTF-8", HUISHENG_LANG="en"))
        if not wait:
            return
        line = self.process.stdout.readline().decode()
        found = re.search(r"http://[^ ]*:(\d+)", line)
        if not found:
            raise AssertionError(f"the server did not start: {line!r} {self.log_text()}")
        self.port = int(found[1])

    def log_text(self):
        return (self.dir.parent / f"{self.dir.name}.log").read_text(errors="replace")[-2000:]

    def setup(self, scopes=SCOPES):
        """An administrator and a key, by the commands."""
        self.command("setup", "--email", "owner@example.com", "--password-stdin", stdin=PASSWORD + "\n")
        self.key = self.command("key", "create", "--name", "test", "--scopes", scopes).stdout.strip()
        return self

    def request(self, method, path, body=None, headers=None, key=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            sent = {"Authorization": f"Bearer {self.key if key is None else key}", "Accept-Language": "en", **(headers or {})}
            if body is not None and not isinstance(body, (bytes, str)):
                body = json.dumps(body, ensure_ascii=False)
            connection.request(method, path, body.encode() if isinstance(body, str) else body, sent)
            reply = connection.getresponse()
            return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        return self.request("GET", path)

    def post(self, path, body, **headers):
        return self.request("POST", path, body, headers)

    def all_feedback(self, **query):
        items, cursor = [], ""
        while True:
            reply = self.get("/api/v1/feedback", limit=100, **query, **({"cursor": cursor} if cursor else {}))
            assert reply.status == 200, reply
            items += reply.json["data"]
            cursor = reply.json["meta"]["next_cursor"]
            if not cursor:
                return items

    def wait_analysed(self, ids, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if all(self.get(f"/api/v1/feedback/{i}").json["data"]["analysis"] for i in ids):
                return
            time.sleep(0.05)
        raise AssertionError("not analysed in time")

    def until(self, test, seconds=20, what="did not happen in time"):
        """WHAT: a text, or a function that makes it when the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = test()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(what() if callable(what) else what)

    def kill(self, how=signal.SIGKILL):
        if self.process:
            self.process.send_signal(how)
            self.process.stdout.close()
            status = self.process.wait(timeout=60)
            self.process = None
            return status
        return None

    def stop(self):
        return self.kill(signal.SIGTERM)

    def close(self):
        self.kill()
        if self.store == "postgres":
            url = os.environ["HUISHENG_TEST_POSTGRES"]
            subprocess.run(["psql", "-q", "-d", url, "-c", f"DROP DATABASE IF EXISTS {self.schema} WITH (FORCE)"], check=False)
        if self.own:
            shutil.rmtree(self.dir, ignore_errors=True)
            with contextlib.suppress(OSError):
                (self.dir.parent / f"{self.dir.name}.log").unlink()


TESTS = []


def test(function):
    TESTS.append(function)
    return function


def stores():
    if os.environ.get("HUISHENG_TEST_POSTGRES"):
        return ["sqlite", "postgres"]
    print("skipped PostgreSQL: HUISHENG_TEST_POSTGRES is not set (tools/with-postgres)", flush=True)
    return ["sqlite"]


def main():
    """python3 X_test.py BINARY [PATTERN]: each test on each store, `ok name` or `not ok name`."""
    binary, only = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else ""
    failed = 0
    for store in stores():
        for function in TESTS:
            name = f"{function.__name__} ({store})"
            if only not in name:
                continue
            server = Server(binary, store)
            try:
                function(server)
                print(f"ok {name}", flush=True)
            except Exception as error:  # a test says what is wrong by any exception
                failed += 1
                where = error.__traceback__
                while where.tb_next:
                    where = where.tb_next
                print(f"not ok {name}\n    line {where.tb_lineno}: {type(error).__name__}: {error}\n    log: {server.log_text() if server.process else ''}", flush=True)
            finally:
                server.close()
    sys.exit(1 if failed else 0)
