#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a trained network as the folder that src/nlp/network.h opens.

    train/deep/export.py --network WORK/network.pt --encoder DIR/pretrained/bge-small-zh --name accurate --version 1 \\
        --out models/accurate [--thresholds FILE.json]

Matrices become 8-bit numbers with one scale a row; `quantised` gives the network back with those weights, which is what
the C program computes with.
"""
import argparse
import json
import os
import shutil
import sys

import numpy as np
import torch

from network import HEADS, Encoder, Network

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "quick"))
from data import DIMS, SENT, VALID  # noqa: E402
from items import EMOTIONS  # noqa: E402

FORMAT = 1
POSITIONS = 192
SHIPPED = ("sentiment", "urgency", "validity", "emotion")  # of HEADS; the others serve training only


def to_bytes(weight):
    """(int8 rows, scale a row) of a matrix."""
    scale = np.maximum(np.abs(weight).max(1), 1e-12) / 127
    return np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8), scale.astype(np.float32)


def _dense(state, prefix, out, name, weight=None, bias=None):
    weight = (state[prefix + ".weight"] if weight is None else weight).numpy().astype(np.float32)
    bias = (state[prefix + ".bias"] if bias is None else bias).numpy().astype(np.float32)
    out[name + ".weight"], out[name + ".scale"] = to_bytes(weight)
    out[name + ".bias"] = bias


def arrays(state, config):
    """All arrays of the file by name."""
    out = {}
    out["words.weight"], out["words.scale"] = to_bytes(state["encoder.words.weight"].numpy())
    out["places.weight"] = state["encoder.places.weight"][:POSITIONS].numpy().astype(np.float32)

    def norm(prefix, name):
        out[name + ".scale"] = state[prefix + ".weight"].numpy().astype(np.float32)
        out[name + ".shift"] = state[prefix + ".bias"].numpy().astype(np.float32)

    norm("encoder.norm", "norm")
    for i in range(config["num_hidden_layers"]):
        for part in ("qkv", "out", "up", "down"):
            _dense(state, f"encoder.layers.{i}.{part}", out, f"layers.{i}.{part}")
        norm(f"encoder.layers.{i}.norm1", f"layers.{i}.norm1")
        norm(f"encoder.layers.{i}.norm2", f"layers.{i}.norm2")
    for name, end in (("forwards", ""), ("backwards", "_reverse")):
        bias = state["lstm.bias_ih_l0" + end] + state["lstm.bias_hh_l0" + end]
        _dense(state, "", out, f"lstm.{name}.input", state["lstm.weight_ih_l0" + end], bias)
        _dense(state, "", out, f"lstm.{name}.state", state["lstm.weight_hh_l0" + end], torch.zeros_like(bias))
    pools = len(DIMS) + len(SHIPPED)  # HEADS begins with those that are shipped
    _dense(state, "", out, "attend", state["attend.weight"][:pools], state["attend.bias"][:pools])
    _dense(state, "proof", out, "proof")
    z = state["dimension"].shape[-1]
    _dense(state, "", out, "dimension", state["dimension"].reshape(-1, z), state["dimension_bias"].reshape(-1))
    for name in SHIPPED:
        _dense(state, f"head.{name}", out, f"head.{name}")
    if "embed.weight" in state:
        _dense(state, "embed", out, "embed")
    return out


def like(network):
    """An empty network of the same shape."""
    return Network(Encoder(network.encoder.config), network.lstm.hidden_size,
                   network.embed.out_features if network.embed is not None else 0)


def restore(path, config):
    """The network of a checkpoint or of what training left."""
    saved = torch.load(path, weights_only=True)
    state = saved.get("network", saved)
    embedding = state["embed.weight"].shape[0] if "embed.weight" in state else 0
    network = Network(Encoder(config), state["lstm.weight_hh_l0"].shape[1], embedding)
    network.load_state_dict(state)
    return network


def quantised(network):
    """The network with the weights that the file has."""
    state = {k: v.detach().clone() for k, v in network.state_dict().items()}

    def through(weight):
        rows, scale = to_bytes(weight.numpy())
        return torch.from_numpy(rows.astype(np.float32) * scale[:, None])

    for key, value in state.items():
        if key.endswith("places.weight") or "bias" in key or value.dim() < 2:
            continue
        state[key] = through(value.reshape(-1, value.shape[-1])).reshape(value.shape)
    twin = like(network)
    twin.load_state_dict(state)
    return twin.eval()


def write(path, tensors):
    """safetensors, arrays aligned to eight bytes."""
    types = {np.dtype(np.int8): "I8", np.dtype(np.float32): "F32"}
    header, at, blobs = {}, 0, []
    for name in sorted(tensors, key=lambda n: (tensors[n].dtype != np.float32, n)):  # floats first: aligned
        a = np.ascontiguousarray(tensors[name])
        header[name] = {"dtype": types[a.dtype], "shape": list(a.shape), "data_offsets": [at, at + a.nbytes]}
        blobs.append(a.tobytes())
        at += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        for b in blobs:
            f.write(b)


def write_folder(network, config, vocabulary, name, version, out, thresholds=None):
    os.makedirs(out, exist_ok=True)
    assert list(HEADS)[:len(SHIPPED)] == list(SHIPPED)
    write(os.path.join(out, "model.safetensors"), arrays(network.state_dict(), config))
    with open(os.path.join(out, "config.json"), "w") as f:
        json.dump({"kind": "network", "format": FORMAT, "name": name, "version": version,
                   "hidden": config["hidden_size"], "layers": config["num_hidden_layers"],
                   "heads": config["num_attention_heads"], "feed_forward": config["intermediate_size"],
                   "lstm": network.lstm.hidden_size, "positions": POSITIONS,
                   "embedding": network.embed.out_features if network.embed is not None else 0,
                   "thresholds": thresholds or {"urgent": 0.5, "present": [0.5] * len(DIMS)}}, f, indent=1)
    with open(os.path.join(out, "labels.json"), "w") as f:
        json.dump({"sentiment": list(SENT), "dimensions": list(DIMS), "urgency": ["0", "1", "2"], "validity": list(VALID),
                   "emotion": list(EMOTIONS)}, f, indent=1)
    target = os.path.join(out, "vocab.txt")
    if os.path.abspath(vocabulary) != os.path.abspath(target):
        shutil.copyfile(vocabulary, target)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("network", "encoder", "name", "version", "out"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--thresholds")
    o = p.parse_args()
    with open(os.path.join(o.encoder, "config.json")) as f:
        config = json.load(f)
    network = restore(o.network, config)
    thresholds = None
    if o.thresholds:
        with open(o.thresholds) as f:
            thresholds = json.load(f)
    write_folder(network, config, os.path.join(o.encoder, "vocab.txt"), o.name, o.version, o.out, thresholds)


if __name__ == "__main__":
    main()
