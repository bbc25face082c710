# SPDX-License-Identifier: Apache-2.0
"""Unique texts with everything the families say about them, and the sparse matrices over n-gram keys."""
import re
from collections import Counter

import numpy as np
import scipy.sparse as sp

import data
from data import DIM, DIMS
from features import Corpus

# Fine laptop classes and car topics that mean one dimension of spec/labels.md without doubt.
JD_CLASS = {"价格": "price", "快递": "logistics", "质量": "quality", "包装": "packaging", "整体外观": "appearance",
            "售后维修": "aftersales", "散热": "function", "屏幕": "function", "性能": "function",
            "电源电池": "function", "操作系统": "function", "输入": "function", "识别系统": "function",
            "网络通信": "function", "程序应用": "function"}
CAR_TOPIC = {"价格": "price", "外观": "appearance", "动力": "function", "油耗": "function",
             "舒适性": "usability", "操控": "function", "安全性": "function"}
AIRLINE = {"Customer Service Issue": "service", "Flight Attendant Complaints": "service",
           "Lost Luggage": "logistics", "Damaged Luggage": "quality", "Late Flight": "response",
           "longlines": "response", "Flight Booking Problems": "process"}

# Aspect terms of the ABSA sets that name one dimension.
_EN = (("taste", r"food|meals?|dinner|lunch|breakfast|brunch|dish(es)?|pizza|dessert|sushi|portions?|appetizers?|"
        r"entrees?|steak|flavou?r|sauce|salads?|fish|bread|pasta|drinks?|wine|coffee|taste|cuisine|burgers?|bagels?"),
       ("service", r"service|staff|waiters?|waitress(es)?|waitstaff|servers?|hostess|bartender|manager|owners?|host"),
       ("price", r"prices?|priced|cost|value"), ("response", r"wait|waiting"), ("billing", r"bill"),
       ("environment", r"atmosphere|ambi[ae]nce|decor|music|vibe|setting|crowd"),
       ("logistics", r"delivery|delivered|shipping"), ("location", r"location"), ("aftersales", r"warranty"),
       ("process", r"reservations?|installation"), ("packaging", r"packag(e|ing)"),
       ("appearance", r"colou?rs?|designs?|looks?|style"), ("usability", r"fit|fits|fitting|comfort|use"),
       ("quality", r"quality|material|materials|fabric|cloth|stitching|build quality|cloth quality|fabric quality|"
        r"product quality"),
       ("function", r"picture quality|sound|sound quality|picture|screen|display|battery|battery life|performance|"
        r"speed|audio|video|graphics|keyboard|software|connectivity|speakers?|resolution|memory|hard drive"),
       ("content", r"courses?|content|lectures?|assignments?|exercises|quizzes|concepts"),
       ("expertise", r"professor|prof|instructor"), ("promotion", r"coupons?|gifts?"))
_ZH = (("function", r"屏幕|色彩|画质|对焦.*|功能|电池.*|信号|音质|铃声|待机时间|通话.*|速度|散热.*|性能|动力.*|油耗|发动机|系统|效果|去屑|控油|"
        r"柔顺|顺滑|蓬松|成像.*|清晰度|分辨率|内存|摄像头|发热.*|噪音|效果不错|头发顺滑|不油腻|滋润"),
       ("appearance", r"外观.*|外形|外型|造型|高颜值|线条|前脸"), ("quality", r"做工|质量|假货|正品|是正品|高品质|货真"),
       ("price", r"价格.*|性价比|便宜|贵|划算|实惠|售价|物美价廉"), ("usability", r"手感|操作|操控|界面|重量|舒适性|座椅|空间|方便.*|键盘手感"),
       ("logistics", r"物流.*|快递.*|发货.*"), ("packaging", r"包装.*"), ("promotion", r"赠品|优惠|活动"),
       ("content", r"内容|课程内容|课件|视频|知识点|案例"), ("expertise", r"讲解|讲课|授课.*|讲授"), ("service", r"客服.*|服务.*"))
TERMS = [(d, re.compile(p, re.I)) for d, p in _EN + _ZH]


def term_dimension(term):
    return next((d for d, p in TERMS if p.fullmatch(term.strip())), None)


class Item:
    __slots__ = ("text", "families", "sent", "dims", "closed", "gold", "written", "aspects", "domain",
                 "bucket", "fold", "jd", "car", "shop", "delivery", "made")


