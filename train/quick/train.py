# SPDX-License-Identifier: Apache-2.0
"""Trains `quick`: train.py --data DIR --out models/quick [--jobs N]. Fixed seeds; about ten minutes on two cores.

Held out: every text whose hash is 0 of 10, in all families, is never seen here. The rest of the hand-labelled
texts goes through five folds: heads trained on four say what they think of the fifth; the small networks learn
from those answers only, and their thresholds are chosen on answers of networks that did not see the text.
"""
import argparse
import json
import os
import pickle
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
    inside = (lab.bucket > 0) & lab.in_folds & (lab.fold == fold)
    _, small, w = train_heads(lab, x, (lab.bucket > 0) & ~inside)
    docs, clauses = np.flatnonzero(inside), np.flatnonzero(inside[lab.cdoc])
    return docs, clauses, [small[p][r] @ w[p][0] + w[p][1]
                           for p, r in (("wide", docs), ("text", docs), ("clause", clauses))]


def assemble(items, lab, x, wide, jobs):
    """The answers of the folds as one table: everything the networks learn from."""
    folds = Parallel(n_jobs=jobs, mmap_mode="r")(delayed(fold_logits)(lab, x, k) for k in range(FOLDS))
    t = {k: [] for k in ("docs", "g", "dims", "rows", "doc", "fold", "has_words")}
    n = 0
    for k, (docs, _, (w, text, clause)) in enumerate(folds):
        sub = Corpus([items[i].text for i in docs])
        shape, has_words = md.shapes(sub, wide)
        g, dims, rows, _, doc = md.vectors(sub, w, text, clause, shape)
        for name, v in zip(t, (docs, g, dims, rows, doc + n, np.full(len(docs), k), has_words)):
            t[name].append(v)
        n += len(docs)
    t = {k: np.concatenate(v) for k, v in t.items()}
    docs = t["docs"]
    t["gold"] = [items[d].gold or items[d].written or items[d].made or {"dims": []} for d in docs]
    t["target"] = measure.aspect_targets(t["gold"], t["dims"], t["doc"])
    t["sent"], t["urg"], t["valid"] = lab.sent[docs], lab.urg[docs], lab.valid[docs]
    t["hand"], t["written"], t["synthetic"] = lab.gold[docs], lab.written[docs], lab.synthetic[docs]
    t["field"] = np.array([g.get("field", "") for g in t["gold"]])
    return t


def fit_nets(t, use, seed=1):
    """Networks from the rows `use` of the table. English texts teach sentiment only."""
    hand = use & t["hand"]
    a = hand[t["doc"]]
    return {"sentiment": heads.Mlp.fit(t["g"][use], t["sent"][use], 3, 16, epochs=25, alpha=1.0, seed=seed),
            "urgency": heads.Mlp.fit(t["g"][hand], t["urg"][hand], 3, 12, epochs=25, alpha=3.0, seed=seed, members=4),
            "validity": heads.Mlp.fit(t["g"][hand], t["valid"][hand], 5, 12, epochs=25, alpha=1.0, seed=seed),
            "aspect": heads.Mlp.fit(t["rows"][a], t["target"][a], 4, 24, t["dims"][a], heads.D, epochs=12,
                                    seed=seed)}


def cross(t):
    """Answers of networks that have not seen the text."""
    n = len(t["docs"])
    out = {"sentiment": np.zeros((n, 3)), "urgency": np.zeros((n, 3)), "validity": np.zeros((n, 5)),
           "aspect": np.zeros((len(t["doc"]), 4))}
    for k in range(FOLDS):
        m = t["fold"] == k
        ma = m[t["doc"]]
        nets = fit_nets(t, ~m)
        for name in ("sentiment", "urgency", "validity"):
            out[name][m] = nets[name].predict(t["g"][m])
        out["aspect"][ma] = nets["aspect"].predict(t["rows"][ma], t["dims"][ma])
    return out


def prepare(folder):
    items = cp.gather(data.add_synthetic(data.load(folder)))
    text_corpus = Corpus([i.text for i in items])
    lab = heads.Labels(items, text_corpus, cp.clause_labels(items, text_corpus))
    log(f"{len(items)} texts, {int(lab.gold.sum())} labelled by hand, {int((lab.bucket == 0).sum())} held out")
    seen = lab.bucket > 0
    wide = cp.Vocabulary.build(text_corpus, seen & (lab.sent >= 0), MAX_N, 3)
    deep_docs = np.array([bool(i.gold or i.written or i.made or i.jd or i.car or i.aspects or i.dims)
                          for i in items])
    deep = cp.Vocabulary.build(text_corpus, seen & deep_docs, MAX_N, 3)
    x = {"wide": wide.matrix(text_corpus, MAX_N, "text"), "text": deep.matrix(text_corpus, MAX_N, "text"),
         "clause": deep.matrix(text_corpus, MAX_N, "clause")}
    log(f"{len(wide.keys)} wide, {len(deep.keys)} deep features")
    return items, lab, wide, deep, x


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--table", help="keeps heads and what the networks learn from in this file, or takes them from "
                    "it if it is there: for work on networks and thresholds only")
    a = ap.parse_args()

    if a.table and os.path.exists(a.table):
        with open(a.table, "rb") as f:
            t, wide, deep, keep, w = pickle.load(f)
    else:
        items, lab, wide, deep, x = prepare(a.data)
        t = assemble(items, lab, x, wide, a.jobs)
        keep, _, w = train_heads(lab, x, lab.bucket > 0)
        if a.table:
            with open(a.table, "wb") as f:
                pickle.dump((t, wide, deep, keep, w), f, 4)
    log("networks")
    crossed = cross(t)
    thresholds = measure.choose_thresholds(crossed, t)
    log("thresholds", thresholds)
    report = measure.cross_validation(crossed, thresholds, t)
    log(json.dumps(report, indent=1, ensure_ascii=False))

    nets = fit_nets(t, np.ones(len(t["docs"]), bool))
    deep = restrict(deep, keep)
    packed = {part: md.quantise(w[part][0], v.scale) + (w[part][1],)
              for part, v in (("wide", wide), ("text", deep), ("clause", deep))}
    quick = md.Quick(wide, deep, packed, nets, thresholds, VERSION)
    config = {"name": "quick", "version": VERSION, "format": md.FORMAT, "max_chars": 2000, "max_n": MAX_N,
              "thresholds": thresholds, "cross_validation": report}
    md.save(quick, a.out, config)
    log("written to", a.out)


if __name__ == "__main__":
    main()
