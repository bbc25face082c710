#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Accuracy of `--model quick` on held-out texts beside a peer in the same run: tf-idf of 1-3 characters with
logistic regression (scikit-learn), trained on the same texts and asked about the same ones.

    bench/quick_accuracy.py --data DIR [--binary build/huisheng] [--model models/quick]
"""
import argparse
import os
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "train", "quick"))

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import corpus as cp
import data
import evaluate
import measure

warnings.simplefilter("ignore")


def machine():
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "")
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    known = [f for f in ("avx2", "avx512f", "avx512_vnni") if f in flags.split()]
    load = os.getloadavg()[0]
    print(f"{model}; {os.cpu_count()} processors; {' '.join(known) or 'no avx2'}; load {load:.2f}")
    if load > 0.5:
        print("load above 0.5 at start: timings of this run are not valid (accuracies are)")


def baseline(train, targets, test):
    """Decision values [len(test), targets] of one-against-rest logistic regression."""
    v = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    x, z = v.fit_transform(train), v.transform(test)
    out = []
    for y in targets.T:
        if y.all() or not y.any():  # nothing to tell apart
            out.append(np.full(len(test), 9.0 if y.any() else -9.0))
            continue
        m = LogisticRegression(C=8, solver="liblinear", dual=True, max_iter=15, tol=0.05, random_state=1)
        out.append(m.fit(x, y).decision_function(z))
    return np.stack(out, 1)


def row(name, ours, peer):
    show = lambda m: f"{100 * m['value']:6.2f} [{100 * m['low']:.2f}, {100 * m['high']:.2f}]"
    print(f"{name:<34}{show(ours):<26}{show(peer):<26}n = {ours['n']}")


def source_labels(rows):
    out = {}
    for r in rows:
        if r.family == "binary":
            out.setdefault(data.norm(r.text) or r.text, set()).add(r.sent)
    return {k: next(iter(v)) for k, v in out.items() if len(v) == 1}


def two_class(a, items, labels):
    keyed = [(i, labels.get(data.norm(i.text) or i.text)) for i in items]
    keyed = [(i, s) for i, s in keyed if s and (i.shop or i.delivery)]
    train = [(i, s) for i, s in keyed if i.bucket > 0]
    test = [(i, s) for i, s in keyed if i.bucket == 0]
    peer = baseline([i.text for i, _ in train], np.array([[s == "pos"] for _, s in train]),
                    [i.text for i, _ in test])[:, 0] > 0
    p = evaluate.probabilities(evaluate.ask(a.binary, a.model, [i.text for i, _ in test]))
    truth = np.array([s == "pos" for _, s in test])
    for name in ("shop", "delivery"):
        m = np.array([getattr(i, name) for i, _ in test])
        row(f"{name}: positive or negative", measure.interval(((p[:, 2] > p[:, 0]) == truth)[m], measure.mean),
            measure.interval((peer == truth)[m], measure.mean))


def gold(a, items):
    train = [i.gold for i in items if i.gold and i.bucket > 0]
    test = [i.gold for i in items if i.gold and i.bucket == 0 and i.gold["valid"] == "ok"]
    answers = evaluate.ask(a.binary, a.model, [g["text"] for g in test])
    ours = evaluate.of_gold(answers, test)
    pairs = [(d, p) for d in data.DIMS for p in ("pos", "neg")]
    y = np.array([[g["sent"] == s for s in data.SENT] + [g["urg"] == 2] +
                  [any(x["d"] == d and x["p"] == p for x in g["dims"]) for d, p in pairs] for g in train])
    # thresholds of the peer from a part of its own training texts
    part = np.array([data.fold_of(g["text"]) == 0 for g in train])
    texts = np.array([g["text"] for g in train], object)
    tune = baseline(texts[~part], y[~part], texts[part])
    held = baseline(texts, y, [g["text"] for g in test])
    truth = np.array([data.SENT.index(g["sent"]) for g in test])
    row("sentiment: three classes", ours["sentiment_3class"],
        measure.interval(held[:, :3].argmax(1) == truth, measure.mean))

    def said(values, tau):
        return [[pairs[k] for k in np.flatnonzero(v > tau)] for v in values]

    known = [g for g, m in zip(train, part) if m]
    tau = max(np.arange(-2, 0.6, 0.1),
              key=lambda t: measure.f1(measure.dim_counts(said(tune[:, 4:], t), known)[:, :3]))
    row("dimensions: code and polarity, F1", ours["dimensions_f1"],
        measure.interval(measure.dim_counts(said(held[:, 4:], tau), test)[:, :3], measure.f1))
    urg = np.array([g["urg"] == 2 for g in known])
    order = np.sort(tune[:, 3])
    tau = next((t for t in order if (urg[tune[:, 3] > t]).mean() >= 0.54), order[-1])
    u = held[:, 3] > tau
    is2 = np.array([g["urg"] == 2 for g in test])
    t = np.stack([is2 & u, ~is2 & u, is2 & ~u], 1)
    row("urgency 2: recall", ours["urgency_2_recall"], measure.interval(t, measure.recall))
    row("urgency 2: precision", ours["urgency_2_precision"], measure.interval(t, measure.precision))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--binary", default=os.path.join(HERE, "..", "build", "huisheng"))
    ap.add_argument("--model", default=os.path.join(HERE, "..", "models", "quick"))
    a = ap.parse_args()
    machine()
    rows = data.load(a.data)
    items = cp.gather(rows)
    print(f"{'held out, %, 95 % interval':<34}{'quick':<26}{'tf-idf + regression':<26}")
    two_class(a, items, source_labels(rows))
    gold(a, items)


if __name__ == "__main__":
    main()
