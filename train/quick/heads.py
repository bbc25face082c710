# SPDX-License-Identifier: Apache-2.0
"""The linear heads, the vectors made of their logits, and the small networks on top.

Layout (src/nlp/quick.h): WIDE heads over all n-grams of the text; DEEP heads over a pruned vocabulary, a text
part and a clause part. Everything after the logits is `vectors()`: the same order as in src/nlp/quick.c.
"""
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

import data
from data import DIMS

warnings.simplefilter("ignore", ConvergenceWarning)
D = len(DIMS)
WIDE = ["pol", "neu", "urg1", "urg2"]
TEXT = ["neg", "neu", "pos", "urg1", "urg2", "blank", "gibberish", "ad", "irrelevant"] + [
    "m." + d for d in DIMS]
CLAUSE = ["pol", "neu", "urg1", "urg2"] + [k + "." + d for k in ("m", "n", "p") for d in DIMS]
TEXT_COLUMNS, CLAUSE_COLUMNS = 48, 80
N_GLOBAL, N_ASPECT = 39, 22
ASPECT_FLOOR = -4.0


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Labels:
    """All targets as arrays; -1 = unknown."""

    def __init__(self, items, corpus, clause_labels):
        self.mention, self.polarity, self.cpol = clause_labels
        gold = [i.gold or i.written or i.made for i in items]
        self.bucket = np.array([i.bucket for i in items])
        self.fold = np.array([i.fold for i in items])
        self.gold = np.array([g is not None for g in gold])
        self.written = np.array([i.written is not None for i in items])
        self.sent = np.array([{"neg": 0, "neu": 1, "pos": 2}.get(i.sent, -1) for i in items])
        self.urg = np.array([g["urg"] if g else -1 for g in gold])
        self.valid = np.array([data.VALID.index(g["valid"]) if g else -1 for g in gold])
        self.synthetic = np.array([i.made is not None for i in items])
        self.three = self.gold | np.array([bool(i.families & {"3class", "airline", "app", "absa_en"})
                                           for i in items])
        # micro-blogs are about life: weak examples of what is no feedback
        self.weibo = np.array([i.families == {"weibo"} and i.fold == 0 for i in items])
        # English texts that take part in the folds of the sentiment network
        english = np.array([bool(i.families & {"airline", "app", "absa_en"}) for i in items])
        pick = np.random.default_rng(5).random(len(items)) < 0.12
        self.english = english & pick & (self.sent >= 0) & ~self.gold
        self.in_folds = self.gold | self.english
        self.text_mention = np.full((len(items), D), -1, np.int8)
        for k, (i, g) in enumerate(zip(items, gold)):
            if g:
                self.text_mention[k] = 0
                for x in g["dims"]:
                    self.text_mention[k, data.DIM[x["d"]]] = 1
            elif i.dims is not None:
                for d in i.closed:
                    self.text_mention[k, data.DIM[d]] = int(d in i.dims)
        self.cdoc = np.repeat(np.arange(corpus.n), np.diff(corpus.clause_offsets))


def problems(lab, train):
    """-> (part, name, rows, target, C, weights) of every head, for the texts in `train`."""
    out = []
    polar = train & ((lab.sent == 0) | (lab.sent == 2))
    out.append(("wide", "pol", polar, lab.sent == 2, 4, np.where(lab.gold, 2.0, 1.0)))
    out.append(("wide", "neu", train & lab.three & (lab.sent >= 0), lab.sent == 1, 4, None))
    g = train & lab.gold
    for s, name in enumerate(("neg", "neu", "pos")):
        out.append(("text", name, g, lab.sent == s, 4, None))
    for u in (1, 2):
        out.append(("wide", f"urg{u}", g, lab.urg >= u, 32, None))
        out.append(("text", f"urg{u}", g, lab.urg >= u, 16, None))
    for v in range(1, 5):
        weak = train & lab.weibo if data.VALID[v] == "irrelevant" else np.zeros(len(g), bool)
        out.append(("text", data.VALID[v], g | weak, (lab.valid == v) | weak, 4, np.where(weak, 0.2, 1.0)))
    for d, code in enumerate(DIMS):
        m = lab.text_mention[:, d]
        out.append(("text", "m." + code, train & (m >= 0), m == 1, 8, None))
    ct = train[lab.cdoc]
    out.append(("clause", "pol", ct & ((lab.cpol == 0) | (lab.cpol == 2)), lab.cpol == 2, 2, None))
    out.append(("clause", "neu", ct & (lab.cpol >= 0), lab.cpol == 1, 2, None))
    for d, code in enumerate(DIMS):
        known, m = ct & (lab.mention[:, d] >= 0), lab.mention[:, d] == 1
        out.append(("clause", "m." + code, known, m, 4, None))
        out.append(("clause", "n." + code, known, m & (lab.polarity[:, d] == 0), 4, None))
        out.append(("clause", "p." + code, known, m & (lab.polarity[:, d] == 2), 4, None))
    return out


def fit_heads(lab, X, train, parts=("wide", "text", "clause")):
    """-> {part: (W float32 [features, columns], b [columns])}"""
    names = {"wide": WIDE, "text": TEXT, "clause": CLAUSE}
    width = {"wide": len(WIDE), "text": TEXT_COLUMNS, "clause": CLAUSE_COLUMNS}
    out = {p: (np.zeros((X[p].shape[1], width[p]), np.float32), np.zeros(width[p], np.float32))
           for p in parts}
    for part, name, rows, target, C, weight in problems(lab, train):
        if part not in parts:
            continue
        r = np.flatnonzero(rows)
        if len(set(target[r])) < 2:  # too little data to learn this head: it never speaks
            out[part][1][names[part].index(name)] = -9
            continue
        m = LogisticRegression(C=C, solver="liblinear", dual=True, max_iter=12, tol=0.1, random_state=7)
        m.fit(X[part][r], target[r], sample_weight=None if weight is None else weight[r])
        j = names[part].index(name)
        out[part][0][:, j] = m.coef_[0]
        out[part][1][j] = m.intercept_[0]
    if "clause" in parts:
        for level in (1, 2):
            most_urgent(lab, X, train, level, out["clause"])
    return out


