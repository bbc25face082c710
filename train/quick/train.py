# SPDX-License-Identifier: Apache-2.0
"""Trains `quick`: train.py --data DIR --out models/quick [--jobs N]. Fixed seeds; about ten minutes on two cores.

Held out: every text whose hash is 0 of 10, in all families, is never seen here. The rest of the hand-labelled
texts goes through five folds: heads trained on four say what they think of the fifth; the small networks learn
from those answers only, and their thresholds are chosen on answers of networks that did not see the text.
"""
import argparse
import json
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np
from joblib import Parallel, delayed

import corpus as cp
import data
import heads
import measure
import model as md
from features import MAX_N, Corpus

VERSION = "1"
DEEP_LIMIT = 80_000
FOLDS = 5


def log(*a):
    print(*a, file=sys.stderr, flush=True)


def restrict(vocabulary, keep):
    return cp.Vocabulary(vocabulary.keys[keep], vocabulary.scale[keep])


def renormalise(x, keep):
    """Columns `keep` of a matrix whose rows had unit length, at unit length again."""
    x = x[:, keep].tocsr()
    norm = np.sqrt(np.asarray(x.multiply(x).sum(1)).ravel())
    x.data /= np.repeat(norm, np.diff(x.indptr))
    return x


def strongest(w, x, limit):
    """The features that move the deep heads most: weight² × share of rows they stand in, over all heads."""
    df = np.asarray((x["clause"] > 0).sum(0)).ravel()
    power = (w["text"][0] ** 2).sum(1) + (w["clause"][0] ** 2).sum(1)
    return np.sort(np.argsort(-power * np.sqrt(df + 1.0), kind="stable")[:limit])


def train_heads(lab, x, train):
    first = heads.fit_heads(lab, x, train, ("text", "clause"))
    keep = strongest(first, x, DEEP_LIMIT)
    small = {"wide": x["wide"], "text": renormalise(x["text"], keep), "clause": renormalise(x["clause"], keep)}
    return keep, small, heads.fit_heads(lab, small, train)


def fold_logits(lab, x, fold):
    inside = (lab.bucket > 0) & lab.gold & (lab.fold == fold)
    _, small, w = train_heads(lab, x, (lab.bucket > 0) & ~inside)
    docs, clauses = np.flatnonzero(inside), np.flatnonzero(inside[lab.cdoc])
    return docs, clauses, [small[p][r] @ w[p][0] + w[p][1]
                           for p, r in (("wide", docs), ("text", docs), ("clause", clauses))]


def fit_nets(g, sent, urg, valid, rows, dims, target, seed=1):
    w = dict(epochs=30, seed=seed)
    return {"sentiment": heads.Mlp.fit(g, sent, 3, 16, alpha=3e-2, **w),
            "urgency": heads.Mlp.fit(g, urg, 3, 12, alpha=3e-2, **w),
            "validity": heads.Mlp.fit(g, valid, 5, 12, alpha=3e-2, **w),
            "aspect": heads.Mlp.fit(rows, target, 4, 24, dims, heads.D, epochs=12, seed=seed)}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--cache", help="file that keeps the fold logits between runs (development)")
    a = ap.parse_args()

    items = cp.gather(data.load(a.data))
    text_corpus = Corpus([i.text for i in items])
    lab = heads.Labels(items, text_corpus, cp.clause_labels(items, text_corpus))
    log(f"{len(items)} texts, {int(lab.gold.sum())} labelled by hand, {int((lab.bucket == 0).sum())} held out")
    seen = lab.bucket > 0
    wide = cp.Vocabulary.build(text_corpus, seen & (lab.sent >= 0), MAX_N, 3)
    deep_docs = np.array([bool(i.gold or i.written or i.jd or i.car or i.aspects or i.dims) for i in items])
    deep = cp.Vocabulary.build(text_corpus, seen & deep_docs, MAX_N, 3)
    x = {"wide": wide.matrix(text_corpus, MAX_N, "text"), "text": deep.matrix(text_corpus, MAX_N, "text"),
         "clause": deep.matrix(text_corpus, MAX_N, "clause")}
    log(f"{len(wide.keys)} wide, {len(deep.keys)} deep features")

    folds = Parallel(n_jobs=a.jobs, mmap_mode="r")(delayed(fold_logits)(lab, x, k) for k in range(FOLDS))
    docs = np.concatenate([f[0] for f in folds])
    shape, has_words = md.shapes(Corpus([items[d].text for d in docs]), wide)
    gold = [items[d].gold or items[d].written for d in docs]
    parts = []
    at = 0
    for d, c, (w, t, cl) in folds:
        sub = Corpus([items[i].text for i in d])
        parts.append((sub,) + md.vectors(sub, w, t, cl, shape[at:at + len(d)]))
        at += len(d)
    g = np.concatenate([p[1] for p in parts])
    dims = np.concatenate([p[2] for p in parts])
    rows = np.concatenate([p[3] for p in parts])
    base = np.cumsum([0] + [len(f[0]) for f in folds])
    doc = np.concatenate([p[5] + b for p, b in zip(parts, base)])
    fold_of = np.concatenate([np.full(len(f[0]), k) for k, f in enumerate(folds)])
    target = measure.aspect_targets(gold, dims, doc)
    sent, urg, valid = lab.sent[docs], lab.urg[docs], lab.valid[docs]

    log("networks")
    crossed = {"sentiment": np.zeros((len(docs), 3)), "urgency": np.zeros((len(docs), 3)),
               "validity": np.zeros((len(docs), 5)), "aspect": np.zeros((len(doc), 4))}
    for k in range(FOLDS):
        m, ma = fold_of != k, fold_of[doc] != k
        nets = fit_nets(g[m], sent[m], urg[m], valid[m], rows[ma], dims[ma], target[ma])
        for name in ("sentiment", "urgency", "validity"):
            crossed[name][~m] = nets[name].predict(g[~m])
        crossed["aspect"][~ma] = nets["aspect"].predict(rows[~ma], dims[~ma])
    written = lab.written[docs]
    thresholds = measure.choose_thresholds(crossed, gold, written, doc, dims, has_words)
    log("thresholds", thresholds)
    report = measure.cross_validation(crossed, thresholds, gold, written, doc, dims, has_words, fold_of)
    log(json.dumps(report, indent=1, ensure_ascii=False))

    keep, _, w = train_heads(lab, x, seen)
    deep = restrict(deep, keep)
    nets = fit_nets(g, sent, urg, valid, rows, dims, target)
    packed = {}
    for part, v in (("wide", wide), ("text", deep), ("clause", deep)):
        packed[part] = md.quantise(w[part][0], v.scale) + (w[part][1],)
    quick = md.Quick(wide, deep, packed, nets, thresholds, VERSION)
    config = {"name": "quick", "version": VERSION, "format": 1, "max_chars": 2000, "max_n": MAX_N,
              "thresholds": thresholds, "cross_validation": report}
    md.save(quick, a.out, config)
    log("written to", a.out)


if __name__ == "__main__":
    main()
