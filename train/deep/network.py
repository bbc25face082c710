# SPDX-License-Identifier: Apache-2.0
"""Encoder → BiLSTM → heads: the definition that src/nlp/network.c is held against."""
import json
import math
import os

import torch
import torch.nn.functional as F
from torch import nn

DIMENSIONS = 25
POLARITIES = 4  # absent, neg, neu, pos
HEADS = {"sentiment": 3, "urgency": 3, "validity": 5, "emotion": 7, "group": 10}
LSTM = 128  # of one direction


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, f = c["hidden_size"], c["intermediate_size"]
        self.n_heads, self.eps = c["num_attention_heads"], c["layer_norm_eps"]
        self.qkv, self.out = nn.Linear(h, 3 * h), nn.Linear(h, h)
        self.up, self.down = nn.Linear(h, f), nn.Linear(f, h)
        self.norm1, self.norm2 = nn.LayerNorm(h, eps=self.eps), nn.LayerNorm(h, eps=self.eps)

    def forward(self, x, mask, drop):
        b, t, h = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.n_heads, h // self.n_heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :], dropout_p=drop)
        a = self.out(a.transpose(1, 2).reshape(b, t, h))
        x = self.norm1(x + F.dropout(a, drop, self.training))
        y = self.down(F.gelu(self.up(x)))
        return self.norm2(x + F.dropout(y, drop, self.training))


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.config = c
        h = c["hidden_size"]
        self.words = nn.Embedding(c["vocab_size"], h)
        self.places = nn.Embedding(c["max_position_embeddings"], h)
        self.norm = nn.LayerNorm(h, eps=c["layer_norm_eps"])
        self.layers = nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))

    def forward(self, ids, mask, drop):
        x = self.norm(self.words(ids) + self.places.weight[:ids.shape[1]])
        x = F.dropout(x, drop, self.training)
        for layer in self.layers:
            x = layer(x, mask, drop if self.training else 0.0)
        return x

    @staticmethod
    def load(folder):
        from safetensors.torch import load_file
        with open(os.path.join(folder, "config.json")) as f:
            c = json.load(f)
        t = {k: v.float() for k, v in load_file(os.path.join(folder, "model.safetensors")).items()}
        e = Encoder(c)
        s = {"words.weight": t["embeddings.word_embeddings.weight"],
             # every token is of type 0: its vector is part of the place's
             "places.weight": t["embeddings.position_embeddings.weight"] + t["embeddings.token_type_embeddings.weight"][0],
             "norm.weight": t["embeddings.LayerNorm.weight"], "norm.bias": t["embeddings.LayerNorm.bias"]}
        for i in range(c["num_hidden_layers"]):
            p = f"encoder.layer.{i}."
            for kind in ("weight", "bias"):
                s[f"layers.{i}.qkv.{kind}"] = torch.cat(
                    [t[p + f"attention.self.{n}.{kind}"] for n in ("query", "key", "value")])
                s[f"layers.{i}.out.{kind}"] = t[p + f"attention.output.dense.{kind}"]
                s[f"layers.{i}.up.{kind}"] = t[p + f"intermediate.dense.{kind}"]
                s[f"layers.{i}.down.{kind}"] = t[p + f"output.dense.{kind}"]
                s[f"layers.{i}.norm1.{kind}"] = t[p + f"attention.output.LayerNorm.{kind}"]
                s[f"layers.{i}.norm2.{kind}"] = t[p + f"output.LayerNorm.{kind}"]
        e.load_state_dict(s)
        return e


class Network(nn.Module):
    """Per text: a pool of its tokens for each dimension and each head (softmax of a score per token), beside [CLS].
    `embedding`: numbers of the sentence embedding, made of the mean of the encoder's vectors; 0: none."""

    def __init__(self, encoder, lstm=None, embedding=0):
        super().__init__()
        self.encoder = encoder
        h, lstm = encoder.config["hidden_size"], lstm or LSTM
        z = h + 2 * lstm
        self.lstm = nn.LSTM(h, lstm, batch_first=True, bidirectional=True)
        self.embed = nn.Linear(h, embedding) if embedding else None
        self.attend = nn.Linear(z, DIMENSIONS + len(HEADS))  # scores of tokens: dimensions first, then HEADS
        self.proof = nn.Linear(z, DIMENSIONS)  # whether a token is evidence of a dimension
        self.dimension = nn.Parameter(torch.randn(DIMENSIONS, POLARITIES, z) / math.sqrt(z))
        self.dimension_bias = nn.Parameter(torch.zeros(DIMENSIONS, POLARITIES))
        self.aspect = nn.Linear(z, 3)  # neg, neu, pos of a span
        self.head = nn.ModuleDict({name: nn.Linear(z + h, n) for name, n in HEADS.items()})
        with torch.no_grad():
            self.dimension_bias[:, 0] = 2.0

    def tokens(self, ids, mask, drop=0.0):
        x = self.encoder(ids, mask, drop)
        lengths = mask.sum(1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        y, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=ids.shape[1])
        return x, torch.cat([x, y], -1)

    def forward(self, ids, mask, drop=0.0):
        x, z = self.tokens(ids, mask, drop)
        z = F.dropout(z, drop, self.training)
        scores = self.attend(z).masked_fill(~mask[:, :, None], -1e4)
        pools = torch.einsum("btk,btz->bkz", scores.softmax(1), z)
        out = {"dimensions": torch.einsum("bdz,dpz->bdp", pools[:, :DIMENSIONS], self.dimension) + self.dimension_bias,
               "proof": self.proof(z), "z": z}
        if self.embed is not None:
            mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
            out["embedding"] = F.normalize(self.embed(mean), dim=-1)
        for i, name in enumerate(HEADS):
            out[name] = self.head[name](torch.cat([pools[:, DIMENSIONS + i], x[:, 0]], -1))
        return out
