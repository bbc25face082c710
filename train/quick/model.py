# SPDX-License-Identifier: Apache-2.0
"""The whole model in Python: vocabularies, heads, networks. Reads and writes model files; the reference that
the C implementation is held against."""
import json
import os
import struct

import numpy as np

import data
import heads
from corpus import Vocabulary
from data import DIMS
from features import DROPPED, HOTLINE, INDEX_BITS, KEY_BITS, LONG_NUMBER, MAX_N, WORD_BIT, Corpus

FORMAT = 2  # QUICK_FORMAT of src/nlp/quick_inner.h

_PUNCTUATION = np.zeros(0x10000, bool)
for _a, _b in ((0x20, 0x30), (0x3A, 0x41), (0x5B, 0x61), (0x7B, 0xC0), (0x2010, 0x2070), (0x3000, 0x3005),
               (0x3008, 0x3021), (0xFE10, 0xFE70), (0xFF00, 0xFF66), (0xFFE0, 0xFFF0)):
    _PUNCTUATION[_a:_b] = True


def is_han(t):
    return ((t >= 0x3400) & (t < 0xA000)) | ((t >= 0xF900) & (t < 0xFB00)) | ((t >= 0x20000) & (t < 0x32400))


def token_kinds(t):
    """0 punctuation and space, 1 number, 2 Han, 3 word, 4 other script, 5 pictograph."""
    kind = np.full(len(t), 4, np.int8)
    low = t < 0x10000
    kind[low & _PUNCTUATION[np.where(low, t, 0)]] = 0
    kind[(t == 48) | ((t >= LONG_NUMBER) & (t < HOTLINE + 32))] = 1
    kind[is_han(t)] = 2
    kind[t >= WORD_BIT] = 3
    kind[((t >= 0x2100) & (t < 0x2C00)) | ((t >= 0x1F000) & (t < 0x20000))] = 5
    return kind


def shapes(corpus, vocabulary):
    """Per text what its characters look like: [n, 10]. Also whether it has any word at all."""
    t = corpus.tokens.astype(np.int64)
    kind = token_kinds(t)
    inside = np.ones(len(t), bool)
    inside[corpus.offsets[:-1]] = False
    inside[corpus.offsets[1:] - 1] = False
    doc = corpus.doc
    count = lambda m, w=None: np.bincount(doc[m], weights=None if w is None else w[m], minlength=corpus.n)
    n = np.maximum(count(inside), 1).astype(np.float64)
    known = []
    for k, p in corpus.ngrams(3)[1:]:
        i = np.searchsorted(vocabulary.keys, k)
        i[i == len(vocabulary.keys)] = 0
        hit = vocabulary.keys[i] == k
        total = np.maximum(np.bincount(doc[p], minlength=corpus.n), 1)
        known.append(np.bincount(doc[p], weights=hit, minlength=corpus.n) / total)
    pairs = np.unique(np.stack([doc[inside].astype(np.int64), t[inside]]), axis=1)
    distinct = np.bincount(pairs[0], minlength=corpus.n) / n
    length = np.where(kind == 3, corpus.ends - corpus.starts, 0)
    longest = np.zeros(corpus.n)
    np.maximum.at(longest, doc, np.minimum(length, 30))
    out = np.stack([np.log1p(count(inside)), count(inside & (kind == 2)) / n, count(inside & (kind == 3)) / n,
                    count(inside & (kind == 1)) / n, count(inside & ((kind == 0) | (kind == 5))) / n,
                    known[0], known[1], distinct, np.minimum(count(inside & (t == LONG_NUMBER)), 3),
                    longest / 10], 1).astype(np.float32)
    return out, count(inside & (kind >= 2) & (kind <= 4)) > 0


class Quick:
    def __init__(self, wide, deep, w, nets, thresholds, version):
        """wide, deep: Vocabulary; w: {"wide"/"text"/"clause": (int8 rows, unit, bias)}"""
        self.wide, self.deep, self.w, self.nets = wide, deep, w, nets
        self.thresholds, self.version = thresholds, version

    def logits(self, corpus):
        out = []
        for part, vocabulary, unit in (("wide", self.wide, "text"), ("text", self.deep, "text"),
                                       ("clause", self.deep, "clause")):
            q, step, bias = self.w[part]
            m = vocabulary.matrix(corpus, MAX_N, unit)
            # rows hold weight × scale: undo the scale that matrix() put in
            m.data /= vocabulary.scale[m.indices].astype(np.float64) / 16
            out.append((m @ q.astype(np.float32)) * step + bias)
        return out

    def predict(self, texts):
        corpus = Corpus(texts)
        wide, text, clause = self.logits(corpus)
        shape, has_words = shapes(corpus, self.wide)
        return finish(self, corpus, wide, text, clause, shape, has_words)


def vectors(corpus, wide, text, clause, shape):
    co = corpus.clause_offsets
    g = np.stack([heads.global_vector(wide[i], text[i], clause[co[i]:co[i + 1]], shape[i])
                  for i in range(corpus.n)])
    dims, rows, best, doc = [], [], [], []
    for i in range(corpus.n):
        d, r, b = heads.aspect_vectors(wide[i], text[i], clause[co[i]:co[i + 1]], g[i])
        dims += d
        best += b
        rows.append(r)
        doc += [i] * len(d)
    return g, np.array(dims, int), np.concatenate(rows), np.array(best, int), np.array(doc, int)


