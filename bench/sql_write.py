#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Durable writes into the row store: batches of 100 records, and single records from 64 threads, on SQLite and PostgreSQL,
each beside the plain library call on the same engine (one transaction a batch, prepared once, synchronous=FULL or fsync on).

    bench/sql_write.py [SECONDS]            a record: 300 bytes and one index
"""
import os
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

RUNS = 3
# The bars of intake over HTTP: the store alone must be above them.
BARS = {
    ("SQLite", "batches of 100, 8 threads"): 40000,
    ("SQLite", "single, 64 threads"): 10000,
    ("PostgreSQL", "batches of 100, 8 threads"): 20000,
    ("PostgreSQL", "single, 64 threads"): 10000,
}


def measure(engine, seconds):
    program = os.path.join(common.ROOT, "build", "bench", "sql-write")
    if engine == "SQLite":
        folder = os.path.join(common.ROOT, "build", "bench")
        with tempfile.TemporaryDirectory(dir=folder) as place:  # on the disk, not in memory
            done = subprocess.run([program, place, seconds], capture_output=True, text=True, check=False)
    else:
        tool = os.path.join(common.ROOT, "tools", "with-postgres")
        done = subprocess.run([tool, "sh", "-c", f'exec "{program}" "$HUISHENG_TEST_POSTGRES" {seconds}'],
                              capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{engine}: {done.stdout}{done.stderr}")
    return {row[0]: [float(x) for x in row[1:]] for row in (line.split("\t") for line in done.stdout.splitlines())}


def main():
    seconds = sys.argv[1] if len(sys.argv) > 1 else "5"
    valid = common.begin("durable writes into the row store")
    for engine in ("SQLite", "PostgreSQL"):
        runs = [measure(engine, seconds) for _ in range(RUNS)]
        for name in runs[0]:
            ours, plain, half, late = (statistics.median(r[name][i] for r in runs) for i in range(4))
            print(f"{engine}, {name}: {ours:,.0f} records/s, plain library {plain:,.0f}, ratio {ours / plain:.1f}; "
                  f"a write takes {half:.2f} ms, p99 {late:.2f} ms")
            bar = BARS.get((engine, name))
            if bar:
                common.figure(f"{engine}, {name}", f"{ours:,.0f} records/s", f"{bar:,} records/s", ours >= bar, valid)


if __name__ == "__main__":
    main()
