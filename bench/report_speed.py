#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`report --model quick` against the usual script on the same rows.

Ours reads the CSV, cleans, understands, compares and writes the page. The usual script (pandas, snownlp for the
sentiment, jieba for keywords) only gives each row a sentiment and five keywords and a mean per day. It would need
about a quarter of an hour for 100,000 rows, so its work on the texts is timed on an even sample of 3,000 rows and
scaled up by the number of rows; reading and grouping are timed on all rows.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import common

PEER = r"""
import sys, time, logging
import pandas, jieba, jieba.analyse
from snownlp import SnowNLP
jieba.setLogLevel(logging.ERROR)
path, sample = sys.argv[1], int(sys.argv[2])
SnowNLP("好").sentiments; jieba.analyse.extract_tags("好")      # models and dictionaries loaded: not timed
t = time.perf_counter()
rows = pandas.read_csv(path)
text = rows.columns[-1]
when, score = rows.columns[1], rows.columns[2]
daily = rows.groupby(pandas.to_datetime(rows[when]).dt.date)[score].mean()
whole = time.perf_counter() - t
part = rows.iloc[:: max(1, len(rows) // sample)].head(sample)
t = time.perf_counter()
sentiment = [SnowNLP(x).sentiments for x in part[text]]
keywords = [jieba.analyse.extract_tags(x, topK=5) for x in part[text]]
texts = time.perf_counter() - t
print(len(rows), whole, texts, len(part))
"""


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--rows", type=int, default=100000)
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--sample", type=int, default=3000)
    a = p.parse_args()
    valid = common.begin(f"report on {a.rows:,} rows, against pandas + jieba + snownlp")
    path = common.big_csv(a.rows)
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "report.html")
        command = [common.program(), "report", path, "-o", page, "--model", "quick", "--quiet"]
        ours = common.median_of(a.runs, lambda: common.run(command)[0])
        size = os.path.getsize(page)
    out = subprocess.run([sys.executable, "-c", PEER, path, str(a.sample)], check=True, capture_output=True, text=True).stdout.split()
    rows, whole, texts, part = int(out[0]), float(out[1]), float(out[2]), int(out[3])
    peer = whole + texts * rows / part
    print(f"huisheng: {ours:.2f} s, median of {a.runs} ({rows / ours:,.0f} rows/s, page {size / 1024:.0f} KiB)")
    print(f"usual script: {texts:.1f} s for {part:,} texts ({part / texts:.0f} texts/s), scaled to {rows:,}: {peer:.0f} s")
    common.figure("seconds", f"{ours:.2f}", "≤ 15", ours <= 15, valid)
    common.figure("times faster", f"{peer / ours:.0f} ×", "≥ 50 ×", peer / ours >= 50, valid)


if __name__ == "__main__":
    main()