def _near(key):
    """Keys under which truncated copies of a long text meet."""
    return [key[:24], key[-24:]] if len(key) >= 40 else []


def gather(rows):
    groups = {}
    for r in rows:
        if r.family in ("unlabelled", "cfpb"):
            continue
        groups.setdefault(data.norm(r.text) or r.text, []).append(r)
    items, held_near = [], set()
    for key, rs in groups.items():
        it = Item()
        lead = next((r for r in rs if r.gold), rs[0])
        it.text = lead.text
        it.families = {r.family for r in rs}
        it.bucket, it.fold = data.bucket(it.text), data.fold_of(it.text)
        it.gold = lead.gold if lead.family == "gold" else None
        it.written = lead.gold if lead.family == "written" else None
        it.made = lead.gold if lead.family == "synthetic" else None
        sents = {r.sent for r in rs if r.sent}
        it.sent = lead.sent if lead.gold else (sents.pop() if len(sents) == 1 else None)
        it.dims = it.closed = None
        if not lead.gold:
            d = [r for r in rs if r.dims is not None]
            if d:
                it.dims, it.closed = d[0].dims, d[0].closed
        it.aspects = [a for r in rs if r.aspects and r.family != "car" and r.text == it.text
                      for a in r.aspects]
        it.jd = next((r.domain for r in rs if r.family == "jdclass"), None)
        it.car = next((r.aspects for r in rs if r.family == "car"), None)
        binary = [r.domain for r in rs if r.family == "binary"]
        it.domain = binary[0] if binary else next((r.domain for r in rs if r.domain), "")
        it.shop = bool(binary) and "online_shopping" in it.domain and it.domain[0] != "@" and not any(
            w in it.domain for w in ("书评", "酒店", "外卖"))
        it.delivery = it.domain.startswith("外卖@")
        if it.sent is None and "absa_en" in it.families and len({p for _, _, p in it.aspects}) == 1:
            it.sent = it.aspects[0][2]
        items.append(it)
    # A cut copy of a held-out text teaches nothing.
    for it in items:
        if it.bucket == 0:
            held_near.update(_near(data.norm(it.text)))
    kept = [it for it in items if it.bucket == 0 or not held_near.intersection(_near(data.norm(it.text)))]
    return kept


class Vocabulary:
    """Sorted unique keys with a quantised scale (idf) each."""

    def __init__(self, keys, scale):
        self.keys, self.scale = keys, scale

    @staticmethod
    def build(corpus, docs, n_max, min_df, limit=None):
        counts = []
        docs = np.asarray(docs, dtype=bool)
        for k, p in corpus.ngrams(n_max):
            d = corpus.doc[p]
            m = docs[d]
            comb = np.unique((k[m] << np.uint64(20)) | d[m].astype(np.uint64))
            u, c = np.unique(comb >> np.uint64(20), return_counts=True)
            counts.append((u[c >= min_df], c[c >= min_df]))
        k = np.concatenate([a for a, _ in counts])
        c = np.concatenate([a for _, a in counts])
        order = np.argsort(k, kind="stable")
        k, c = k[order], c[order]
        u, first = np.unique(k, return_index=True)
        c = np.add.reduceat(c, first)
        if limit and len(u) > limit:
            keep = np.sort(np.argsort(-c, kind="stable")[:limit])
            u, c = u[keep], c[keep]
        idf = np.log((docs.sum() + 1.0) / (c + 1.0)) + 1.0
        return Vocabulary(u, np.clip(np.round(idf * 16), 1, 255).astype(np.uint8))

    def matrix(self, corpus, n_max, unit):
        """Rows: texts (unit 'text') or clauses; L2-normalised scale of the distinct known n-grams."""
        rows, cols = [], []
        group = corpus.doc if unit == "text" else corpus.clause_id
        n_rows = corpus.n if unit == "text" else corpus.n_clauses
        for n, (k, p) in enumerate(corpus.ngrams(n_max), 1):
            i = np.searchsorted(self.keys, k)
            i[i == len(self.keys)] = 0
            ok = self.keys[i] == k
            if unit != "text":
                ok &= group[p] == group[p + n - 1]
            rows.append(group[p[ok]])
            cols.append(i[ok])
        rows, cols = np.concatenate(rows), np.concatenate(cols)
        comb = np.unique(rows.astype(np.uint64) << np.uint64(24) | cols.astype(np.uint64))
        rows = (comb >> np.uint64(24)).astype(np.int64)
        cols = (comb & np.uint64((1 << 24) - 1)).astype(np.int32)
        v = self.scale[cols].astype(np.float64) / 16
        norm = np.sqrt(np.bincount(rows, weights=v * v, minlength=n_rows))
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_rows))])
        return sp.csr_matrix((v / norm[rows], cols, indptr), shape=(n_rows, len(self.keys)))