def finish(model, corpus, wide, text, clause, shape, has_words):
    """→ list of dicts as `huisheng nlp analyse` would say them (without evidence text)."""
    g, dims, rows, best, doc = vectors(corpus, wide, text, clause, shape)
    sent = model.nets["sentiment"].predict(g)
    urg = model.nets["urgency"].predict(g)
    val = model.nets["validity"].predict(g)
    asp = model.nets["aspect"].predict(rows, dims) if len(rows) else np.zeros((0, 4))
    th = model.thresholds
    out = []
    aspects = [[] for _ in range(corpus.n)]
    for k in range(len(doc)):
        p = asp[k, 1:]
        if p.max() > th["aspect"]:
            aspects[doc[k]].append((DIMS[dims[k]], data.SENT[int(p.argmax())], float(p.max()), int(best[k])))
    for i in range(corpus.n):
        v = decide_validity(val[i], has_words[i], th)
        a = sorted(aspects[i], key=lambda x: -x[2])[:6] if v == 0 else []
        out.append({"probs": sent[i], "sentiment": data.SENT[int(sent[i].argmax())],
                    "urgency": decide_urgency(urg[i], th), "urgency_probs": urg[i],
                    "validity": data.VALID[v], "validity_probs": val[i], "aspects": a})
    return out


def decide_urgency(p, th):
    if p[2] > th["urgency_2"]:
        return 2
    return 1 if p[1] + p[2] > th["urgency_1"] else 0


def decide_validity(p, has_words, th):
    if not has_words:
        return 1
    v = int(p[1:].argmax()) + 1
    return v if p[v] > th["validity"] else 0


def quantise(w, scale):
    """weight × scale to int8 with one step a column."""
    x = w * (scale.astype(np.float32) / 16)[:, None]
    step = np.maximum(np.abs(x).max(0) / 127, 1e-9).astype(np.float32)
    # Few extreme weights must not cost the many their precision: clip at the 99.99th percentile.
    cut = np.maximum(np.quantile(np.abs(x), 0.9999, axis=0) / 127, 1e-9).astype(np.float32)
    step = np.minimum(step, cut * 1.5)
    return np.clip(np.round(x / step), -127, 127).astype(np.int8), step


def _starts(keys):
    top = (keys >> np.uint64(KEY_BITS - INDEX_BITS)).astype(np.int64)
    return np.searchsorted(top, np.arange((1 << INDEX_BITS) + 1)).astype(np.uint32)


def save(model, folder, config):
    tensors = {}
    for name, v in (("wide", model.wide), ("deep", model.deep)):
        tensors[name + ".starts"] = _starts(v.keys)
        tensors[name + ".keys"] = (v.keys & np.uint64(0xFFFF)).astype(np.uint16)
        tensors[name + ".scale"] = v.scale
    tensors["wide.rows"] = model.w["wide"][0]
    tensors["deep.rows"] = np.hstack([model.w["text"][0], model.w["clause"][0]])
    for part in ("wide", "text", "clause"):
        tensors[part + ".step"], tensors[part + ".bias"] = (a.astype(np.float32) for a in model.w[part][1:])
    for name, net in model.nets.items():
        for k in ("w1", "b1", "w2", "b2"):
            tensors[f"{name}.{k}"] = getattr(net, k)
    dtype = {"float32": "F32", "int8": "I8", "uint8": "U8", "uint16": "U16", "uint32": "U32"}
    header, offset = {}, 0
    order = sorted(tensors, key=lambda n: -tensors[n].dtype.itemsize)
    for name in order:
        a = np.ascontiguousarray(tensors[name])
        header[name] = {"dtype": dtype[str(a.dtype)], "shape": list(a.shape),
                        "data_offsets": [offset, offset + a.nbytes]}
        offset += a.nbytes
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/model.safetensors", "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head)
        for name in order:
            f.write(np.ascontiguousarray(tensors[name]).tobytes())
    with open(folder + "/config.json", "w", encoding="utf-8") as f:
        json.dump(config, f, ensure_ascii=False, indent=2)
        f.write("\n")
    labels = {"sentiment": list(data.SENT), "dimensions": DIMS, "urgency": ["0", "1", "2"],
              "validity": list(data.VALID)}
    with open(folder + "/labels.json", "w", encoding="utf-8") as f:
        json.dump(labels, f, ensure_ascii=False, indent=2)
        f.write("\n")


def load(folder):
    with open(folder + "/config.json", encoding="utf-8") as f:
        config = json.load(f)
    with open(folder + "/model.safetensors", "rb") as f:
        raw = f.read()
    n = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + n])
    kind = {"F32": np.float32, "I8": np.int8, "U8": np.uint8, "U16": np.uint16, "U32": np.uint32}
    t = {k: np.frombuffer(raw, kind[v["dtype"]], int(np.prod(v["shape"])), 8 + n + v["data_offsets"][0])
         .reshape(v["shape"]) for k, v in header.items()}
    vocab = {}
    for name in ("wide", "deep"):
        top = np.repeat(np.arange(1 << INDEX_BITS, dtype=np.uint64), np.diff(t[name + ".starts"].astype(np.int64)))
        vocab[name] = Vocabulary(top << np.uint64(16) | t[name + ".keys"], t[name + ".scale"])
    T = heads.TEXT_COLUMNS
    rows = {"wide": t["wide.rows"], "text": t["deep.rows"][:, :T], "clause": t["deep.rows"][:, T:]}
    w = {p: (rows[p], t[p + ".step"], t[p + ".bias"]) for p in rows}
    nets = {k: heads.Mlp(*(t[f"{k}.{x}"] for x in ("w1", "b1", "w2", "b2")))
            for k in ("sentiment", "urgency", "validity", "aspect")}
    return Quick(vocab["wide"], vocab["deep"], w, nets, config["thresholds"], config["version"])
