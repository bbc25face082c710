#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Search over 100,000 texts: our sealed index against SQLite FTS5 (in the clear) in one run, on the same disk.

    ninja -C build bench/search-find && bench/search_find.py [TEXTS]

Texts of about 40 characters, four Chinese to one English, with words as unevenly frequent as words are. Queries: frequent
and rare two-ideograph words, single ideographs, longer words, phrases, several words, excluded words, English words. FTS5 twice: its
trigram tokeniser, which cannot find what is shorter than three characters (counted as missed); and unicode61 over text cut
into pairs, the usual way to find them. Each query is asked by itself, the ids of the newest 50 are fetched; p50 and p95 over all.
"""
import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

LIMIT = 50
ROUNDS = 5
HAN = re.compile(r"[\u4e00-\u9fff]+|[a-z]+|\d+")


def make(n, path):
    """Words by Zipf's law; a tenth of the words makes most of the text."""
    r = random.Random(5)
    words = [w.split("\t")[0] for w in open(os.path.join(common.ROOT, "models/lexicon/words.txt"), encoding="utf-8") if not w.startswith("#")]
    words = [w for w in words if re.fullmatch(r"[\u4e00-\u9fff]{1,4}", w)]
    words = r.sample(words, min(20000, len(words)))
    syllables = [a + b for a in "b c d f g l m n p r s t".split() for b in "a e i o u an er in on".split()]
    english = sorted({"".join(r.choice(syllables) for _ in range(r.randint(1, 3))) for _ in range(8000)})
    r.shuffle(english)
    weights = [1 / (i + 5) for i in range(len(words))]
    weights_en = [1 / (i + 5) for i in range(len(english))]
    with open(path, "w", encoding="utf-8") as f:
        for _ in range(n):
            if r.random() < 0.8:
                parts, length, goal = [], 0, r.randint(10, 70)
                for w in r.choices(words, weights, k=40):
                    parts.append(w + ("，" if r.random() < 0.12 else ""))
                    length += len(w)
                    if length >= goal:
                        break
                f.write("".join(parts) + "\n")
            else:
                f.write(" ".join(r.choices(english, weights_en, k=r.randint(4, 12))) + "\n")
    return words, english


def queries(words, english, texts):
    r = random.Random(6)
    two, long = [w for w in words if len(w) == 2], [w for w in words if len(w) >= 3]
    asked = two[:40] + r.sample(two, 30) + sorted({c for w in words[:60] for c in w})[:20] + long[:20] + english[:20] + r.sample(english, 10)
    for _ in range(40):  # phrases and several words out of texts there are
        text = r.choice(texts)
        runs = [x for x in HAN.findall(text) if len(x) >= 4]
        if runs:
            start = r.randint(0, len(runs[0]) - 4)
            asked.append('"' + runs[0][start:start + r.randint(4, 8)] + '"')
    asked += [f"{r.choice(two[:100])} {r.choice(two[:100])}" for _ in range(30)]
    asked += [f"{r.choice(two[:100])} -{r.choice(two[:100])}" for _ in range(20)]
    return asked


def pairs(text):
    """The text as words of two ideographs, overlapping, and single ones at the end of a run."""
    out = []
    for run in HAN.findall(text.lower()):
        out += [run[i:i + 2] for i in range(len(run))] if run[0] >= "一" else [run]
    return " ".join(out)


def to_pairs(query):
    def one(word):
        cut = pairs(word).split()
        if word[0] >= "一":
            cut = cut[:-1] if len(cut) > 1 else [cut[0] + "*"]
        return cut[0] if cut[0].endswith("*") else '"' + " ".join(cut) + '"'
    return to_fts(query, one)


def to_trigrams(query):
    return to_fts(query, lambda w: '"' + w + '"')


def to_fts(query, one):
    parts = query.split()
    must = [one(p.strip('"')) for p in parts if not p.startswith("-")]
    without = [one(p.strip('-"')) for p in parts if p.startswith("-")]
    return " AND ".join(must) + "".join(f" NOT {x}" for x in without)