def find_span(text, evidence):
    i = text.find(evidence)
    return (i, i + len(evidence)) if evidence and i >= 0 else None


def clause_labels(items, corpus):
    """Per global clause: dims (25) 1 pos, 0 neg, -1 unknown; polarity of dim; clause polarity
    (0 neg, 1 neu, 2 pos, -1 unknown)."""
    n = corpus.n_clauses
    mention = np.full((n, len(DIMS)), -1, np.int8)
    polarity = np.full((n, len(DIMS)), -1, np.int8)
    cpol = np.full(n, -1, np.int8)
    P = {"neg": 0, "neu": 1, "pos": 2}
    for d, it in enumerate(items):
        c0, c1 = corpus.clause_offsets[d], corpus.clause_offsets[d + 1]
        lo, hi = corpus.offsets[d], corpus.offsets[d + 1]
        gold = it.gold or it.written or it.made
        if gold or it.aspects:
            cl = corpus.clauses[lo + 1:hi - 1]
            st, en = corpus.starts[lo + 1:hi - 1], corpus.ends[lo + 1:hi - 1]

            def touched(a, b):
                m = (st < b) & (en > a)
                cnt = Counter(cl[m].tolist())
                if not cnt:
                    return []
                best = max(cnt.values())
                return [c for c, k in cnt.items() if k >= 3 or k == best]
        if gold:
            have = {x["d"] for x in gold["dims"]}
            for j, code in enumerate(DIMS):
                if code not in have:
                    mention[c0:c1, j] = 0
            seen = {}
            for x in gold["dims"]:
                sp_ = find_span(it.text, x["e"])
                j = DIM[x["d"]]
                if sp_ is None:
                    continue
                for c in touched(*sp_):
                    mention[c0 + c, j] = 1
                    polarity[c0 + c, j] = P[x["p"]]
                    seen.setdefault(c, set()).add(P[x["p"]])
            for c, s in seen.items():
                if len(s) == 1:
                    cpol[c0 + c] = s.pop()
            if it.sent == "neu" and not have:
                cpol[c0:c1] = 1
        elif it.jd is not None:
            j = DIM.get(JD_CLASS.get(it.jd))
            if j is not None:
                mention[c0:c1] = -1
                for m in set(map(DIM.get, JD_CLASS.values())) - {j}:
                    mention[c0:c1, m] = 0
                mention[c0:c1, j] = 1 if c1 - c0 == 1 else -1
            if it.sent and c1 - c0 == 1:
                cpol[c0] = P[it.sent]
                if j is not None:
                    polarity[c0, j] = P[it.sent]
        elif it.car is not None:
            if c1 - c0 <= 1 and len(it.car) == 1:
                topic, p = it.car[0]
                j = DIM.get(CAR_TOPIC.get(topic))
                if j is not None and p in ("pos", "neg"):
                    mention[c0, j] = 1
                    polarity[c0, j] = P[p]
                if p:
                    cpol[c0] = P[p]
        elif it.aspects:
            seen, named = {}, {}
            for a, b, p in it.aspects:
                d = None if "acos" in it.families else term_dimension(it.text[a:b])
                for c in touched(a, b):
                    named.setdefault(c, []).append((d, P[p]))
                    seen.setdefault(c, set()).add(P[p])
            for c, s in seen.items():
                if len(s) == 1:
                    cpol[c0 + c] = s.pop()
            for c, known in named.items():
                if all(d for d, _ in known):  # what is not named is not there
                    mention[c0 + c] = 0
                for d, p in known:
                    if d:
                        mention[c0 + c, DIM[d]], polarity[c0 + c, DIM[d]] = 1, p
        elif it.sent and c1 - c0 == 1 and it.families & {"3class", "airline", "app"}:
            cpol[c0] = P[it.sent]
        if "airline" in it.families and c1 - c0 <= 2 and it.domain in AIRLINE:
            mention[c0:c1, DIM[AIRLINE[it.domain]]] = 1
            polarity[c0:c1, DIM[AIRLINE[it.domain]]] = 0
    return mention, polarity, cpol
