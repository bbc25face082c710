# SPDX-License-Identifier: Apache-2.0
"""Figures of a network on one tenth of the samples, in %."""
from collections import defaultdict

import torch

import items
from network import DIMENSIONS


def _batches(chosen, max_tokens=4000):
    order = sorted(chosen, key=lambda s: len(s.ids))
    at = 0
    while at < len(order):
        n = 1
        while at + n < len(order) and (n + 1) * len(order[at + n].ids) <= max_tokens:
            n += 1
        yield order[at:at + n]
        at += n


@torch.no_grad()
def answers(network, tokenizer, chosen):
    """[(sample, {head: logits of the text})]"""
    network.eval()
    got = []
    for batch in _batches(chosen):
        longest = max(len(s.ids) for s in batch)
        ids = torch.full((len(batch), longest), tokenizer.pad)
        for i, s in enumerate(batch):
            ids[i, :len(s.ids)] = torch.tensor(s.ids)
        out = network(ids, ids != tokenizer.pad)
        for i, s in enumerate(batch):
            a = {k: v[i] for k, v in out.items() if k not in ("z", "proof")}
            a["proof"] = out["proof"][i, :len(s.ids)]
            a["aspects"] = [(network.aspect(out["z"][i, inside].mean(0)).argmax().item(), p)
                            for b, e, p in s.spans if (inside := items.tokens_of(s, b, e))]
            got.append((s, a))
    return got


def best_run(logits):
    """[start, end) of the tokens whose logits sum to the most."""
    best, here, start, span = -1e9, 0.0, 0, (0, 1)
    for i, x in enumerate(logits):
        if here <= 0:
            here, start = 0.0, i
        here += x
        if here > best:
            best, span = here, (start, i + 1)
    return span


def _f1(tp, fp, fn):
    return 100 * 2 * tp / max(1, 2 * tp + fp + fn)


def _macro_f1(pairs, n):
    scores = []
    for c in range(n):
        tp = sum(a == c and b == c for a, b in pairs)
        fp = sum(a == c and b != c for a, b in pairs)
        fn = sum(a != c and b == c for a, b in pairs)
        if tp + fn:
            scores.append(_f1(tp, fp, fn))
    return sum(scores) / max(1, len(scores))


def _accuracy(pairs):
    return 100 * sum(a == b for a, b in pairs) / max(1, len(pairs))


def _proof_f1(s, a, j):
    lo, hi = best_run(a["proof"][1:len(s.ids) - 1, j].tolist())
    start, end = s.places[lo + 1][0], s.places[hi][1]
    true = s.proofs[j]
    common = max(0, min(end, true[1]) - max(start, true[0]))
    return 2 * common / max(1, end - start + true[1] - true[0])


def _dimension_figures(got):
    tp = fp = fn = code = 0
    overlap = []
    for s, a in got:
        picked = a["dimensions"].argmax(-1).tolist()
        for j in range(DIMENSIONS):
            true, said = s.dims.get(j, 0), picked[j]
            tp += bool(true) and true == said
            code += bool(true) and bool(said)
            fp += bool(said) and true != said
            fn += bool(true) and true != said
            if true and said and j in s.proofs:
                overlap.append(_proof_f1(s, a, j))
    return {"dimensions F1": _f1(tp, fp, fn), "precision": 100 * tp / max(1, tp + fp), "recall": 100 * tp / max(1, tp + fn),
            "proof F1": 100 * sum(overlap) / max(1, len(overlap))}


def _urgency(got):
    """Recall and precision of urgency 2 by the class, and the recall at a precision of one half."""
    scored = sorted(((a["urgency"].softmax(-1)[2].item(), s.urgency == 2) for s, a in got), reverse=True)
    said = [(a["urgency"].argmax().item() == 2, s.urgency == 2) for s, a in got]
    n = sum(t for _, t in scored)
    hit, at_half = 0, 0.0
    for k, (_, true) in enumerate(scored, 1):
        hit += true
        if hit / k >= 0.5:
            at_half = max(at_half, 100 * hit / max(1, n))
    tp = sum(a and b for a, b in said)
    return {"urgent n": n, "recall": 100 * tp / max(1, n), "precision": 100 * tp / max(1, sum(a for a, _ in said)),
            "recall at precision 50": at_half, "3 classes": _accuracy([(a["urgency"].argmax().item(), s.urgency) for s, a in got])}


def _two_class(got):
    return _accuracy([(2 if a["sentiment"][2] > a["sentiment"][0] else 0, s.sentiment) for s, a in got])


def of_answers(got):
    of = defaultdict(list)
    for s, a in got:
        of[s.kind].append((s, a))
    out = {}
    binary = [x for x in got if x[0].binary]
    for name, test in (("shopping", lambda s: "online_shopping" in s.field), ("delivery", lambda s: s.field.startswith("外卖")),
                       ("hotel", lambda s: s.field.startswith("酒店"))):
        some = [x for x in binary if test(x[0])]
        if some:
            out[f"2 classes, {name} (n {len(some)})"] = {"accuracy": _two_class(some)}
    for kind in ("gold", "written"):
        ok = [x for x in of[kind] if x[0].validity == 0]
        if not ok:
            continue
        pairs = [(a["sentiment"].argmax().item(), s.sentiment) for s, a in ok]
        out[f"{kind} sentiment (n {len(ok)})"] = {"accuracy": _accuracy(pairs), "macro-F1": _macro_f1(pairs, 3)}
        out[f"{kind} dimensions"] = _dimension_figures(ok)
        out[f"{kind} urgency"] = _urgency(of[kind])
        out[f"{kind} validity (n {len(of[kind])})"] = {"accuracy": _accuracy(
            [(a["validity"].argmax().item(), s.validity) for s, a in of[kind]])}
    for kind, head, n in (("weibo", "emotion", 7), ("airline", "sentiment", 3)):
        pairs = [(a[head].argmax().item(), getattr(s, head)) for s, a in of[kind] if getattr(s, head) is not None]
        if pairs:
            out[f"{kind} {head} (n {len(pairs)})"] = {"accuracy": _accuracy(pairs), "macro-F1": _macro_f1(pairs, n)}
    groups = [(a["group"].argmax().item(), s.group) for s, a in got if s.group is not None]
    if groups:
        out[f"laptop group (n {len(groups)})"] = {"accuracy": _accuracy(groups)}
    aspects = [p for s, a in of["acos"] for p in a["aspects"]]
    if aspects:
        out[f"acos polarity (n {len(aspects)})"] = {"accuracy": _accuracy(aspects)}
    return out


def show(network, tokenizer, samples, bucket, few=False):
    """`few`: a part of the large sets."""
    count, chosen = defaultdict(int), []
    for s in samples:
        if s.bucket != bucket:
            continue
        count[s.kind] += 1
        if not few or s.gold or count[s.kind] <= 300:
            chosen.append(s)
    for name, values in of_answers(answers(network, tokenizer, chosen)).items():
        print(f"  {name}: " + ", ".join(f"{k} {v:.1f}" for k, v in values.items()), flush=True)
