# SPDX-License-Identifier: Apache-2.0
"""The data sets, read once, de-duplicated across families, split by a hash of the normalised text."""
import ast
import csv
import glob
import hashlib
import json
import os
import re
import unicodedata
from collections import defaultdict

DIMS = ("quality taste function usability appearance description packaging logistics service response "
        "expertise aftersales price promotion billing environment hygiene facility location stock account "
        "process content policy overall").split()
SENT = ("neg", "neu", "pos")
VALID = ("ok", "blank", "gibberish", "ad", "irrelevant")
DIM = {d: i for i, d in enumerate(DIMS)}

_drop = re.compile(r"[\W_]+", re.U)


def norm(text):
    return _drop.sub("", unicodedata.normalize("NFKC", text).lower())


def bucket(text, salt=b"huisheng"):
    """0 … 9 of the normalised text; 0 is held out. Blank texts go by their characters."""
    key = norm(text) or text
    return int.from_bytes(hashlib.sha256(salt + key.encode("utf-8", "replace")).digest()[:8], "big") % 10


def fold_of(text):
    key = norm(text) or text
    return int.from_bytes(hashlib.sha256(b"fold" + key.encode("utf-8", "replace")).digest()[:8], "big") % 5


def _tsv(path):
    with open(path, encoding="utf-8") as f:
        head = f.readline().rstrip("\n").split("\t")
        for line in f:
            row = line.rstrip("\n").split("\t")
            if len(row) == len(head):
                yield dict(zip(head, row))


def _despace(s):
    return re.sub(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])", "", s)


