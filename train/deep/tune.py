#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Chooses the thresholds of a network on the validation tenth, which it was not trained on and no figure is reported of.

    train/deep/tune.py --work WORK --encoder DIR/pretrained/bge-small-zh --out WORK/thresholds.json

urgent: the largest that finds 92 of 100 urgent texts, or the one with the best F1 where precision would fall below a
half. present: for each dimension the one with the best F1, drawn to one half the more, the rarer the dimension is.
"""
import argparse
import json
import os
import pickle

import export
import figures
import items
from network import DIMENSIONS
from tokenizer import WordPiece

RECALL = 0.92
SHRINK = 40  # texts of a dimension that weigh as much as the belief in one half


def _best_f1(scored):
    """(threshold, F1) of [(probability, whether it is so)]."""
    scored = sorted(scored, reverse=True)
    n, hit, best = sum(t for _, t in scored), 0, (0.5, 0.0)
    for k, (p, true) in enumerate(scored, 1):
        hit += true
        f1 = 2 * hit / (k + n)
        if f1 > best[1]:
            after = scored[k][0] if k < len(scored) else 0.0
            best = ((p + after) / 2, f1)
    return best


def urgent_threshold(got):
    scored = sorted(((a["urgency"].softmax(-1)[2].item(), s.urgency == 2) for s, a in got if s.urgency is not None),
                    reverse=True)
    n, hit = sum(t for _, t in scored), 0
    for k, (p, true) in enumerate(scored, 1):
        hit += true
        if hit >= RECALL * n:
            return p if hit / k >= 0.5 else _best_f1(scored)[0]
    return 0.5


def present_thresholds(got):
    out = []
    for d in range(DIMENSIONS):
        scored = [(1 - a["dimensions"][d].softmax(-1)[0].item(), bool(s.dims.get(d))) for s, a in got]
        n = sum(t for _, t in scored)
        threshold = _best_f1(scored)[0] if n else 0.5
        out.append(round(min(0.8, max(0.2, (n * threshold + SHRINK * 0.5) / (n + SHRINK))), 4))
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("work", "encoder", "out"):
        p.add_argument("--" + name, required=True)
    o = p.parse_args()
    with open(os.path.join(o.encoder, "config.json")) as f:
        network = export.restore(os.path.join(o.work, "network.pt"), json.load(f))
    with open(os.path.join(o.work, "samples.pickle"), "rb") as f:
        samples = pickle.load(f)
    chosen = [s for s in samples if s.bucket == items.VALIDATION and s.kind in ("gold", "written")]
    got = figures.answers(network, WordPiece(os.path.join(o.encoder, "vocab.txt")), chosen)
    ok = [x for x in got if x[0].validity == 0]
    thresholds = {"urgent": round(urgent_threshold(got), 4), "present": present_thresholds(ok)}
    with open(o.out, "w") as f:
        json.dump(thresholds, f)
    print(thresholds)


if __name__ == "__main__":
    main()
