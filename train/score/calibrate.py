#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a polarity is worth on the 1–5 scale: measures the tables of src/analyse/score.c.

    train/score/calibrate.py HUISHENG ZH_3CLASS.TSV

Takes texts that carry the stars their writers gave, lets `HUISHENG nlp analyse` read them, and counts which
sentiment is read from texts of each star: P(class | stars). That does not depend on how many stars of each kind a
shop has, while “the mean rating of negative texts” does. A table {neg, neu, pos} → score is then good if, for shops
with very different mixes of stars, the mean it gives is near the mean of the stars. `neu` is the middle of the scale,
3: a text without a judgement moves nothing. `neg` and `pos` have the least squared error over 20,000 simulated mixes (Dirichlet, drawn to be J-shaped as reviews are, from shops in trouble to shops
that only hear praise); `error` is the 95 % quantile of the absolute error over mixes and over resamples of the texts.

Aspects: the same with the polarity of the only concrete dimension that a text speaks of, the stars being what its
writer thought of the whole. Nothing public rates single dimensions beside text, so this is the nearest truth.
"""
import collections
import json
import re
import subprocess
import sys

import numpy as np
from scipy.optimize import lsq_linear

CLASSES = {"neg": 0, "neu": 1, "pos": 2}
STARS = np.arange(1, 6)


def read(path):
    rows = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            cells = line.rstrip("\n").split("\t")
            stars = re.fullmatch(r"star=([1-5])", cells[1]) if len(cells) > 3 else None
            if stars:
                rows.append((int(stars[1]), cells[3]))
    return rows


def analyse(program, rows):
    lines = "".join(json.dumps({"id": i, "text": t}, ensure_ascii=False) + "\n" for i, (_, t) in enumerate(rows))
    out = subprocess.run([program, "nlp", "analyse"], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def mixes(rng, n=20000):
    """Shares of 1 … 5 stars of n shops, in thirds: praised, ordinary, in trouble."""
    shapes = ([0.4, 0.3, 0.8, 2, 9], [1, 0.6, 1, 2, 5], [2, 1, 1, 1.2, 2])
    return np.concatenate([rng.dirichlet(np.array(s), n // 3) for s in shapes])


def table_of(counts, pi):
    p = counts / counts.sum(1, keepdims=True)
    x = pi @ p
    neg, pos = lsq_linear(x[:, [0, 2]], pi @ STARS - 3 * x[:, 1], bounds=(1, 5)).x
    return np.array([neg, 3, pos]), p


def calibrate(name, pairs):
    pairs = np.array(pairs)
    rng = np.random.default_rng(1)
    pi = mixes(rng)

    def count(sample):
        counts = np.zeros((5, 3))
        np.add.at(counts, (sample[:, 0] - 1, sample[:, 1]), 1)
        return counts

    counts = count(pairs)
    table, p = table_of(counts, pi)
    errors = []
    for _ in range(100):
        again = count(pairs[rng.integers(0, len(pairs), len(pairs))]) + 1e-9
        errors.append(np.abs(pi @ (again / again.sum(1, keepdims=True)) @ table - pi @ STARS))
    errors = np.concatenate(errors)
    print(f"{name}: {len(pairs)} texts")
    print("  stars      n    neg    neu    pos   read as")
    for s in range(5):
        print(f"  {s + 1}     {int(counts[s].sum()):6d}  " + "  ".join(f"{x:.3f}" for x in p[s]) + f"   {p[s] @ table:.2f}")
    print("  table neg %.2f neu %.2f pos %.2f" % tuple(table))
    print("  error: mean %.3f, 95 %% %.3f, largest %.3f" % (errors.mean(), np.quantile(errors, 0.95), errors.max()))
    for mean in (2.5, 3, 3.5, 4, 4.5, 4.8):
        near = np.abs(pi @ STARS - mean) < 0.1
        print(f"  shops near {mean}: bias {(pi[near] @ p @ table - pi[near] @ STARS).mean():+.3f}")


def main():
    rows = read(sys.argv[2])
    results = analyse(sys.argv[1], rows)
    usable = [(s, r) for (s, _), r in zip(rows, results) if r["validity"]["label"] == "ok"]
    calibrate("texts", [(s, CLASSES[r["sentiment"]["label"]]) for s, r in usable])
    single = []
    for stars, r in usable:
        concrete = [d for d in r["dimensions"] if d["code"] != "overall"]
        if len(concrete) == 1:
            single.append((stars, CLASSES[concrete[0]["polarity"]]))
    calibrate("aspects", single)
    print("model:", collections.Counter(r["model"] for r in results).most_common(1)[0][0])


if __name__ == "__main__":
    main()
