#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small network of the large one: what the teacher says of labelled and unlabelled texts, and the embedding that
the pretrained encoder gives them, is what the student learns; hand-labelled texts teach beside. Stopped at any moment it
goes on where it was ten minutes before.

    train/deep/distil.py --data DIR --encoder DIR/pretrained/bge-small-zh --teacher WORK/network.pt --work WORK2

WORK2 holds what the teacher said (answers-N.pt), the checkpoint and, at the end, network.pt. Held-out texts are not asked
about.
"""
import argparse
import json
import os
import pickle
import random
import time

import torch
import torch.nn.functional as F

import export
import figures
import items
import train
from network import HEADS, Encoder, Network
from tokenizer import WordPiece

SHAPE = {"hidden_size": 256, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 1024,
         "max_position_embeddings": 192, "layer_norm_eps": 1e-12}
LSTM, EMBEDDING = 64, 256
PART = 4000  # texts whose answers are kept in one file
BATCH_TOKENS, RATE, PASSES = 4000, 8e-4, 6
SAVE_EVERY = 600


def texts_of(root, samples, tokenizer):
    """All texts that may teach: the samples' and the unlabelled ones, held-out and validation hashes left out."""
    seen = {items.data.norm(s.text) for s in samples}
    out = [s for s in samples if s.bucket not in (items.HELD_OUT, items.VALIDATION)]
    for r in items.data.load(root):
        key = items.data.norm(r.text)
        if r.family == "unlabelled" and key and key not in seen:
            seen.add(key)
            s = items.Sample(r.text, "unlabelled")
            if s.bucket not in (items.HELD_OUT, items.VALIDATION):
                out.append(s)
    return items.encode(out, tokenizer, train.MAX_TOKENS)


@torch.no_grad()
def ask(teacher, encoder, batch, pad):
    """What is learnt of each text of a batch: logits of the heads, proof by token, embedding."""
    ids, mask = train.collate(batch, pad)
    out = teacher(ids, mask)
    embedding = F.normalize(encoder(ids, mask, 0.0)[:, 0], dim=-1)
    told = []
    for i, s in enumerate(batch):
        told.append({"heads": torch.cat([out[n][i] for n in HEADS] + [out["dimensions"][i].reshape(-1)]).half(),
                     "proof": out["proof"][i, :len(s.ids)].half(), "embedding": embedding[i].half()})
    return told


def answers(o, teacher, encoder, chosen, pad):
    """Answers of all texts, part by part, kept in files."""
    teacher.eval(), encoder.eval()
    told = []
    for part in range(0, len(chosen), PART):
        path = os.path.join(o.work, f"answers-{part // PART}.pt")
        if not os.path.exists(path):
            some = chosen[part:part + PART]
            order = sorted(range(len(some)), key=lambda i: len(some[i].ids))
            mine, at = [None] * len(some), 0
            while at < len(order):
                n = 1
                while at + n < len(order) and (n + 1) * len(some[order[at + n]].ids) <= BATCH_TOKENS:
                    n += 1
                for i, a in zip(order[at:at + n], ask(teacher, encoder, [some[i] for i in order[at:at + n]], pad)):
                    mine[i] = a
                at += n
            torch.save(mine, path + ".new")
            os.replace(path + ".new", path)
            print(f"asked {part + len(some)} of {len(chosen)}", flush=True)
        told += torch.load(path, weights_only=True)
    return told