def jsonl(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


class Row:
    """One text of one family. `sent`: neg/neu/pos or None; `dims`: {code: polarity} or None;
    `closed`: dims the source speaks about (others unknown), None = all."""
    __slots__ = ("text", "family", "sent", "dims", "closed", "domain", "gold", "aspects")

    def __init__(self, text, family, sent=None, dims=None, closed=None, domain="", gold=None, aspects=None):
        self.text, self.family, self.sent, self.dims = text, family, sent, dims
        self.closed, self.domain, self.gold, self.aspects = closed, domain, gold, aspects


AIC = ("location location location response service facility response price price promotion environment "
       "environment environment hygiene taste taste taste taste overall overall").split()
DIANPING = {"food": "taste", "service": "service", "price": "price", "environment": "environment"}
POL = {"1": "pos", "0": "neu", "-1": "neg"}


def _absa(path, spaced):
    lines = open(path, encoding="utf-8").read().split("\n")
    items = defaultdict(list)
    for i in range(0, len(lines) - 2, 3):
        text, aspect, pol = lines[i], lines[i + 1].strip(), lines[i + 2].strip().lower()[:3]
        if "$T$" not in text or pol not in ("pos", "neg", "neu"):
            continue
        if spaced:
            left, right = text.split("$T$", 1)
            left, right, aspect = _despace(left.strip()), _despace(right.strip()), _despace(aspect)
        else:
            left, right = text.split("$T$", 1)
        full = left + aspect + right
        items[full].append((len(left), len(left) + len(aspect), pol))
    return items


def load(root):
    t = os.path.join(root, "text")
    rows = []
    for r in jsonl(os.path.join(root, "gold/zh_labelled.jsonl")):
        rows.append(Row(r["text"], "gold", r["sent"], {d["d"]: d["p"] for d in r["dims"]}, None, r["src"], r))
    for r in jsonl(os.path.join(root, "gold/zh_written.jsonl")):
        rows.append(Row(r["text"], "written", r["sent"], {d["d"]: d["p"] for d in r["dims"]}, None,
                        r["field"], r))
    for r in _tsv(t + "/zh_binary.tsv"):
        rows.append(Row(r["text"], "binary", r["label"], domain=r["domain"] + "@" + r["sources"]))
    for r in _tsv(t + "/zh_3class.tsv"):
        rows.append(Row(r["text"], "3class", r["label"], domain=r["sources"]))
    for name in ("train", "dev"):
        for line in open(f"{t}/acos_zh_{name}.txt", encoding="utf-8-sig"):
            if "####" not in line:
                continue
            text, quads = line.rstrip("\n").split("####")
            toks = text.split(" ")
            offs = [0]
            for w in toks:
                offs.append(offs[-1] + len(w))
            aspects = []
            try:
                quads = ast.literal_eval(quads)
            except (ValueError, SyntaxError):
                continue
            for a, o, p in quads:
                lo, hi = min(a[0], o[0]), max(a[-1], o[-1])
                if 0 <= lo <= hi <= len(toks):
                    aspects.append((offs[lo], offs[min(hi + 1, len(toks))], p[:3].lower()))
            rows.append(Row("".join(toks), "acos", aspects=aspects))
    for r in _tsv(t + "/dianping_4aspects.tsv"):
        dims = {}
        for part in r["aspects"].split(","):
            if ":" in part:
                k, p = part.split(":")
                if k in DIANPING and p in SENT:
                    dims[DIANPING[k]] = p
        rows.append(Row(r["text"], "dianping", dims=dims, closed=set(DIANPING.values())))
    for name in ("train2", "dev2"):
        for line in open(f"{t}/aic2018_brightmart_{name}.tsv", encoding="utf-8"):
            labels, _, text = line.rstrip("\n").partition("\t")
            got = defaultdict(list)
            for part in labels.split(","):
                i, v = part.split("_")
                if v in POL and int(i) < 18:
                    got[AIC[int(i)]].append(int(v))
            dims = {d: POL[str((sum(v) > 0) - (sum(v) < 0))] for d, v in got.items()}
            rows.append(Row(text, "aic", dims=dims, closed=set(AIC[:18])))
    car = {}
    for r in _tsv(t + "/bdci_car.tsv"):
        car.setdefault(r["text"], []).append((r["topic"], POL.get(r["sentiment"])))
    for text, labels in car.items():
        rows.append(Row(text, "car", aspects=labels))
    for path in sorted(glob.glob(t + "/absa_zh_*.txt")):
        kind = os.path.basename(path).split(".")[0]
        for text, aspects in _absa(path, "hair" not in path).items():
            rows.append(Row(text, kind, aspects=aspects))
    for r in _tsv(t + "/jd_laptop_class.tsv"):
        rows.append(Row(r["text"], "jdclass", domain=r["class"]))
    for name in ("ecommerce", "restaurant"):
        for r in _tsv(f"{t}/zh_{name}_unlabelled.tsv"):
            rows.append(Row(r["text"], "unlabelled", domain=name))
    for r in _tsv(t + "/en_airline.tsv"):
        s = {"negative": "neg", "neutral": "neu", "positive": "pos"}[r["airline_sentiment"]]
        rows.append(Row(r["text"], "airline", s, domain=r["negativereason"]))
    for path in sorted(glob.glob(t + "/absa_en/datasets/apc_datasets/*/*") +
                       glob.glob(t + "/absa_en/datasets/apc_datasets/*/*/*")):
        if os.path.isfile(path):
            for text, aspects in _absa(path, False).items():
                rows.append(Row(text, "absa_en", aspects=aspects))
    with open(t + "/cfpb_sample/complaints_sample.csv", encoding="utf-8") as f:
        for r in csv.DictReader(f):
            if r["Consumer complaint narrative"]:
                rows.append(Row(r["Consumer complaint narrative"], "cfpb", "neg", domain=r["Issue"]))
    for name in ("usual", "virus"):
        for r in _tsv(f"{t}/weibo_emotion_{name}.tsv"):
            rows.append(Row(r["text"], "weibo"))
    import openpyxl
    for name in ("balanced_8000",):
        book = openpyxl.load_workbook(f"{t}/app_reviews_googleplay/dataset_{name}.xlsx", read_only=True)
        for row in book.active.iter_rows(min_row=2, values_only=True):
            # column 2 is the review, 3 its kind; a report of a bug is a complaint, a wish is neither
            kind = {"bug report": "neg", "feature request": "neu"}.get(row[2])
            if kind:
                rows.append(Row(str(row[1]), "app", kind, domain=row[2]))
    return rows


def add_synthetic(rows):
    """Noise and English lines of synthetic.py, as hand-labelled rows of family "synthetic"."""
    import synthetic
    from collections import Counter
    han = Counter(c for r in rows if r.family == "binary" for c in r.text if "\u4e00" <= c <= "\u9fff")
    common = [c for c, _ in han.most_common(3000)]
    made = synthetic.english()
    made += [{"text": t, "sent": "neu", "urg": 0, "valid": "gibberish", "dims": []}
             for t in synthetic.gibberish(common, 500)]
    made += [{"text": t, "sent": "neu", "urg": 0, "valid": "ad", "dims": []} for t in synthetic.ads(300)]
    for g in made:
        rows.append(Row(g["text"], "synthetic", g["sent"], {d["d"]: d["p"] for d in g["dims"]}, None, "", g))
    return rows
