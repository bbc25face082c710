#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Near-duplicates in 1,000,000 texts: nlp/neardup against the usual Python (MinHash with numpy, LSH in dicts, the
parameters of datasketch's MinHashLSH), one thread each, and against exact Jaccard similarity of 3-grams.

    ninja -C build bench/neardup && bench/neardup.py [TEXTS] [FILE]

Texts are made from the shipped word list by a fixed seed, mean 40 characters, one in ten a copy with a few characters
changed. With FILE (one text a line) precision and recall are measured on its first lines instead. The peer runs on a
sample; both medians are per text.
"""
import collections
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

SAMPLE = 20000
THRESHOLD = 0.85
RUNS = 3


def make(n, path):
    r = random.Random(11)
    words = [w.split("\t")[0] for w in open(os.path.join(common.ROOT, "models/lexicon/words.txt"), encoding="utf-8") if not w.startswith("#")]
    words = r.sample(words, 20000)
    recent = collections.deque(maxlen=5000)
    with open(path, "w", encoding="utf-8") as f:
        for _ in range(n):
            if recent and r.random() < 0.1:
                text = list(r.choice(recent))
                for _ in range(r.randint(0, 4)):
                    text[r.randrange(len(text))] = r.choice("的了很好不有是在")
                text = "".join(text)
            else:
                text = "".join(r.choice(words) for _ in range(r.randint(6, 24)))
                recent.append(text)
            f.write(text + "\n")


def grams(text):
    text = "".join(c.lower() for c in text if c.isalnum())
    text = re.sub(r"(.)\1{3,}", r"\1\1\1", text)
    return {text[i:i + 3] for i in range(len(text) - 2)} if len(text) >= 8 else set()


def exact(texts):
    """For each text whether an earlier, not itself copied one is at least THRESHOLD alike; the most alike."""
    index, kept, answer = collections.defaultdict(list), [], {}
    for i, text in enumerate(texts):
        g = grams(text)
        if not g:
            continue
        counts = collections.Counter(k for x in g for k in index[x])
        best = max(((n / (len(g) + len(kept[k][1]) - n), -k) for k, n in counts.items()), default=(0, 0))
        if best[0] >= THRESHOLD:
            answer[i] = best[0]
        else:
            for x in g:
                index[x].append(len(kept))
            kept.append((i, g))
    return answer


def jaccard(a, b):
    a, b = grams(a), grams(b)
    return len(a & b) / max(1, len(a | b))


def peer(texts):
    import numpy as np
    rng = np.random.RandomState(1)
    prime, mask = (1 << 61) - 1, (1 << 32) - 1
    a, b = (rng.randint(1, prime, size=(2, 128), dtype=np.uint64))
    tables, found = [{} for _ in range(9)], 0
    for text in texts:
        g = grams(text)
        if not g:
            continue
        h = np.array([hash(x) & mask for x in g], dtype=np.uint64)
        m = ((h[:, None] * a + b) % prime & mask).min(axis=0)
        keys = [m[k * 13:(k + 1) * 13].tobytes() for k in range(9)]
        hit = any(k in t for k, t in zip(keys, tables))
        found += hit
        if not hit:
            for k, t in zip(keys, tables):
                t[k] = True
    return found


def ours(path):
    done = subprocess.run([os.path.join(common.ROOT, "build/bench/neardup"), path], capture_output=True, text=True, check=True)
    n, seconds, size = done.stderr.split()
    return float(seconds), int(size), [tuple(map(int, x.split())) for x in done.stdout.splitlines()]


def quality(name, texts, path):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(t + "\n" for t in texts)
    _, _, pairs = ours(path)
    truth = exact(texts)
    found = dict(pairs)
    near = sum(jaccard(texts[i], texts[k]) >= THRESHOLD for i, k in pairs)
    close = sum(jaccard(texts[i], texts[k]) >= THRESHOLD - 0.05 for i, k in pairs)
    missed = [i for i in truth if i not in found]
    print(f"{name}: {len(texts)} texts, {len(truth)} repeat an earlier one (Jaccard ≥ {THRESHOLD}); found {len(pairs)}, "
          f"recall {1 - len(missed) / max(1, len(truth)):.4f}, precision {near / max(1, len(pairs)):.4f} "
          f"(at ≥ {THRESHOLD - 0.05:.2f}: {close / max(1, len(pairs)):.4f})")


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    valid = common.begin("near-duplicates")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "texts")
        make(n, path)
        runs = [ours(path) for _ in range(RUNS)]
        seconds = statistics.median(x[0] for x in runs)
        with open(path, encoding="utf-8") as f:
            texts = [x.rstrip("\n") for _, x in zip(range(SAMPLE), f)]
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            peer(texts)
            times.append(time.perf_counter() - began)
        theirs = statistics.median(times) / len(texts)
        print(f"ours: {seconds / n * 1e6:.2f} µs a text, {runs[0][1] / n:.0f} bytes a text; Python: {theirs * 1e6:.2f} µs a text; "
              f"ratio {theirs / (seconds / n):.0f}")
        common.figure(f"{n} texts", f"{seconds:.2f} s", "10 s a million", seconds <= 10 * n / 1e6, valid)
        quality("made texts", texts, os.path.join(folder, "sample"))
        if len(sys.argv) > 2:
            with open(sys.argv[2], encoding="utf-8") as f:
                real = [x.rstrip("\n").split("\t")[-1] for _, x in zip(range(SAMPLE * 5), f)]
            quality("texts of the file", real, os.path.join(folder, "sample"))


if __name__ == "__main__":
    main()
