#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes models/lexicon/bigrams.dat: how often one ideograph follows another in customers' texts, for telling
language from random keys (src/nlp/bigram.h). Only counts leave the corpus. One text in ten (by hash) is left out, so
that rates can be measured on texts the table has not seen.

    train/lexicon/bigrams.py FILE.tsv … > models/lexicon/bigrams.dat      (the last column of a line is its text)

Layout: "HSBIGRAM1\n\0…" to 16 bytes; 65536 bytes: 8·log2(1 + count) by code point; 2^19 little-endian uint16 slots:
fingerprint << 4 | level, level = 1 + floor(log2(count)) ≤ 15, 0 = free; linear probing.
"""
import collections
import math
import re
import struct
import sys

SLOTS = 1 << 19
KEEP = 400_000
MASK = (1 << 64) - 1


def hash_u64(x):
    x ^= x >> 32
    x = x * 0xd6e8feb86659fd93 & MASK
    x ^= x >> 32
    x = x * 0xd6e8feb86659fd93 & MASK
    return x ^ x >> 32


def held_out(text):
    h = 0
    for ch in re.sub(r'[^\w]', '', text).lower():
        h = hash_u64(h ^ ord(ch))
    return h % 10 == 0


def main():
    one, two = collections.Counter(), collections.Counter()
    run = re.compile('[\u4e00-\u9fff]+')
    for path in sys.argv[1:]:
        for line in open(path, encoding='utf-8', errors='replace'):
            text = line.rstrip('\n').split('\t')[-1].split('####')[0]
            if path.find('acos') >= 0:
                text = text.replace(' ', '')
            if held_out(text):
                continue
            for s in run.findall(text):
                one.update(s)
                two.update(zip(s, s[1:]))
    best = [(p, n) for p, n in two.most_common(KEEP) if n >= 2]
    slots = [0] * SLOTS
    for (a, b), n in best:
        h = hash_u64(ord(a) << 32 | ord(b))
        i = h & (SLOTS - 1)
        while slots[i]:
            i = (i + 1) & (SLOTS - 1)
        slots[i] = (h >> 52) << 4 | min(15, 1 + int(math.log2(n)))
    out = sys.stdout.buffer
    out.write(b'HSBIGRAM1\n'.ljust(16, b'\0'))
    out.write(bytes(min(255, round(8 * math.log2(1 + one.get(chr(c), 0)))) for c in range(65536)))
    out.write(struct.pack('<%dH' % SLOTS, *slots))
    print(f'{sum(one.values())} characters, {len(two)} pairs, {len(best)} kept', file=sys.stderr)


main()
