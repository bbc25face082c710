#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Single POSTs over 64 keep-alive connections: our server's three ways of running a handler, and libmicrohttpd alone as the peer, by turns.

    bench/http_speed.py [--seconds 3] [--rounds 3]

The load generator runs on the same processors. What is compared is the server only: no handler stores anything.
"""
import argparse
import os
import re
import socket
import statistics
import subprocess
import tempfile

import common

BENCH = os.environ.get("HUISHENG_BENCH", os.path.join(common.ROOT, "build", "bench"))
RECORD = ('{"source":"shop","channel":"app","external_id":"{{n}}","text":"等了五天才到，客服一直不回。东西还可以。",'
          '"scores":[{"metric":"rating","value":2,"scale":"1-5"}],"attributes":{"region":"北区","batch":"{{n}}"}}')
WAYS = [("libmicrohttpd alone", "bare", "/"), ("quick", "ours", "/quick"), ("kept", "ours", "/kept"), ("worker", "ours", "/worker")]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def measure(kind, path, body, seconds):
    """(requests/s, median ms, p99 ms, the server's processor microseconds a request)"""
    port = free_port()
    server = subprocess.Popen([os.path.join(BENCH, "http-serve"), kind, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    server.stdout.readline()
    said = subprocess.run([os.path.join(BENCH, "http-load"), "--url", f"http://127.0.0.1:{port}{path}", "--connections", "64",
                           "--seconds", str(seconds), "--warmup", "0.3", "--body", body], capture_output=True, text=True, check=False)
    server.stdin.close()
    _, _, usage = os.wait4(server.pid, 0)
    server.returncode = 0
    found = dict(re.findall(r"(\S+)=(\S+)", said.stdout))
    if said.returncode != 0:
        raise SystemExit(f"{kind}{path}: {said.stdout}{said.stderr}")
    rate = float(found["requests/s"])
    cpu_us = (usage.ru_utime + usage.ru_stime) * 1e6 / (rate * (seconds + 0.3))
    return rate, float(found["median_ms"]), float(found["p99_ms"]), cpu_us


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    valid = common.begin("single POSTs, 64 connections")
    taken = {name: [] for name, _, _ in WAYS}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as body:
        body.write(RECORD)
        body.flush()
        for _ in range(args.rounds):
            for name, kind, path in WAYS:
                taken[name].append(measure(kind, path, body.name, args.seconds))
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in taken.items()}
    peer = medians[WAYS[0][0]][0]
    for name, (rate, median, p99, cpu) in medians.items():
        print(f"{name:20} {rate:8,.0f} requests/s   median {median:.2f} ms   p99 {p99:.2f} ms   {cpu:.1f} µs of processor a request"
              f"   {rate / peer:.2f} × the peer")
    common.figure("single POSTs a second, kept", f"{medians['kept'][0]:,.0f}", "10,000", medians["kept"][0] >= 10000, valid)


if __name__ == "__main__":
    main()
