#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the C program against this definition: pieces of 10,000 real texts, logits of 500 with floats, labels of 2,000
with 8-bit numbers.

    ninja -C build bench/network-read
    train/deep/parity.py --data DIR --network WORK/network.pt --encoder DIR/pretrained/bge-small-zh --model models/accurate
"""
import argparse
import json
import os
import random
import subprocess
import sys

import torch

import export
import items
from network import DIMENSIONS, POLARITIES
from tokenizer import WordPiece

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "bench", "network-read")
TOLERANCE = 1e-3
AGREEMENT = 99.5


def run(model, mode, texts, *more):
    done = subprocess.run([PROGRAM, model, mode, *more], input="\n".join(texts) + "\n", stdout=subprocess.PIPE, check=True,
                          encoding="utf-8")
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


def real_texts(root, n):
    rows = [r.text for r in items.data.load(root) if "\n" not in r.text and "\r" not in r.text]
    return random.Random(11).sample(rows, n)


def compare_pieces(tokenizer, model, texts):
    differ = 0
    for text, theirs in zip(texts, run(model, "pieces", texts)):
        if [list(p) for p in tokenizer.pieces_of(text)] != theirs:
            differ += 1
            if differ < 4:
                print("differs:", text[:100], file=sys.stderr)
    print(f"pieces: {len(texts)} texts, {differ} differ")
    return differ == 0


@torch.no_grad()
def compare_logits(network, tokenizer, model, texts):
    worst, flips, answers = 0.0, 0, run(model, "logits", texts, "float")
    for text, theirs in zip(texts, answers):
        ids = torch.tensor([tokenizer.encode(text, export.POSITIONS)[0]])
        out = network(ids, torch.ones_like(ids, dtype=torch.bool))
        ours = {name: out[name][0] for name in export.SHIPPED}
        ours["dimensions"] = out["dimensions"][0].reshape(-1)
        if "embedding" in out:
            ours["embedding"] = out["embedding"][0]
        for name, x in ours.items():
            y = torch.tensor(theirs[name])
            worst = max(worst, (x - y).abs().max().item())
            if name == "embedding":
                continue
            shape = (DIMENSIONS, POLARITIES) if name == "dimensions" else (1, -1)
            flips += bool((x.reshape(shape).argmax(-1) != y.reshape(shape).argmax(-1)).any())
    print(f"logits: {len(texts)} texts, largest difference {worst:.2e} (at most {TOLERANCE}), {flips} heads with another label")
    return worst <= TOLERANCE


def _labels(answer):
    """One label of each head, and one of each dimension."""
    heads = [max(range(len(answer[n])), key=answer[n].__getitem__) for n in export.SHIPPED]
    d = answer["dimensions"]
    return heads, [max(range(POLARITIES), key=lambda p: d[k + p]) for k in range(0, len(d), POLARITIES)]


def compare_labels(model, texts):
    """Labels with floats against labels with 8-bit numbers."""
    a, b = (list(map(_labels, run(model, "logits", texts, *more))) for more in (("float",), ()))
    n = len(texts)
    same = [100 * sum(x[0][h] == y[0][h] for x, y in zip(a, b)) / n for h in range(len(export.SHIPPED))]
    named = sum(bool(p or q) for x, y in zip(a, b) for p, q in zip(x[1], y[1]))
    agreed = sum(bool(p or q) and p == q for x, y in zip(a, b) for p, q in zip(x[1], y[1]))
    every = 100 * sum(p == q for x, y in zip(a, b) for p, q in zip(x[1], y[1])) / (n * DIMENSIONS)
    print(f"8-bit: {n} texts, labels that agree: " + ", ".join(f"{s} {v:.2f} %" for s, v in zip(export.SHIPPED, same)) +
          f", dimensions {every:.2f} % of all, {100 * agreed / max(1, named):.2f} % of those named by either")
    return min(same + [every]) >= AGREEMENT


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "network", "encoder", "model"):
        p.add_argument("--" + name, required=True)
    o = p.parse_args()
    with open(os.path.join(o.encoder, "config.json")) as f:
        network = export.restore(o.network, json.load(f))
    tokenizer = WordPiece(os.path.join(o.encoder, "vocab.txt"))
    texts = real_texts(o.data, 10000)
    ok = compare_pieces(tokenizer, o.model, texts)
    ok = compare_logits(export.quantised(network), tokenizer, o.model, texts[:500]) and ok
    ok = compare_labels(o.model, texts[:2000]) and ok
    return not ok


if __name__ == "__main__":
    sys.exit(main())