def peer(path, asked, folder, tokenizer, prepare, translate):
    """(seconds to take in, bytes, found for each query, µs for each query)"""
    name = os.path.join(folder, f"{tokenizer.split()[0]}.db")
    db = sqlite3.connect(name)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA cache_size=-24576")
    db.execute(f"CREATE VIRTUAL TABLE t USING fts5(text, content='', tokenize='{tokenizer}')")
    with open(path, encoding="utf-8") as f:
        rows = [(i, prepare(line.rstrip("\n"))) for i, line in enumerate(f, 1)]
    began = time.perf_counter()
    for i in range(0, len(rows), 1000):
        with db:
            db.executemany("INSERT INTO t(rowid, text) VALUES (?, ?)", rows[i:i + 1000])
    took = time.perf_counter() - began
    found, times = [], []
    for query in asked:
        match = translate(query)
        best = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            ids = db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid DESC LIMIT ?", (match, LIMIT)).fetchall()
            best.append((time.perf_counter() - began) * 1e6)
        found.append(len(ids))
        times.append(statistics.median(best))
    db.close()
    return took, sum(os.path.getsize(os.path.join(folder, x)) for x in os.listdir(folder) if x.startswith(os.path.basename(name))), found, times


def ours(path, asked, folder):
    with open(os.path.join(folder, "queries"), "w", encoding="utf-8") as f:
        f.writelines(q + "\n" for q in asked)
    command = [os.path.join(common.ROOT, "build/bench/search-find"), path, f.name, os.path.join(folder, "index"), str(ROUNDS)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    taken, written, merged, segments, disk, memory, peak = lines[0].split()
    rows = [list(map(int, x.split())) for x in lines[1:]]
    print(f"ours: {segments} segments after {merged} s, {int(memory) / 2**20:.1f} MiB in memory with the cache, peak of the process {int(peak) / 2**10:.0f} MiB (the texts in it)")
    return (float(taken), float(written)), int(disk), [r[0] for r in rows], [statistics.median(r[1:]) for r in rows], [r[1] for r in rows]


def percentile(times, p):
    return sorted(times)[min(len(times) - 1, int(len(times) * p))] / 1000


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    valid = common.begin(f"search over {n} texts")
    with tempfile.TemporaryDirectory(dir=os.path.join(common.ROOT, "build")) as folder:
        path = os.path.join(folder, "texts")
        words, english = make(n, path)
        with open(path, encoding="utf-8") as f:
            texts = f.read().splitlines()
        size = os.path.getsize(path)
        asked = queries(words, english, texts)
        (taken, written), disk, found, times, first = ours(path, asked, folder)
        print(f"texts: {size / 2**20:.1f} MiB; {len(asked)} queries")
        print(f"ours: taken in {n / taken:.0f} texts/s, durable after {written:.2f} s; {disk / 2**20:.1f} MiB on disk; "
              f"p50 {percentile(times, .5):.3f} ms, p95 {percentile(times, .95):.3f} ms, slowest {max(times) / 1000:.2f} ms; asked the first time p95 {percentile(first, .95):.3f} ms")
        for name, tokenizer, prepare, translate in (("FTS5 trigram", "trigram", str, to_trigrams), ("FTS5 pairs", "unicode61", pairs, to_pairs)):
            took, bytes_, theirs, their_times = peer(path, asked, folder, tokenizer, prepare, translate)
            missed = sum(a > b for a, b in zip(found, theirs))
            differ = sum(a < b for a, b in zip(found, theirs))
            print(f"{name}: taken in {n / took:.0f} texts/s; {bytes_ / 2**20:.1f} MiB; p50 {percentile(their_times, .5):.3f} ms, p95 {percentile(their_times, .95):.3f} ms; "
                  f"finds less for {missed} queries, more for {differ}; ratio of p95 {percentile(their_times, .95) / percentile(times, .95):.1f}, of speed of taking in {took / written:.1f}")
        common.figure(f"search over {n}, p95", f"{percentile(times, .95):.2f} ms", "100 ms", percentile(times, .95) <= 100, valid)
        common.figure("taking in", f"{n / written:.0f} texts/s", "50,000 texts/s", n / written >= 50000, valid)


if __name__ == "__main__":
    main()