def projection(told):
    """The directions in which embeddings differ most, EMBEDDING of them (principal axes)."""
    x = torch.stack([a["embedding"].float() for a in told[::max(1, len(told) // 20000)]])
    _, _, v = torch.linalg.svd(x, full_matrices=False)
    return v[:EMBEDDING].T


def new_student(config, teacher):
    """Words begin as the teacher's, in the directions in which those differ most."""
    student = Network(Encoder(dict(SHAPE, vocab_size=config["vocab_size"])), LSTM, EMBEDDING)
    with torch.no_grad():
        words = teacher.encoder.words.weight
        _, _, v = torch.linalg.svd(words - words.mean(0), full_matrices=False)
        small = (words - words.mean(0)) @ v[:SHAPE["hidden_size"]].T
        student.encoder.words.weight.copy_(small * (0.05 / small.std()))
        student.encoder.places.weight.normal_(0, 0.02)
    return student


def loss_of(student, batch, told, directions, pad):
    ids, mask = train.collate(batch, pad)
    out = student(ids, mask, 0.05)
    want = torch.stack([t["heads"].float() for t in told])
    at, loss = 0, 0.0
    for name, n in HEADS.items():
        loss = loss + F.kl_div(out[name].log_softmax(-1), want[:, at:at + n].log_softmax(-1), reduction="batchmean",
                               log_target=True)
        at += n
    shape = out["dimensions"].shape
    loss = loss + 0.5 * F.kl_div(out["dimensions"].log_softmax(-1), want[:, at:].reshape(shape).log_softmax(-1),
                                 reduction="sum", log_target=True) / len(batch)
    proof = sum(F.mse_loss(out["proof"][i, :len(s.ids)], t["proof"].float().clamp(-8, 8)) for i, (s, t) in enumerate(zip(batch, told)))
    target = F.normalize(torch.stack([t["embedding"].float() for t in told]) @ directions, dim=-1)
    alike = (1 - (out["embedding"] * target).sum(-1)).mean()
    loss = loss + 0.05 * proof / len(batch) + 2.0 * alike
    own = [i for i, s in enumerate(batch) if s.gold]
    if own:
        mine = [batch[i] for i in own]
        part = {k: v[own] for k, v in out.items()}
        hard = train._sentiment(mine, part["sentiment"]) + 0.5 * train._dimensions(mine, part) + 0.4 * train._proofs(mine, part)
        rows, classes = train._classes(mine, "urgency")
        hard = hard + 0.8 * F.cross_entropy(part["urgency"][rows], classes, reduction="sum")
        loss = loss + 0.5 * hard / len(batch)
    return loss


class Run:
    def __init__(self, o):
        with open(os.path.join(o.encoder, "config.json")) as f:
            config = json.load(f)
        self.path = os.path.join(o.work, "checkpoint.pt")
        self.tokenizer = WordPiece(os.path.join(o.encoder, "vocab.txt"))
        teacher = export.restore(o.teacher, config)
        with open(o.samples or os.path.join(os.path.dirname(o.teacher), "samples.pickle"), "rb") as f:
            self.samples = pickle.load(f)
        chosen = texts_of(o.data, self.samples, self.tokenizer)
        chosen = random.Random(o.seed).sample(chosen, min(len(chosen), o.limit or len(chosen)))
        told = answers(o, teacher, Encoder.load(o.encoder), chosen, self.tokenizer.pad)
        self.directions = projection(told)
        torch.manual_seed(o.seed)
        self.student = new_student(config, teacher)
        self.optimiser = torch.optim.AdamW(self.student.parameters(), lr=RATE, weight_decay=0.01)
        self.told = {id(s): t for s, t in zip(chosen, told)}
        own = [s for s in chosen if s.gold]
        rng = random.Random(o.seed)
        self.plan = [b for _ in range(PASSES) for b in items.batches(chosen + 2 * own, BATCH_TOKENS, rng)]
        self.step = 0
        if os.path.exists(self.path):
            c = torch.load(self.path, weights_only=True)
            self.student.load_state_dict(c["network"])
            self.optimiser.load_state_dict(c["optimiser"])
            self.step = c["step"]
            torch.manual_seed(o.seed + self.step)

    def save(self):
        torch.save({"network": self.student.state_dict(), "optimiser": self.optimiser.state_dict(), "step": self.step},
                   self.path + ".new")
        os.replace(self.path + ".new", self.path)

    def train(self):
        saved, n, mean = time.time(), len(self.plan), 0.0
        self.student.train()
        while self.step < n:
            batch = self.plan[self.step]
            for g in self.optimiser.param_groups:
                g["lr"] = RATE * train.rate_at((self.step + 1) / (n + 1))
            loss = loss_of(self.student, batch, [self.told[id(s)] for s in batch], self.directions, self.tokenizer.pad)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.student.parameters(), 2.0)
            self.optimiser.step()
            self.optimiser.zero_grad(set_to_none=True)
            self.step += 1
            mean = 0.98 * mean + 0.02 * loss.item() if mean else loss.item()
            if self.step % 100 == 0:
                print(f"step {self.step}/{n} loss {mean:.3f}", flush=True)
            if time.time() - saved > SAVE_EVERY:
                saved = time.time()
                self.save()
            if self.step % 2000 == 0:
                figures.show(self.student, self.tokenizer, self.samples, items.VALIDATION, few=True)
                self.student.train()
        self.save()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "encoder", "teacher", "work"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--samples", help="samples.pickle of the teacher's training; beside the teacher")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--limit", type=int, help="only so many texts: to try it")
    o = p.parse_args()
    os.makedirs(o.work, exist_ok=True)
    run = Run(o)
    run.train()
    torch.save(run.student.state_dict(), os.path.join(o.work, "network.pt"))
    figures.show(run.student, run.tokenizer, run.samples, items.VALIDATION)


if __name__ == "__main__":
    main()
