#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes networks of random weights, small enough to be kept, and what they say of a few texts.

    train/deep/fixture.py --out tests/deep/tiny
    train/deep/fixture.py --out tests/deep/other --seed 8
"""
import argparse
import json
import os
import sys

import torch

import export
import network as definition
from tokenizer import WordPiece

CONFIG = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
          "max_position_embeddings": 192, "layer_norm_eps": 1e-12}
TEXTS = ["", "不好用", "物流太慢，等了五天！", "Wi-Fi 很好，好好好", "好" * 300, "不", "用不了，客服不理人。用不了，客服不理人。", "😀"]


def vocabulary():
    frame = ["[PAD]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "[SEP]"]
    return frame + sorted(set("不好用物流太慢等了五天很客服理人，！。-")) + ["wi", "fi", "##fi"]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True)
    p.add_argument("--seed", type=int, default=7)
    o = p.parse_args()
    os.makedirs(o.out, exist_ok=True)
    words = vocabulary()
    with open(os.path.join(o.out, "vocab.txt"), "w", encoding="utf-8") as f:
        f.write("".join(w + "\n" for w in words))
    with open(os.path.join(o.out, "encoder.json"), "w") as f:
        json.dump(CONFIG, f)
    torch.manual_seed(o.seed)
    n = definition.Network(definition.Encoder(dict(CONFIG, vocab_size=len(words))), 8, 16)
    with torch.no_grad():
        for name, x in n.named_parameters():
            x.copy_(torch.randn_like(x) * (0.6 if x.dim() > 1 else 0.3) + (1 if "norm" in name and "weight" in name else 0))
    export.write_folder(n, CONFIG, os.path.join(o.out, "vocab.txt"), os.path.basename(o.out), "1", o.out)
    twin, tokenizer = export.quantised(n), WordPiece(os.path.join(o.out, "vocab.txt"))
    with open(os.path.join(o.out, "expected.jsonl"), "w", encoding="utf-8") as f, torch.no_grad():
        for text in TEXTS:
            ids = torch.tensor([tokenizer.encode(text, export.POSITIONS)[0]])
            out = twin(ids, torch.ones_like(ids, dtype=torch.bool))
            said = {name: [round(v, 6) for v in out[name][0].reshape(-1).tolist()] for name in (*export.SHIPPED, "dimensions", "embedding")}
            f.write(json.dumps({"text": text, **said}, ensure_ascii=False) + "\n")
    os.remove(os.path.join(o.out, "encoder.json"))


if __name__ == "__main__":
    sys.exit(main())
