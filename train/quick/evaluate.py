# SPDX-License-Identifier: Apache-2.0
"""Measures a built program on the held-out texts: evaluate.py --data DIR --binary build/huisheng --model models/quick
[--json FILE]. Held out: hash of the normalised text 0 of 10, in every family; the shipped weights have never seen
them. Also prints the cross-validated figures that training left in config.json. All intervals are 95 %."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np

import corpus as cp
import data
import measure


def ask(binary, model, texts):
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson", encoding="utf-8") as f:
        for i, t in enumerate(texts):
            f.write(json.dumps({"id": i, "text": t}, ensure_ascii=False) + "\n")
        f.flush()
        out = subprocess.run([binary, "nlp", "analyse", "--quiet", "--model", model, f.name],
                             check=True, capture_output=True).stdout.decode()
    answers = [json.loads(line) for line in out.splitlines()]
    assert [a["id"] for a in answers] == list(range(len(texts)))
    return answers


def probabilities(answers):
    return np.array([[a["sentiment"]["probs"][s] for s in data.SENT] for a in answers])


def two_class(answers, truth):
    p = probabilities(answers)
    return measure.interval((p[:, 2] > p[:, 0]) == np.array([t == "pos" for t in truth]), measure.mean)


def evidence(answers, gold):
    """Character overlap of the proofs of dimensions that both name, pooled; and with what is missed counted."""
    rows = []
    for a, g in zip(answers, gold):
        said = {d["code"]: d["evidence"] for d in a["dimensions"]}
        for d in g["dims"]:
            span = cp.find_span(g["text"], d["e"])
            if span is None:
                continue
            e = said.get(d["d"])
            if e:
                both = max(0, min(e["end"], span[1]) - max(e["start"], span[0]))
                rows.append([both, e["end"] - e["start"], span[1] - span[0]])
    f = lambda v: 2 * v[:, 0].sum() / max(v[:, 1].sum() + v[:, 2].sum(), 1)
    hit = lambda v: (v[:, 0] > 0).mean()
    v = np.array(rows, float).reshape(-1, 3)
    return {"character_f1": measure.interval(v, f), "touches": measure.interval(v, hit)}


def of_gold(answers, gold):
    said = [[(d["code"], d["polarity"]) for d in a["dimensions"]] for a in answers]
    urg = np.array([a["urgency"]["level"] for a in answers])
    valid = np.array([data.VALID.index(a["validity"]["label"]) for a in answers])
    out = measure.figures(probabilities(answers), urg, valid, said, gold)
    out["evidence"] = evidence(answers, gold)
    return out


def show(name, v, indent=0):
    pad = "  " * indent
    if isinstance(v, dict) and "value" in v:
        print(f"{pad}{name:<28} {100 * v['value']:6.2f}   [{100 * v['low']:.2f}, {100 * v['high']:.2f}]   n = {v['n']}")
    elif isinstance(v, dict):
        print(pad + name)
        for k, x in v.items():
            show(k, x, indent + 1)
    else:
        print(f"{pad}{name:<28} {v}")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--binary", required=True)
    ap.add_argument("--model", required=True)
    ap.add_argument("--json")
    a = ap.parse_args()
    items = [i for i in cp.gather(data.load(a.data)) if i.bucket == 0]
    out = {"held_out": {}}
    # texts labelled by hand keep the label of their source in the two-class sets
    binary = {}
    for r in data.load(a.data):
        if r.family == "binary":
            binary.setdefault(data.norm(r.text) or r.text, set()).add(r.sent)
    for name in ("shopping", "delivery"):
        chosen = [i for i in items if getattr(i, "shop" if name == "shopping" else "delivery")]
        chosen = [i for i in chosen if len(binary[data.norm(i.text) or i.text]) == 1]
        truth = [next(iter(binary[data.norm(i.text) or i.text])) for i in chosen]
        out["held_out"][name + "_2class"] = two_class(ask(a.binary, a.model, [i.text for i in chosen]), truth)
    for name in ("gold", "written"):
        chosen = [i for i in items if getattr(i, name)]
        out["held_out"][name] = of_gold(ask(a.binary, a.model, [i.text for i in chosen]),
                                        [getattr(i, name) for i in chosen])
    for family in ("airline", "app", "absa_en"):
        chosen = [i for i in items if family in i.families and i.sent and not i.gold]
        p = probabilities(ask(a.binary, a.model, [i.text for i in chosen]))
        truth = np.array([data.SENT.index(i.sent) for i in chosen])
        polar = truth != 1
        out["held_out"]["english_" + family] = {
            "3class": measure.interval(p.argmax(1) == truth, measure.mean),
            "2class": measure.interval(((p[:, 2] > p[:, 0]) == (truth == 2))[polar], measure.mean)}
    with open(os.path.join(a.model, "config.json"), encoding="utf-8") as f:
        out["cross_validation"] = json.load(f)["cross_validation"]
    for k, v in out.items():
        show(k, v)
    if a.json:
        with open(a.json, "w", encoding="utf-8") as f:
            json.dump(out, f, indent=1)


if __name__ == "__main__":
    main()
