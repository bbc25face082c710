#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Feedback over HTTP, acknowledged when it is on disk: batches of 100, and single posts over 64 connections; on SQLite, and on PostgreSQL where
HUISHENG_TEST_POSTGRES names one (tools/with-postgres). The peer is a plain node service that keeps the same records unsealed, by turns in the same run.

    bench/intake_speed.py [--seconds 5] [--rounds 3]

The load generator runs on the same processors, and so does the analysis behind intake.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import common

sys.path.insert(0, os.path.join(common.ROOT, "tests", "api"))
from server import Server  # noqa: E402

BENCH = os.environ.get("HUISHENG_BENCH", os.path.join(common.ROOT, "build", "bench"))
RECORD = {"source": "shop", "channel": "app", "external_id": "{{n}}", "text": "等了五天才到，客服一直不回。东西还可以。", "occurred_at": "2026-11-20T08:30:00Z",
          "scores": [{"metric": "rating", "value": 2, "scale": "1-5"}], "customer": {"external_id": "c{{n}}"}, "attributes": {"region": "北区"}}
# A file is appended and flushed once for all requests that wait: what a service without a database can do at best.
PEER = """
const http = require('http'), fs = require('fs');
const fd = fs.openSync(process.argv[2], 'a');
let waiting = [], busy = false;
function flush() {
  if (busy || !waiting.length) return;
  busy = true;
  const now = waiting; waiting = [];
  fs.write(fd, now.map((w) => w[0]).join('\\n') + '\\n', () => fs.fdatasync(fd, () => {
    for (const [, n, res] of now) { res.writeHead(201, { 'Content-Type': 'application/json' }); res.end(JSON.stringify({ created: n })); }
    busy = false; flush();
  }));
}
http.createServer((req, res) => {
  const parts = [];
  req.on('data', (d) => parts.push(d));
  req.on('end', () => {
    const body = JSON.parse(Buffer.concat(parts)), list = Array.isArray(body) ? body : [body];
    for (const r of list) if (typeof r.text !== 'string') { res.writeHead(400); res.end(); return; }
    waiting.push([JSON.stringify(list), list.length, res]); flush();
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
"""


def load(port, key, body, connections, seconds, batch):
    command = [os.path.join(BENCH, "http-load"), "--url", f"http://127.0.0.1:{port}/api/v1/feedback", "--connections", str(connections), "--seconds", str(seconds),
               "--warmup", "0.3", "--header", f"Authorization: Bearer {key}", "--body", body] + (["--batch", "100"] if batch else [])
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    values = dict(re.findall(r"(\w+)=([\d.]+)", said.stdout))
    if said.returncode or "requests" not in said.stdout:
        sys.exit(f"http-load: {said.stdout} {said.stderr}")
    return float(values["s"]) if "s" in values else float(re.search(r"records/s=([\d.]+)", said.stdout)[1]), float(values["p99_ms"])


def ours(store, body, connections, seconds, batch):
    server = Server(common.program(), store)
    try:
        server.start()
        server.setup()
        return load(server.port, server.key, body, connections, seconds, batch)
    finally:
        server.close()


def settle_postgres():
    """A server that has run for a while has the files of its log; a new one would make them while it is timed."""
    fill = "SELECT count(pg_logical_emit_message(false, 'fill', repeat(md5(i::text), 30000))) FROM generate_series(1, 700) i"
    for _ in range(2):
        subprocess.run(["psql", os.environ["HUISHENG_TEST_POSTGRES"], "-qAtc", fill, "-c", "CHECKPOINT"], check=True, stdout=subprocess.DEVNULL)


def peer(body, connections, seconds, batch):
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "peer.js")
        with open(script, "w", encoding="utf-8") as f:
            f.write(PEER)
        node = subprocess.Popen(["node", script, os.path.join(folder, "records")], stdout=subprocess.PIPE)
        try:
            return load(int(node.stdout.readline()), "x", body, connections, seconds, batch)
        finally:
            node.kill()
            node.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    valid = common.begin("intake over HTTP, durable")
    stores = ["sqlite"] + (["postgres"] if os.environ.get("HUISHENG_TEST_POSTGRES") else [])
    if "postgres" in stores:
        settle_postgres()
    bars = {("sqlite", True): 40000, ("postgres", True): 20000, ("sqlite", False): 10000, ("postgres", False): 10000}
    with tempfile.TemporaryDirectory() as folder:
        body = os.path.join(folder, "body.json")
        with open(body, "w", encoding="utf-8") as f:
            f.write(json.dumps(RECORD, ensure_ascii=False))
        for batch, connections in ((True, 8), (False, 64)):
            results = {name: [] for name in [*stores, "peer"]}
            for _ in range(args.rounds):
                for store in stores:
                    results[store].append(ours(store, body, connections, args.seconds, batch))
                if shutil.which("node"):
                    results["peer"].append(peer(body, connections, args.seconds, batch))
            middle = {name: (statistics.median(r for r, _ in runs), statistics.median(p for _, p in runs)) for name, runs in results.items() if runs}
            what = "batches of 100, 8 connections" if batch else "single posts, 64 connections"
            if "peer" in middle:
                print(f"{what}: node, records unsealed in a file: {middle['peer'][0]:,.0f} records/s, p99 {middle['peer'][1]:.1f} ms")
            for store in stores:
                rate, p99 = middle[store]
                ratio = f", {rate / middle['peer'][0]:.2f} × the peer" if "peer" in middle else ""
                common.figure(f"{what}, {store}", f"{rate:,.0f} records/s, p99 {p99:.1f} ms{ratio}", f"{bars[store, batch]:,} records/s, p99 ≤ 50 ms",
                              rate >= bars[store, batch] and p99 <= 50, valid)


if __name__ == "__main__":
    main()
