#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An import of 100,000 rows, uploaded over HTTP, into the store: sealed, and found by the search index.

Ours: the file is uploaded, started, and every row is committed and in the index; analysis goes on behind and is not waited
for. The same with PostgreSQL where HUISHENG_TEST_POSTGRES names one (tools/with-postgres). The usual script reads the
same file with csv and inserts the rows as plain text into SQLite (WAL, synchronous=FULL, batches of 1,000, an index on
the id, and the full-text index FTS5 with trigrams, which is what finds Chinese): nothing is sealed, compared with what
was there, or checked.
"""
import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

import common

BAR = 10.0

PEER = r"""
import csv, sqlite3, sys, time
t = time.perf_counter()
db = sqlite3.connect(sys.argv[2])
db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
with open(sys.argv[1], encoding="utf-8-sig", newline="") as f:
    rows = csv.reader(f)
    head = next(rows)
    columns = ", ".join(f"c{i} TEXT" for i in range(len(head)))
    text = max(range(len(head)), key=lambda i: ("评价内容" in head[i], "评" in head[i], i))
    db.executescript(f"CREATE TABLE f (id INTEGER PRIMARY KEY, {columns}); CREATE INDEX by_id ON f (c0);")
    if sys.argv[3] == "index":
        db.execute("CREATE VIRTUAL TABLE s USING fts5(t, content='', tokenize='trigram')")
    insert = f"INSERT INTO f VALUES (?{', ?' * len(head)})"
    n, batch = 0, []
    def flush():
        db.executemany(insert, batch)
        if sys.argv[3] == "index":
            db.executemany("INSERT INTO s (rowid, t) VALUES (?, ?)", [(r[0], r[1 + text]) for r in batch])
        db.commit()
        batch.clear()
    for row in rows:
        n += 1
        batch.append([n, *row[: len(head)], *[""] * (len(head) - len(row))])
        if len(batch) == 1000:
            flush()
    flush()
print(n, time.perf_counter() - t)
"""


class Server:
    """A fresh server; `store` is "" for SQLite or the address of a PostgreSQL database."""

    def __init__(self, folder, store):
        self.dir, self.more = os.path.join(folder, "data"), ["--store", store] if store else []
        self.command("setup", "--email", "bench@example.com", "--password-stdin", stdin="correct horse battery 9\n")
        self.key = self.command("key", "create", "--name", "bench", "--scopes", "import:write,feedback:read,system:read").strip()
        self.process = subprocess.Popen([common.program(), "serve", "--data", self.dir, "--listen", "127.0.0.1:0", *self.more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.url = re.search(r"http://\S+", self.process.stdout.readline().decode())[0]

    def command(self, *args, stdin=None):
        return subprocess.run([common.program(), *args, "--data", self.dir, *self.more], input=stdin, check=True, capture_output=True, text=True).stdout

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(self.url + "/api/v1" + path, data=body, method=method, headers={"x-api-key": self.key, **headers})
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def close(self):
        self.process.terminate()
        self.process.wait()


def wait(test):
    while True:
        found = test()
        if found:
            return found
        time.sleep(0.05)


def ours(path, rows, store):
    """(uploaded, stored, indexed) in seconds since the beginning."""
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Server(folder, store)) as server:
        with open(path, "rb") as f:
            content = f.read()
        began = time.perf_counter()
        job = server.call("POST", "/imports", content, **{"X-File-Name": "reviews.csv", "Content-Type": "application/octet-stream"})["data"]
        uploaded = time.perf_counter() - began
        server.call("POST", f"/imports/{job['id']}/start", b"{}")
        def state():
            data = server.call("GET", f"/imports/{job['id']}")["data"]
            return data if data["state"] != "running" else None
        done = wait(state)
        stored = time.perf_counter() - began
        written = done["counts"]["created"]
        if done["state"] != "done" or written < rows * 0.99:
            sys.exit(f"the import is {done['state']}: {done['counts']} {done['problem']}")
        wait(lambda: server.call("GET", "/status")["search"]["documents"] >= written)
        return uploaded, stored, time.perf_counter() - began


def peer(path, index):
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([sys.executable, "-c", PEER, path, os.path.join(folder, "f.db"), index], check=True, capture_output=True, text=True).stdout.split()
    return float(out[1])


@contextlib.contextmanager
def database():
    """A database of its own in the PostgreSQL for tests, or None."""
    url = os.environ.get("HUISHENG_TEST_POSTGRES")
    if not url:
        yield None
        return
    name = "b" + uuid.uuid4().hex[:12]
    subprocess.run(["psql", "-q", "-d", url, "-c", f"CREATE DATABASE {name}"], check=True)
    try:
        yield re.sub(r"^(\w+://[^/]*)/[^?]*", rf"\1/{name}", url)
    finally:
        subprocess.run(["psql", "-q", "-d", url, "-c", f"DROP DATABASE {name} WITH (FORCE)"], check=False)


def measure(title, path, rows, runs, on_postgres):
    times = []
    for _ in range(runs):
        with database() if on_postgres else contextlib.nullcontext("") as store:
            times.append(ours(path, rows, store))
    uploaded, stored, indexed = (statistics.median(t[i] for t in times) for i in range(3))
    print(f"{title}: uploaded {uploaded:.2f} s, stored {stored:.2f} s, indexed {indexed:.2f} s, median of {runs} ({rows / indexed:,.0f} rows/s)")
    return indexed


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--rows", type=int, default=100000)
    p.add_argument("--runs", type=int, default=3)
    a = p.parse_args()
    valid = common.begin(f"import of {a.rows:,} rows, against csv and sqlite3 with plain text")
    path = common.big_csv(a.rows)
    sqlite = measure("huisheng, SQLite", path, a.rows, a.runs, False)
    postgres = measure("huisheng, PostgreSQL", path, a.rows, a.runs, True) if os.environ.get("HUISHENG_TEST_POSTGRES") else None
    indexed, plain = (statistics.median(peer(path, index) for _ in range(a.runs)) for index in ("index", "none"))
    print(f"csv and sqlite3, plain text with a full-text index: {indexed:.2f} s; without: {plain:.2f} s")
    print(f"ratio: ours takes {sqlite / indexed:.2f} × the time of the script that seals nothing")
    common.figure("seconds, SQLite", f"{sqlite:.2f}", f"≤ {BAR:.0f}", sqlite <= BAR, valid)
    if postgres is not None:
        common.figure("seconds, PostgreSQL", f"{postgres:.2f}", f"≤ {BAR:.0f}", postgres <= BAR, valid)


if __name__ == "__main__":
    main()
