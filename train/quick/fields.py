# SPDX-License-Identifier: Apache-2.0
"""How the model does in a field it has never seen: fields.py --data DIR [--json FILE]. For each field of the written
texts heads, networks and thresholds are made without it and asked about it. About twenty minutes."""
import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np

import measure
import model as md
import train as tr
from features import Corpus


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--json")
    a = ap.parse_args()
    items, lab, wide, deep, x = tr.prepare(a.data)
    t = tr.assemble(items, lab, x, wide, a.jobs)
    field = np.array([(i.written or {}).get("field", "") for i in items])
    th = measure.choose_thresholds(tr.cross(t), t)
    sent, urg, valid, said, gold = [], [], [], [], []
    for name in sorted(set(field) - {"", "none"}):
        out = field == name
        _, small, w = tr.train_heads(lab, x, (lab.bucket > 0) & ~out)
        nets = tr.fit_nets(t, t["field"] != name)
        docs, clauses = np.flatnonzero(out), np.flatnonzero(out[lab.cdoc])
        sub = Corpus([items[i].text for i in docs])
        shape, has_words = md.shapes(sub, wide)
        g, dims, rows, _, doc = md.vectors(sub, *[small[p][r] @ w[p][0] + w[p][1] for p, r in
                                                  (("wide", docs), ("text", docs), ("clause", clauses))], shape)
        v = np.array([md.decide_validity(p, h, th) for p, h in zip(nets["validity"].predict(g), has_words)])
        sent.append(nets["sentiment"].predict(g))
        urg.append([md.decide_urgency(p, th) for p in nets["urgency"].predict(g)])
        valid.append(v)
        said += measure.said_aspects(nets["aspect"].predict(rows, dims), doc, dims, len(docs), th["aspect"], v > 0)
        gold += [items[i].written for i in docs]
        tr.log(name, len(docs))
    out = measure.figures(np.concatenate(sent), np.concatenate(urg), np.concatenate(valid), said, gold)
    print(json.dumps(out, indent=1))
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump(out, f, indent=1)


if __name__ == "__main__":
    main()
