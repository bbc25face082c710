#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The overview of the console, as one page over HTTP: right after the facts have changed, and asked again.

    ninja -C build && bench/overview_page.py [--rows 20000,1000000,5000000]

The demonstration company's 20,000 feedback are loaded; for more rows its facts are multiplied in the fact store's file,
in the order of their days as they would have come in (needs the Python package duckdb, of the version that tools/setup
brings). Quotes come from the 20,000. Each time one feedback more is posted, and the page is asked as soon as it counts.
"""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

PORT = 18431
DEMO = 20000
CHANGES = 21
AGAIN = 5  # times each page is asked again


def multiply(folder, rows):
    import duckdb
    if rows <= DEMO:
        return
    con = duckdb.connect(glob.glob(os.path.join(folder, "facts", "*.duckdb"))[0])
    con.execute("BEGIN")
    for table in ("feedback", "aspect"):
        con.execute(f"CREATE TEMP TABLE copies AS SELECT * REPLACE (id - k * 4194304::BIGINT * 65536 AS id) "
                    f"FROM {table}, range({rows // DEMO}) copy(k)")
        con.execute("ALTER TABLE copies DROP COLUMN k")
        con.execute(f"DELETE FROM {table}")
        con.execute(f"INSERT INTO {table} SELECT * FROM copies ORDER BY day, id")
        con.execute("DROP TABLE copies")
    con.execute("COMMIT")
    con.execute("CHECKPOINT")
    con.close()


class Server:
    def __init__(self, program, folder, key):
        self.key = key
        self.process = subprocess.Popen([program, "serve", "--data", folder, "--listen", f"127.0.0.1:{PORT}"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health").read()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("the server does not answer")

    def call(self, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}",
                                         data=json.dumps(body).encode() if body else None,
                                         headers={"Authorization": f"Bearer {self.key}",
                                                  "Content-Type": "application/json"})
        return json.loads(urllib.request.urlopen(request).read())

    def timed(self, path):
        begun = time.perf_counter()
        answer = self.call(path)
        return answer, (time.perf_counter() - begun) * 1000

    def stop(self):
        self.process.terminate()
        self.process.wait()


def volume(server):
    return server.call("/api/v1/overview?period=all")["volume"]["n"]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(server, period):
    fresh, again = [], []
    path = f"/api/v1/overview?period={period}"
    for i in range(CHANGES):
        n = volume(server)
        server.call("/api/v1/feedback", {"source": "bench", "text": f"物流太慢了，第 {time.time_ns()} 次"})
        while volume(server) == n:
            time.sleep(0.05)
        fresh.append(server.timed(path)[1])
        again += [server.timed(path)[1] for _ in range(AGAIN)]
    return fresh, again


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", default="20000,1000000,5000000")
    rows = [int(x) for x in options.parse_args().rows.split(",")]
    valid = common.begin(f"overview page over HTTP, {CHANGES} changes, each page then asked {AGAIN} times more")
    program = common.program()
    with tempfile.TemporaryDirectory() as folder:
        base = os.path.join(folder, "demo")
        subprocess.run([program, "demo", "--load-only", "--feedback", str(DEMO), "--data", base], check=True,
                       stdout=subprocess.DEVNULL)
        key = subprocess.run([program, "key", "create", "--data", base, "--name", "bench", "--scopes",
                              "feedback:read,feedback:write"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        for n in rows:
            data = os.path.join(folder, str(n))
            shutil.copytree(base, data)
            multiply(data, n)
            server = Server(program, data, key)
            try:
                print(f"{n:,} rows, {volume(server):,} counted")
                for period in ("90d", "30d"):
                    fresh, again = measure(server, period)
                    bar = 200 if n > 1_000_000 else 100
                    for what, times in (("after a change", fresh), ("again", again)):
                        p95 = percentile(times, 0.95)
                        common.figure(f"{n:,} rows, {period}, {what}", f"p50 {statistics.median(times):.1f}, p95 {p95:.1f} ms",
                                      f"{bar} ms", p95 <= bar, valid)
            finally:
                server.stop()
            shutil.rmtree(data)


if __name__ == "__main__":
    main()
