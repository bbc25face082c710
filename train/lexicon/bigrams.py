#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes models/lexicon/bigrams.dat: how often one ideograph follows another in customers' texts, for telling
language from random keys (src/nlp/bigram.h). Only counts leave the corpus. One text in ten (by hash) is left out, so
that rates can be measured on texts the table has not seen.

    train/lexicon/bigrams.py FILE.tsv … > models/lexicon/bigrams.dat      (the last column of a line is its text)

Layout: "HSBIGRAM1\n\0…" to 16 bytes; 65536 bytes: 8·log2(1 + count) by code point; 2^19 little-endian uint16 slots:
fingerprint << 4 | level, level = 1 + floor(log2(count)) ≤ 15, 0 = free; linear probing; 20992 bytes: first letter
of the pinyin of U+4E00 … U+9FFF where GB 2312 level 1, which is sorted by pinyin, tells it, else 0.
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


# First character of each letter in GB 2312 level 1.
LETTERS = [(0xB0A1, 'a'), (0xB0C5, 'b'), (0xB2C1, 'c'), (0xB4EE, 'd'), (0xB6EA, 'e'), (0xB7A2, 'f'), (0xB8C1, 'g'),
           (0xB9FE, 'h'), (0xBBF7, 'j'), (0xBFA6, 'k'), (0xC0AC, 'l'), (0xC2E8, 'm'), (0xC4C3, 'n'), (0xC5B6, 'o'),
           (0xC5BE, 'p'), (0xC6DA, 'q'), (0xC8BB, 'r'), (0xC8F6, 's'), (0xCBFA, 't'), (0xCDDA, 'w'), (0xCEF4, 'x'),
           (0xD1B9, 'y'), (0xD4D1, 'z')]


def initial(code_point):
    try:
        b = chr(code_point).encode('gb2312')
    except UnicodeEncodeError:
        return 0
    code = b[0] << 8 | b[1]
    if len(b) != 2 or not 0xB0A1 <= code <= 0xD7F9:
        return 0
    return ord([letter for start, letter in LETTERS if start <= code][-1])


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
    out.write(bytes(initial(c) for c in range(0x4E00, 0xA000)))
    print(f'{sum(one.values())} characters, {len(two)} pairs, {len(best)} kept', file=sys.stderr)


if __name__ == '__main__':
    main()
