# SPDX-License-Identifier: Apache-2.0
"""Figures and their 95 % intervals (bootstrap over texts), thresholds."""
import numpy as np

import data
import model as md
from data import DIMS, SENT

POLARITY = {"neg": 1, "neu": 2, "pos": 3}


def aspect_targets(gold, dims, doc):
    says = [{x["d"]: POLARITY[x["p"]] for x in g["dims"]} for g in gold]
    return np.array([says[i].get(DIMS[d], 0) for i, d in zip(doc, dims)])


def interval(values, statistic, rounds=1000, seed=3):
    """Percentile bootstrap over the rows of `values`."""
    rng = np.random.default_rng(seed)
    values = np.asarray(values, float)
    n = len(values)
    point = statistic(values)
    draws = [statistic(values[rng.integers(0, n, n)]) for _ in range(rounds)]
    low, high = np.quantile(draws, (0.025, 0.975))
    return {"value": round(float(point), 4), "low": round(float(low), 4), "high": round(float(high), 4), "n": n}


def mean(v):
    return v.mean() if len(v) else float("nan")


def f1(v):  # columns tp, fp, fn
    s = v.sum(0)
    return 2 * s[0] / max(2 * s[0] + s[1] + s[2], 1)


def recall(v):
    s = v.sum(0)
    return s[0] / max(s[0] + s[2], 1)


def precision(v):
    s = v.sum(0)
    return s[0] / max(s[0] + s[1], 1)


def dim_counts(said, gold):
    """Per text: tp, fp, fn of code and polarity, then of code alone."""
    out = []
    for s, g in zip(said, gold):
        t = {(x["d"], x["p"]) for x in g["dims"]}
        q = set(s)
        tc, qc = {x for x, _ in t}, {x for x, _ in q}
        out.append([len(q & t), len(q - t), len(t - q), len(qc & tc), len(qc - tc), len(tc - qc)])
    return np.array(out, float).reshape(-1, 6)


def said_aspects(aspect, doc, dims, n, tau, silent):
    out = [[] for _ in range(n)]
    best, score = aspect[:, 1:].argmax(1), aspect[:, 1:].max(1)
    for k in np.argsort(-score, kind="stable"):
        i = doc[k]
        if score[k] > tau and not silent[i] and len(out[i]) < 6:
            out[i].append((DIMS[dims[k]], SENT[best[k]]))
    return out


def choose_thresholds(p, t):
    """On cross-validated answers only. Aspects: best F1 on collected texts. Urgency 2: the lowest threshold from
    which precision stays at 0.53 or better on collected texts. Urgency 1: best accuracy. Validity: best F1 of
    'not ok', collected and written together."""
    th = {}
    gold, has_words = t["gold"], t["has_words"]
    real = t["hand"] & ~t["synthetic"]
    collected = real & ~t["written"]
    score = p["validity"][:, 1:].max(1)
    m = real & has_words
    best = (-1, 0.5)
    for tau in np.arange(0.5, 0.9, 0.02):  # never against the odds
        said = m & (score > tau)
        tp = (said & (t["valid"] > 0)).sum()
        best = max(best, (2 * tp / max(said.sum() + (m & (t["valid"] > 0)).sum(), 1), tau))
    th["validity"] = round(float(best[1]), 3)
    v = np.array([md.decide_validity(q, h, th) for q, h in zip(p["validity"], has_words)])
    best = (-1, 0.4)
    ids = np.flatnonzero(collected)
    for tau in np.arange(0.2, 0.6, 0.02):
        said = said_aspects(p["aspect"], t["doc"], t["dims"], len(gold), tau, v > 0)
        c = dim_counts([said[i] for i in ids], [gold[i] for i in ids])
        best = max(best, (f1(c[:, :3]), tau))
    th["aspect"] = round(float(best[1]), 3)
    grid = np.arange(0.05, 0.9, 0.01)
    pr = [(t["urg"][collected & (p["urgency"][:, 2] > tau)] == 2).mean() for tau in grid]
    low = [k for k, q in enumerate(pr) if not q >= 0.53 and grid[k] < 0.6]
    th["urgency_2"] = round(float(grid[low[-1] + 1 if low else 0]), 3)
    best = (-1, 0.5)
    for tau in np.arange(0.2, 0.8, 0.02):
        th["urgency_1"] = tau
        got = np.array([md.decide_urgency(q, th) for q in p["urgency"]])
        best = max(best, ((got == t["urg"])[collected].mean(), tau))
    th["urgency_1"] = round(float(best[1]), 3)
    return th


