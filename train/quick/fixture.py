# SPDX-License-Identifier: Apache-2.0
"""Writes tests/quick/parity.jsonl: what the Python model says of texts written for this project.
fixture.py --model models/quick --out tests/quick/parity.jsonl"""
import argparse
import itertools
import json

import model as md
import synthetic

_THING = ("物流", "客服", "质量", "味道", "房间", "屏幕", "包装", "价格", "电池", "售后", "APP", "前台", "课程", "骑手", "发票")
_SAYS = ("很好", "太差了", "一般般", "比上次好多了", "让人失望！！", "没得说", "还行吧")
_TAIL = ("", "，会回购", "，但是太贵", "。联系了3次没人理，要打12315", " 下次不来了", "，请问怎么退货？", "……", "👍")
_ODD = ("", " ", "。", "！！！！", "ＡＢＣ１２３　全角", "Ｉ'm ok", "don’t buy", "质量好\n物流慢\n服务好", "好\u200b评", "1.5升装，3,000元", "加V：abc12345678",
        "啊啊啊啊啊啊啊", "𠮷野家的牛肉飯", "とても良い", "質量很差，態度惡劣", "再好不过了", "不是不好，只是不值这个价", "可惜了，然而没用",
        "没有逗号的很长一句话就是说了半天也没有停下来的意思因为这个商品实在是让我太失望了所以我决定再也不来买了真的")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--model", required=True)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    texts = list(_ODD) + [g["text"] for g in synthetic.english()]
    texts += ["".join(p) for i, p in enumerate(itertools.product(_THING, _SAYS, _TAIL)) if i % 7 == 0]
    with open(a.out, "w", encoding="utf-8") as f:
        for t, p in zip(texts, md.load(a.model).predict(texts)):
            f.write(json.dumps({"text": t, "sentiment": [round(float(x), 5) for x in p["probs"]],
                                "urgency": [round(float(x), 5) for x in p["urgency_probs"]],
                                "validity": p["validity"],
                                "aspects": [[d, s, round(q, 5)] for d, s, q, _ in p["aspects"]]},
                               ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
