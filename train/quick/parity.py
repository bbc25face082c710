# SPDX-License-Identifier: Apache-2.0
"""Holds the C implementation against this one: parity.py --model models/quick --binary build/huisheng FILE.
FILE: JSON lines with `text`. Prints differing labels and the largest difference of a probability."""
import argparse
import json
import subprocess
import sys

import model as md


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--model", required=True)
    ap.add_argument("--binary", required=True)
    ap.add_argument("file")
    a = ap.parse_args()
    lines = [json.loads(line) for line in open(a.file, encoding="utf-8")]
    out = subprocess.run([a.binary, "nlp", "analyse", "--quiet", "--model", a.model, a.file], check=True,
                         capture_output=True).stdout.decode().splitlines()
    theirs = [json.loads(line) for line in out]
    ours = md.load(a.model).predict([x["text"] for x in lines])
    worst = differ = 0
    for line, p, c in zip(lines, ours, theirs):
        q = c["sentiment"]["probs"]
        d = max(abs(p["probs"][k] - q[s]) for k, s in enumerate(("neg", "neu", "pos")))
        same = (p["sentiment"] == c["sentiment"]["label"] and p["urgency"] == c["urgency"]["level"] and
                p["validity"] == c["validity"]["label"])
        mine = {(x[0], x[1]): x[2] for x in p["aspects"]}
        other = {(x["code"], x["polarity"]): x["score"] for x in c["dimensions"]}
        same = same and set(mine) == set(other)
        d = max([d] + [abs(mine[k] - other[k]) for k in mine if k in other])
        worst = max(worst, d)
        if not same:
            differ += 1
            if differ <= 5:
                print("differs:", json.dumps(line["text"], ensure_ascii=False)[:200], p, c, file=sys.stderr)
    print(f"{len(ours)} texts, {differ} with another label, largest difference {worst:.6f}")
    return differ > 0 or worst > 1e-3


if __name__ == "__main__":
    sys.exit(main())