def most_urgent(lab, x, train, level, w):
    """Which clause makes a text urgent is not labelled: start from all clauses of urgent texts, then keep those
    that the head itself finds (multiple-instance learning, three rounds)."""
    rows = np.flatnonzero((train & lab.gold)[lab.cdoc])
    doc = lab.cdoc[rows]
    first = np.flatnonzero(np.r_[True, doc[1:] != doc[:-1]])
    text = np.cumsum(np.r_[False, doc[1:] != doc[:-1]])
    positive = lab.urg[doc] >= level
    target, use = positive, np.ones(len(rows), bool)
    weight = np.where(positive, 1 / np.sqrt(np.bincount(text)[text]), 1.0)
    xr = x["clause"][rows]
    for _ in range(3):
        m = LogisticRegression(C=4, solver="liblinear", dual=True, max_iter=20, tol=0.05, random_state=7)
        m.fit(xr[use], target[use], sample_weight=weight[use])
        s = m.decision_function(xr)
        target = positive & ((s >= np.maximum.reduceat(s, first)[text] - 1e-9) | (s > 0))
        use, weight = target | ~positive, np.ones(len(rows))
    j = CLAUSE.index(f"urg{level}")
    w[0][:, j], w[1][j] = m.coef_[0], m.intercept_[0]


def clip(x, limit):
    return np.clip(x, -limit, limit)


def softplus(x):
    return np.log1p(np.exp(x))


def global_vector(wide, text, clause, shape):
    """One text: logits wide [2], text [48], clause [n, 80], shape [10] → [N_GLOBAL]."""
    w, t, c = clip(wide, 12), clip(text, 12), clip(clause, 8)
    cn, cp = c[:, 4 + D:4 + 2 * D].max(1), c[:, 4 + 2 * D:4 + 3 * D].max(1)
    return np.array([w[0], w[1], *t[:9], c[:, 0].mean(), c[:, 0].max(), c[:, 0].min(), c[-1, 0], c[0, 0],
                     c[:, 1].mean(), c[:, 1].min(), np.log1p(len(c)), shape[0], softplus(cn).sum(),
                     softplus(cp).sum(), cn.max(), cp.max(), t[9:9 + D].max(), c[:, 2].max(),
                     c[:, 3].max(), softplus(c[:, 3]).sum(), *shape[1:], w[2], w[3]], np.float32)


def aspect_vectors(wide, text, clause, g):
    """→ (dims considered, vectors [k, N_ASPECT], best clause of each)."""
    c, t = clip(clause, 8), clip(text, 12)[9:9 + D]
    m, n, p = c[:, 4:4 + D], c[:, 4 + D:4 + 2 * D], c[:, 4 + 2 * D:4 + 3 * D]
    top = m.max(0)
    order = np.sort(np.maximum(top, t))[::-1]
    dims, rows, best = [], [], []
    for d in range(D):
        if max(top[d], t[d]) < ASPECT_FLOOR:
            continue
        j = int(m[:, d].argmax())
        s = sigmoid(m[:, d])
        rows.append([t[d], top[d], np.log(s.sum() + 1e-3), n[j, d], p[j, d], n[:, d].max(), p[:, d].max(),
                     c[j, 0], c[j, 1], (s * c[:, 0]).sum() / s.sum(), g[0], g[2], g[3], g[4], g[18], g[19],
                     order[0], order[1], order[2], m[j].max() - m[j, d], t[24], g[10]])
        dims.append(d)
        best.append(j)
    return dims, np.array(rows, np.float32).reshape(len(dims), N_ASPECT), best


class Mlp:
    """Softmax network with one hidden layer; input scaling folded in. `group`: an index that has its own
    bias row in the hidden layer (the dimension)."""

    def __init__(self, w1, b1, w2, b2):
        self.w1, self.b1, self.w2, self.b2 = w1, b1, w2, b2

    @staticmethod
    def fit(x, y, n_classes, hidden, groups=None, n_groups=0, epochs=30, seed=1, alpha=1e-3, members=1):
        """`members` networks side by side, their logits averaged: one wider network."""
        mean, std = x.mean(0), x.std(0) + 1e-6
        z = (x - mean) / std
        if n_groups:
            z = np.hstack([z, np.eye(n_groups, dtype=np.float32)[groups]])
        w1, b1, w2, b2 = [], [], [], 0
        for k in range(members):
            net = MLPClassifier((hidden,), alpha=alpha, max_iter=epochs, batch_size=512 if len(x) > 50000 else 256,
                                learning_rate_init=3e-3, random_state=seed + k)
            net.fit(z, y)
            assert list(net.classes_) == list(range(n_classes))
            a = net.coefs_[0][:x.shape[1]] / std[:, None]
            b = (net.intercepts_[0] - mean @ a)[None, :]
            w1.append(a)
            b1.append(b + (net.coefs_[0][x.shape[1]:] if n_groups else 0))
            w2.append(net.coefs_[1] / members)
            b2 = b2 + net.intercepts_[1] / members
        return Mlp(*(np.ascontiguousarray(v, np.float32)
                     for v in (np.hstack(w1), np.hstack(b1), np.vstack(w2), b2)))

    def predict(self, x, groups=None):
        h = np.maximum(x @ self.w1 + (self.b1[groups] if groups is not None else self.b1[0]), 0)
        z = h @ self.w2 + self.b2
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)
