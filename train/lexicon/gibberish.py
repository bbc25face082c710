#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the weights of logit() in src/nlp/noise_gibberish.c and writes src/nlp/noise_gibberish.inc.

    train/lexicon/gibberish.py DATA FEATURES > src/nlp/noise_gibberish.inc

DATA: the folder with text/ and gold/. FEATURES: a program that prints, for each line of a file, the tab-separated members n_han,
n_joints, lift, bad, single, home, step, opinion, function, char_ln, word_cost, rare (train/lexicon/features.c). Random texts are
simulated: keys of the home row through an input method that offers the most frequent word with those first letters, random
ideographs, random words. Written texts are real ones that bigrams.dat has not seen and half of gold/zh_written.jsonl (even ids).
Needs numpy and scikit-learn.
"""
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bigrams import held_out, initial

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
R = random.Random(3)


def word_list():
    by_initials, words, weights = collections.defaultdict(list), [], []
    for line in open(os.path.join(ROOT, 'models/lexicon/words.txt'), encoding='utf-8'):
        p = line.rstrip('\n').split('\t')
        if len(p) < 3 or not re.fullmatch('[\u4e00-\u9fff]{1,4}', p[0]):
            continue
        by_initials[''.join(chr(initial(ord(c)) or 63) for c in p[0])].append((int(p[1]), p[0]))
        words.append(p[0])
        weights.append(int(p[1]) ** 0.6)
    for k in by_initials:
        by_initials[k].sort(reverse=True)
    return by_initials, words, weights


def keys():
    n, kind, s = R.randint(8, 24), R.random(), ''
    if kind < .35:  # sliding along a row and back
        row = 'asdfghjkl' if R.random() < .8 else 'qwertyuiop'
        i, step = R.randrange(len(row)), 1
        while len(s) < n:
            s += row[i]
            i += step
            if i in (0, len(row) - 1) or R.random() < .15:
                step = -step
            i = max(0, min(len(row) - 1, i))
        return s
    if kind < .9:
        return ''.join(R.choice('asdfghjkl' if R.random() < .85 else 'qwertyuiopzxcvbnm') for _ in range(n))
    return (''.join(R.choice('asdfghjkl') for _ in range(R.randint(2, 4))) * 12)[:n]


def through_input_method(s, by_initials):
    out, i = '', 0
    while i < len(s):
        for length in ([4, 3, 2, 1] if R.random() < .5 else [2, 3, 1]):
            offers = by_initials.get(s[i:i + length])
            if offers and len(s[i:i + length]) == length:
                out += R.choice(offers[:3])[1] if R.random() < .5 else offers[0][1]
                i += length
                break
        else:
            i += 1
    return out


def random_texts():
    by_initials, words, weights = word_list()
    texts = []
    while len(texts) < 4000:
        t = through_input_method(keys(), by_initials)
        if len(t) >= 6:
            texts.append(t if R.random() < .8 else t[:len(t) // 2] + '，' + t[len(t) // 2:])
    characters = ''.join(words[::7])
    texts += [''.join(R.choice(characters) for _ in range(R.randint(6, 20))) for _ in range(1000)]
    texts += [''.join(R.choices(words, weights, k=R.randint(4, 9))) for _ in range(1500)]
    return texts


def written_texts(data):
    text = lambda name: [x.rstrip('\n').split('\t')[-1] for x in open(os.path.join(data, 'text', name), encoding='utf-8')]
    real = [t for f in ('zh_binary.tsv', 'zh_3class.tsv', 'bdci_car.tsv', 'zh_restaurant_unlabelled.tsv') for t in text(f) if held_out(t)]
    R.shuffle(real)
    chats = [t.replace(' ', '') for t in text('csds_reference_summaries/PGN_refs.txt')]
    gold = [json.loads(x) for x in open(os.path.join(data, 'gold/zh_written.jsonl'), encoding='utf-8')]
    gold = [o['text'] for o in gold if o['valid'] in ('ok', 'irrelevant') and int(o['id'][1:]) % 2 == 0]
    return [(real[:12000], 1), (text('weibo_emotion_virus.tsv')[:6000], 1), (chats[:2400], 1), (gold, 6)]


def members(program, texts):
    with tempfile.NamedTemporaryFile('w', suffix='.txt', encoding='utf-8') as f:
        f.writelines(re.sub(r'[\r\n]', ' ', t) + '\n' for t in texts)
        f.flush()
        out = subprocess.run([program, f.name], capture_output=True, text=True, check=True).stdout
    m = np.array([[float(x) for x in line.split('\t')] for line in out.strip('\n').split('\n')])
    m = m[(m[:, 0] >= 6) & (m[:, 1] >= 3)]
    x = m[:, 2:]
    weight = np.sqrt(np.minimum(m[:, 1], 12) / 12)[:, None]
    return np.hstack([x, x[:, [0, 1, 3, 4]] * weight, np.log1p(np.minimum(m[:, 0], 40))[:, None]])


def main():
    data, program = sys.argv[1:3]
    parts = [(members(program, random_texts()), 1, True)]
    parts += [(members(program, texts), weight, False) for texts, weight in written_texts(data)]
    x = np.vstack([p[0] for p in parts])
    y = np.concatenate([np.full(len(p[0]), p[2]) for p in parts])
    weight = np.concatenate([np.full(len(p[0]), p[1]) for p in parts])
    mean, spread = x.mean(0), x.std(0) + 1e-9
    fit = LogisticRegression(max_iter=2000).fit((x - mean) / spread, y, sample_weight=weight)
    w = list(fit.coef_[0] / spread) + [fit.intercept_[0] - (fit.coef_[0] * mean / spread).sum()]
    print('// Written by train/lexicon/gibberish.py: weights of the members of logit(), the constant last.')
    print(', '.join(f'{v:.3f}' for v in w) + ',')


main()
