#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Group-by over 1,000,000 facts: olap/memory.c against DuckDB in memory, the same data, two threads each.

    ninja -C build bench/olap-groupby && bench/olap_groupby.py [ROWS]

DuckDB gets the dimensions as ENUM (dictionary codes, as ours) and the sealed table in memory, and is asked for the same
sufficient statistics; its answer is fetched as arrays. The answers must be equal to the last count. Needs duckdb, numpy.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

RUNS = 21
THREADS = 2
STATS = ("count(*), count(score), coalesce(sum(score::DOUBLE), 0), coalesce(sum(score::DOUBLE * score), 0), "
         "count(*) FILTER (sentiment = 0), count(*) FILTER (sentiment = 1), count(*) FILTER (sentiment = 2)")
QUERIES = {
    "region_product": ("region, product", ""),
    "region_product_one_week": ("region, product", "WHERE day >= 20100 AND day < 20107"),
    "week_region": ("day - (day + 3) % 7, region", ""),
    "seller_region": ("seller, region", ""),
}


def load(folder):
    import duckdb
    import numpy as np

    def column(name, kind):
        return np.fromfile(os.path.join(folder, name), dtype=kind)

    raw = {"region": column("region.u8", "u1"), "product": column("product.u16", "<u2"),
           "seller": column("seller.u16", "<u2"), "sentiment": column("sentiment.u8", "u1"),
           "score": column("score.f32", "<f4"), "day": column("days.i32", "<i4")}
    db = duckdb.connect(config={"threads": THREADS})
    db.register("raw", raw)
    for name, letter in (("region", "r"), ("product", "p"), ("seller", "s")):
        db.execute(f"CREATE TYPE {name}_type AS ENUM (SELECT '{letter}' || v FROM (SELECT DISTINCT {name} AS v FROM raw) ORDER BY v)")
    db.execute("""CREATE TABLE facts AS SELECT ('r' || region)::region_type AS region, ('p' || product)::product_type AS product,
        ('s' || seller)::seller_type AS seller, sentiment, CASE WHEN isnan(score) THEN NULL ELSE score END AS score, day FROM raw""")
    return db


def answer_of(path):
    rows = {}
    with open(path, encoding="ascii") as f:
        for line in f:
            c = line.rstrip("\n").split("\t")
            rows[c[0], c[1]] = (int(c[2]), int(c[3]), float(c[4]), float(c[5]), int(c[6]), int(c[7]), int(c[8]))
    return rows


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    valid = common.begin(f"group-by over {rows:,} facts, {THREADS} threads, median of {RUNS}")
    program = os.path.join(common.ROOT, os.environ.get("BUILD", "build"), "bench", "olap-groupby")
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([program, str(rows), str(THREADS), str(RUNS), folder], check=True, stdout=subprocess.PIPE, text=True).stdout
        ours = dict(line.split("\t") for line in out.splitlines())
        db = load(folder)
        worst = 0
        for name, (by, where) in QUERIES.items():
            sql = f"SELECT {by}, {STATS} FROM facts {where} GROUP BY {by}"
            times = []
            for _ in range(RUNS):
                start = time.perf_counter()
                db.execute(sql).fetchnumpy()
                times.append((time.perf_counter() - start) * 1000)
            theirs = {(str(r[0]), str(r[1])): tuple(r[2:]) for r in db.execute(sql).fetchall()}
            if theirs != answer_of(os.path.join(folder, name)):
                sys.exit(f"{name}: the answers differ")
            median = statistics.median(times)
            ratio = float(ours[name]) / median
            worst = max(worst, ratio)
            print(f"{name}: ours {float(ours[name]):.2f} ms, DuckDB {median:.2f} ms, ratio {ratio:.2f}, {len(theirs):,} groups equal")
    print(f"memory of the facts: {int(ours['bytes']) / 1e6:.1f} MB")
    common.figure("largest ratio to DuckDB", f"{worst:.2f}", "≤ 3", worst <= 3, valid)


if __name__ == "__main__":
    main()
