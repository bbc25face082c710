# SPDX-License-Identifier: Apache-2.0
"""Labelled texts → what each head is to say of them, by token. Sets, de-duplication and split are those of ../quick."""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "quick"))
import corpus  # noqa: E402
import data  # noqa: E402
from data import DIM, DIMS, VALID  # noqa: E402

SENT = {"neg": 0, "neu": 1, "pos": 2}
EMOTIONS = ("none", "joy", "anger", "sadness", "fear", "surprise", "disgust")
WEIBO = ("none", "anger", "joy", "sadness", "fear", "surprise")  # by the number in the files
HELD_OUT, VALIDATION = 0, 1


class Sample:
    """`dims`: {dimension: 0 absent, 1 neg, 2 neu, 3 pos}, what is not named is unknown. `spans`: (start, end, polarity)
    of aspects. `proofs`: {dimension: (start, end)}. The rest: class or None. Offsets in code points."""
    __slots__ = ("text", "kind", "weight", "sentiment", "binary", "dims", "proofs", "spans", "urgency", "validity",
                 "emotion", "group", "bucket", "field", "gold", "ids", "places")

    def __init__(self, text, kind):
        self.text, self.kind, self.weight = text, kind, 1.0
        self.sentiment = self.urgency = self.validity = self.emotion = self.group = self.gold = None
        self.binary = False
        self.dims, self.proofs, self.spans, self.field = {}, {}, [], ""
        self.bucket = data.bucket(text)


def _from_labels(s, g):
    s.gold = g
    s.sentiment, s.urgency, s.validity = SENT[g["sent"]], g["urg"], VALID.index(g["valid"])
    s.dims = {j: 0 for j in range(len(DIMS))}
    for d in g["dims"]:
        s.dims[DIM[d["d"]]] = 1 + SENT[d["p"]]
        at = s.text.find(d["e"]) if d["e"] else -1
        if at >= 0:
            s.proofs[DIM[d["d"]]] = (at, at + len(d["e"]))


def _from_item(it, groups):
    gold = it.gold or it.written or it.made
    s = Sample(it.text, "gold" if it.gold else "written" if it.written else "made" if it.made else "")
    if gold:
        _from_labels(s, gold)
        s.field = gold.get("field", "")
        return s
    s.field = it.domain
    family = "binary" if "binary" in it.families else sorted(it.families)[0]
    s.kind = family
    if it.sent:
        s.sentiment = SENT[it.sent]
        s.binary = "binary" in it.families
        if it.families & {"3class", "app"}:
            s.weight = 0.4  # stars and raw labels, not the same question
    if it.dims is not None:
        s.dims = {DIM[d]: 0 for d in (it.closed or DIMS)}
        s.dims.update({DIM[d]: 1 + SENT[p] for d, p in it.dims.items()})
        s.weight = 0.5
    if it.jd is not None:
        s.group = groups.get(it.jd)
        named = {DIM[d] for d in corpus.JD_CLASS.values()}
        j = DIM.get(corpus.JD_CLASS.get(it.jd))
        if j is not None and it.sent:
            s.dims = {d: 0 for d in named}
            s.dims[j] = 1 + SENT[it.sent]
    if it.car is not None and len(it.car) == 1 and len(it.text) < 80:
        topic, p = it.car[0]
        if topic in corpus.CAR_TOPIC and p in ("pos", "neg"):
            s.dims = {DIM[corpus.CAR_TOPIC[topic]]: 1 + SENT[p]}
    if it.aspects:
        s.spans = [(a, b, SENT[p]) for a, b, p in it.aspects if b > a]
        for a, b, p in it.aspects:
            d = None if "acos" in it.families else corpus.term_dimension(it.text[a:b])
            if d:
                s.dims[DIM[d]] = 1 + SENT[p]
    if "airline" in it.families and it.domain in corpus.AIRLINE:
        s.dims[DIM[corpus.AIRLINE[it.domain]]] = 1
    return s


def _weibo(root):
    out = []
    for name in ("usual", "virus"):
        for r in data._tsv(f"{root}/text/weibo_emotion_{name}.tsv"):
            s = Sample(r["text"], "weibo")
            s.emotion = EMOTIONS.index(WEIBO[int(r["label"])])
            s.weight = 0.7
            out.append(s)
    return out


def _groups(root):
    """Fine laptop class → one of ten groups."""
    names, groups = {}, {}
    with open(f"{root}/text/jd_laptop_class2_class1.txt", encoding="utf-8") as f:
        for line in f:
            fine, _, group = line.rstrip("\n").partition("\t")
            if group and group != "label":
                groups[fine] = names.setdefault(group, len(names))
    return groups


def samples(root):
    rows = [r for r in data.add_synthetic(data.load(root)) if r.family != "weibo"]
    groups = _groups(root)
    out = [_from_item(it, groups) for it in corpus.gather(rows)]
    seen = {data.norm(s.text) for s in out}
    for s in _weibo(root):
        key = data.norm(s.text)
        if key and key not in seen:
            seen.add(key)
            out.append(s)
    return out


def encode(all_samples, tokenizer, limit):
    for s in all_samples:
        s.ids, s.places = tokenizer.encode(s.text, limit)
    return all_samples


def tokens_of(s, start, end):
    return [i for i, (a, b) in enumerate(s.places) if b > a and a < end and b > start]


def batches(chosen, max_tokens, rng):
    """Lists of samples of like length, in random order."""
    order = sorted(chosen, key=lambda s: (len(s.ids) + rng.random() * 4))
    out, at = [], 0
    while at < len(order):
        n = 1
        while at + n < len(order) and (n + 1) * len(order[at + n].ids) <= max_tokens:
            n += 1
        out.append(order[at:at + n])
        at += n
    rng.shuffle(out)
    return out


def schedule(all_samples, seed):
    """The samples of each pass: everything once with the hand-labelled twice, then the hand-labelled with a little of the
    rest, twice."""
    rng = random.Random(seed)
    train = [s for s in all_samples if s.bucket not in (HELD_OUT, VALIDATION)]
    rng.shuffle(train)
    own = [s for s in train if s.gold]
    most = {"binary": 40000, "weibo": 11000, "acos": 9000, "3class": 7000, "airline": 6500}
    first, count = [], {}
    for s in train:
        count[s.kind] = count.get(s.kind, 0) + 1
        if s.gold is None and count[s.kind] <= most.get(s.kind, 4500):
            first.append(s)
    passes = [first + own + own]
    rest = [s for s in train if s.gold is None]
    for i in range(2):
        by_kind, some = {}, []
        for s in rng.sample(rest, len(rest)):
            n = by_kind[s.kind] = by_kind.get(s.kind, 0) + 1
            if n <= (3000 if s.kind in ("binary", "weibo") else 600):
                some.append(s)
        passes.append(own + some)
    return passes
