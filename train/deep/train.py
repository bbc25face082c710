#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fine-tunes a pretrained encoder for all heads at once. Stopped at any moment it goes on where it was ten minutes before.

    train/deep/train.py --data DIR --encoder DIR/pretrained/bge-small-zh --work WORK [--seed 1]

WORK holds the checkpoint and, at the end, network.pt. Texts of the held-out tenth are never seen; the figures printed
on the way are of the validation tenth.
"""
import argparse
import os
import pickle
import random
import time

import torch
import torch.nn.functional as F

import items
import figures
from network import HEADS, Encoder, Network
from tokenizer import WordPiece

MAX_TOKENS = 160
BATCH_TOKENS = 1800
RATE, HEAD_RATE = 7e-5, 6e-4
WARM_UP = 0.06
DROP = 0.1
SAVE_EVERY = 600  # seconds
WEIGHTS = {"sentiment": 1.0, "urgency": 0.8, "validity": 0.4, "emotion": 0.4, "group": 0.4}


def collate(batch, pad):
    longest = max(len(s.ids) for s in batch)
    ids = torch.full((len(batch), longest), pad)
    for i, s in enumerate(batch):
        ids[i, :len(s.ids)] = torch.tensor(s.ids)
    return ids, ids != pad


def _classes(batch, name):
    """Row numbers and classes of the samples that have one."""
    have = [(i, getattr(s, name)) for i, s in enumerate(batch) if getattr(s, name) is not None]
    return [i for i, _ in have], torch.tensor([c for _, c in have], dtype=torch.long)


def _sentiment(batch, logits):
    rows, classes = _classes(batch, "sentiment")
    if not rows:
        return 0.0
    x = logits[rows].clone()
    for k, i in enumerate(rows):  # who could say good or bad only has not said that it is not neutral
        if batch[i].binary:
            x[k, 1] = -1e4
    w = torch.tensor([batch[i].weight for i in rows])
    return (F.cross_entropy(x, classes, reduction="none", label_smoothing=0.0) * w).sum()


def _dimensions(batch, out):
    b, d, c = [], [], []
    w = []
    for i, s in enumerate(batch):
        for j, k in s.dims.items():
            b.append(i), d.append(j), c.append(k), w.append(s.weight)
    if not b:
        return 0.0
    x = F.cross_entropy(out["dimensions"][b, d], torch.tensor(c), reduction="none")
    return (x * torch.tensor(w)).sum()


def _proofs(batch, out):
    total = 0.0
    for i, s in enumerate(batch):
        for j, (a, b) in s.proofs.items():
            inside = items.tokens_of(s, a, b)
            if inside:
                y = torch.zeros(len(s.ids))
                y[inside] = 1
                total = total + F.binary_cross_entropy_with_logits(out["proof"][i, :len(s.ids), j], y)
    return total


def _spans(network, batch, out):
    pools, classes = [], []
    for i, s in enumerate(batch):
        for a, b, p in s.spans:
            inside = items.tokens_of(s, a, b)
            if inside:
                pools.append(out["z"][i, inside].mean(0)), classes.append(p)
    if not pools:
        return 0.0
    return F.cross_entropy(network.aspect(torch.stack(pools)), torch.tensor(classes), reduction="sum")


def loss_of(network, batch, pad):
    ids, mask = collate(batch, pad)
    out = network(ids, mask, DROP)
    loss = _sentiment(batch, out["sentiment"]) * WEIGHTS["sentiment"]
    for name in HEADS:
        rows, classes = _classes(batch, name)
        if name != "sentiment" and rows:
            loss = loss + WEIGHTS[name] * F.cross_entropy(out[name][rows], classes, reduction="sum")
    loss = loss + 0.5 * _dimensions(batch, out) + 0.4 * _proofs(batch, out) + 0.4 * _spans(network, batch, out)
    return loss / len(batch)


def rate_at(done):
    return min(done / WARM_UP, (1 - done) / (1 - WARM_UP))


class Run:
    def __init__(self, o):
        self.path = os.path.join(o.work, "checkpoint.pt")
        self.tokenizer = WordPiece(os.path.join(o.encoder, "vocab.txt"))
        self.samples = self._samples(o)
        torch.manual_seed(o.seed)
        self.network = Network(Encoder.load(o.encoder))
        encoder = [p for p in self.network.encoder.parameters()]
        ids = {id(p) for p in encoder}
        self.optimiser = torch.optim.AdamW(
            [{"params": encoder, "lr": RATE, "peak": RATE},
             {"params": [p for p in self.network.parameters() if id(p) not in ids], "lr": HEAD_RATE, "peak": HEAD_RATE}],
            weight_decay=0.01)
        rng = random.Random(o.seed)
        self.plan = [b for p in items.schedule(self.samples, o.seed) for b in items.batches(p, BATCH_TOKENS, rng)]
        self.step, self.seconds = 0, 0.0
        if os.path.exists(self.path):
            c = torch.load(self.path, weights_only=True)
            self.network.load_state_dict(c["network"])
            self.optimiser.load_state_dict(c["optimiser"])
            self.step, self.seconds = c["step"], c["seconds"]
            torch.manual_seed(o.seed + self.step)

    def _samples(self, o):
        path = os.path.join(o.work, "samples.pickle")
        if not os.path.exists(path):
            made = items.encode(items.samples(o.data), self.tokenizer, MAX_TOKENS)
            with open(path + ".new", "wb") as f:
                pickle.dump(made, f)
            os.replace(path + ".new", path)
        with open(path, "rb") as f:
            return pickle.load(f)

    def save(self):
        torch.save({"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict(), "step": self.step,
                    "seconds": self.seconds}, self.path + ".new")
        os.replace(self.path + ".new", self.path)

    def train(self):
        begun = saved = time.time()
        mean, n = 0.0, len(self.plan)
        self.network.train()
        while self.step < n:
            for g in self.optimiser.param_groups:
                g["lr"] = g["peak"] * rate_at((self.step + 1) / (n + 1))
            loss = loss_of(self.network, self.plan[self.step], self.tokenizer.pad)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
            self.optimiser.step()
            self.optimiser.zero_grad(set_to_none=True)
            self.step += 1
            mean = 0.98 * mean + 0.02 * loss.item() if mean else loss.item()
            if self.step % 50 == 0:
                print(f"step {self.step}/{n} loss {mean:.3f} {time.time() - begun:.0f} s", flush=True)
            if time.time() - saved > SAVE_EVERY:
                self.seconds += time.time() - saved
                saved = time.time()
                self.save()
            if self.step % 1000 == 0:
                figures.show(self.network, self.tokenizer, self.samples, items.VALIDATION, few=True)
                self.network.train()
        self.save()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--encoder", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    os.makedirs(o.work, exist_ok=True)
    run = Run(o)
    run.train()
    torch.save(run.network.state_dict(), os.path.join(o.work, "network.pt"))
    figures.show(run.network, run.tokenizer, run.samples, items.VALIDATION)


if __name__ == "__main__":
    main()