def calibration(prob, right, bins=10):
    """Expected calibration error of the top probability."""
    top = prob.max(1)
    b = np.minimum((top * bins).astype(int), bins - 1)
    return float(sum(abs(top[b == k].mean() - right[b == k].mean()) * (b == k).mean()
                     for k in range(bins) if (b == k).any()))


def figures(sent_p, urg_level, valid, said, gold):
    """Everything about one set of labelled texts."""
    ok = np.array([g["valid"] == "ok" for g in gold])
    out = {}
    truth = np.array([SENT.index(g["sent"]) for g in gold])
    right = (sent_p.argmax(1) == truth).astype(float)
    out["sentiment_3class"] = interval(right[ok], mean)
    out["sentiment_recall"] = {s: round(float(right[ok & (truth == k)].mean()), 4)
                               for k, s in enumerate(SENT) if (ok & (truth == k)).any()}
    out["sentiment_calibration_error"] = round(calibration(sent_p[ok], right[ok]), 4)
    two = ok & (truth != 1)
    out["sentiment_2class"] = interval(((sent_p[:, 2] > sent_p[:, 0]) == (truth == 2))[two], mean)
    c = dim_counts(said, gold)[ok]
    out["dimensions_f1"] = interval(c[:, :3], f1)
    out["dimensions_precision"] = interval(c[:, :3], precision)
    out["dimensions_recall"] = interval(c[:, :3], recall)
    out["dimensions_code_f1"] = interval(c[:, 3:], f1)
    urg = np.array([g["urg"] for g in gold])
    u = np.stack([(urg == 2) & (urg_level == 2), (urg != 2) & (urg_level == 2), (urg == 2) & (urg_level != 2)], 1)
    out["urgency_2_recall"] = interval(u[ok], recall)
    out["urgency_2_precision"] = interval(u[ok], precision)
    out["urgency_accuracy"] = interval((urg == urg_level)[ok], mean)
    v = np.array([data.VALID.index(g["valid"]) for g in gold])
    out["validity_accuracy"] = interval(v == valid, mean)
    for k, name in enumerate(data.VALID):
        if k and (v == k).sum() >= 5:
            t = np.stack([(v == k) & (valid == k), (v != k) & (valid == k), (v == k) & (valid != k)], 1)
            out["validity_" + name] = {"recall": interval(t, recall), "precision": interval(t, precision)}
    return out


def cross_validation(p, th, t):
    v = np.array([md.decide_validity(q, h, th) for q, h in zip(p["validity"], t["has_words"])])
    u = np.array([md.decide_urgency(q, th) for q in p["urgency"]])
    said = said_aspects(p["aspect"], t["doc"], t["dims"], len(v), th["aspect"], v > 0)
    real = t["hand"] & ~t["synthetic"]
    out = {}
    for name, m in (("collected", real & ~t["written"]), ("written", real & t["written"])):
        i = np.flatnonzero(m)
        out[name] = figures(p["sentiment"][i], u[i], v[i], [said[k] for k in i], [t["gold"][k] for k in i])
    m = ~t["hand"]
    right = p["sentiment"][m].argmax(1) == t["sent"][m]
    two = t["sent"][m] != 1
    out["english"] = {"sentiment_3class": interval(right, mean),
                      "sentiment_2class": interval(
                          ((p["sentiment"][m][:, 2] > p["sentiment"][m][:, 0]) == (t["sent"][m] == 2))[two], mean)}
    return out
