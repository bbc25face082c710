#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The questions of an overview page over 1,000,000 facts: our fact store (DuckDB in process) beside SQLite, and beside
PostgreSQL where $HUISHENG_TEST_POSTGRES names a database.

    ninja -C build bench/olap-dashboard && bench/olap_dashboard.py [--large] [--rows N]

All get the same rows in batches of 2,000, one transaction each, into the same wide tables (aspects carry the columns of
their feedback); the peers have an index on the day, statistics, 256 MB of cache. Each engine is asked by a process of
its own after its file was closed; the answers must be equal. --large: 5,000,000 facts (SQLite takes minutes).
"""
import argparse
import math
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

RUNS = {"duckdb": 41, "sqlite": 5, "postgres": 5}


def run(program, engine, what, where, number):
    command = [program, engine, what, where, str(number)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    return {line.split("\t")[0]: [float(x) for x in line.split("\t")[1:]] for line in done.stdout.splitlines()}


def same(a, b):
    return a[2:4] == b[2:4] and math.isclose(a[4], b[4], rel_tol=1e-9)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--large", action="store_true")
    options.add_argument("--rows", type=int)
    options = options.parse_args()
    rows = options.rows or (5_000_000 if options.large else 1_000_000)
    bar = 200 if rows > 1_000_000 else 100
    valid = common.begin(f"overview page over {rows:,} facts, 2 threads, medians of {RUNS['duckdb']} (peers: {RUNS['sqlite']})")
    program = os.path.join(common.ROOT, os.environ.get("BUILD", "build"), "bench", "olap-dashboard")
    engines = ["duckdb", "sqlite"] + (["postgres"] if os.environ.get("HUISHENG_TEST_POSTGRES") else [])
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for engine in engines:
            load = run(program, engine, "load", folder, rows)
            answers[engine] = run(program, engine, "ask", folder, RUNS[engine])
            run(program, engine, "drop", folder, 1)
            peak = "" if engine == "postgres" else f", peak memory loading {load['memory'][0] / 1e6:.0f} MB, asking {answers[engine]['memory'][0] / 1e6:.0f} MB"
            print(f"{engine}: {load['insert'][0]:,.0f} rows/s in batches of 2,000{peak}")
            sys.stdout.flush()
        size = os.path.getsize(os.path.join(folder, "dashboard.duckdb"))
        print(f"our file: {size / 1e6:.0f} MB, {size / rows:.0f} bytes a feedback; SQLite's {os.path.getsize(os.path.join(folder, 'dashboard.sqlite')) / 1e6:.0f} MB")
    worst = 0
    for name, ours in answers["duckdb"].items():
        if name == "memory":
            continue
        line = f"{name}: ours p50 {ours[0]:.1f} ms, p95 {ours[1]:.1f} ms"
        for engine in engines[1:]:
            theirs = answers[engine][name]
            if not same(ours, theirs):
                sys.exit(f"{name}: the answers of duckdb {ours[2:]} and {engine} {theirs[2:]} differ")
            line += f"; {engine} p50 {theirs[0]:.1f} ms, {theirs[0] / ours[0]:.1f} times ours"
        worst = max(worst, ours[1])
        print(line)
    common.figure("slowest question, p95", f"{worst:.0f} ms", f"≤ {bar} ms", worst <= bar, valid)


if __name__ == "__main__":
    main()
