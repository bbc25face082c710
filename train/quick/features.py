# SPDX-License-Identifier: Apache-2.0
"""Text to tokens, clauses and n-gram keys: the same definition as src/nlp/features.h, word for word.

Anything changed here must be changed there (and the model trained again): tests/quick parity checks both.
"""
import re

import numpy as np

MAX_CHARS = 2000
MAX_CLAUSE_TOKENS = 40
MAX_CLAUSES = 250
MAX_N = 4
BOS, EOS, DROPPED = 1, 2, 0xE000
LONG_NUMBER, HOTLINE = 0xE011, 0xE020
HOTLINES = ("12315", "12345", "315", "110", "120", "12306", "12321", "12300", "12378", "12388",
            "12318", "12328", "12333", "12358", "12365", "119")
WORD_BIT = 0x80000000
KEY_BITS = 34
INDEX_BITS = 18  # top bits of a key choose the bucket, the lower 16 are compared

SEPARATORS = frozenset(map(ord, ".!?;,~ "))


def _char_table():
    table = {}
    for c in list(range(0, 0x21)) + list(range(0x7F, 0xA1)) + list(range(0x2000, 0x200B)) + [
            0x2028, 0x2029, 0x202F, 0x205F, 0x3000]:
        table[c] = " "
    for c in list(range(0x200B, 0x2010)) + list(range(0x202A, 0x202F)) + list(
            range(0x2060, 0x2065)) + list(range(0xFE00, 0xFE10)) + [0xFEFF, 0xAD]:
        table[c] = chr(DROPPED)
    for c in range(0xFF01, 0xFF5F):
        table[c] = chr(c - 0xFEE0).lower()
    for c in range(0x41, 0x5B):
        table[c] = chr(c + 32)
    for chars, to in (("。…⋯｡", "."), ("、", ","), ("“”„「」『』《》〈〉【】〔〕", '"'), ("‘’", "'"),
                      ("—–―", "-"), ("〜", "~"), ("￥", "\u00a5")):
        for c in chars:
            table[ord(c)] = to
    return table


_TABLE = _char_table()
_TOKEN = re.compile(r"[a-z][a-z']*|[0-9](?:[0-9]|[.,:](?=[0-9]))*|[ ]+|[^ ]", re.S)
_WORD_BUT = None


def fnv1a(word):
    h = 0x811C9DC5
    for b in word.encode():
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    return h


_words = {}


def _word_token(word):
    t = _words.get(word)
    if t is None:
        t = _words[word] = WORD_BIT | (fnv1a(word) >> 1)
    return t


BUT = _word_token("but")
HOWEVER = _word_token("however")
_number = {h: HOTLINE + i for i, h in enumerate(HOTLINES)}


def _opens_clause(t, i, n):
    """Does a turning word stand at token i: 但 不过 可惜 可是 然而 but however."""
    c = t[i]
    if c == 0x4F46 or c == BUT or c == HOWEVER:
        return True
    if i + 1 >= n:
        return False
    d = t[i + 1]
    if c == 0x4E0D and d == 0x8FC7:
        return t[i - 1] != 0x518D  # 再好不过 is rare; 再不过 never turns
    return (c == 0x53EF and d in (0x60DC, 0x662F)) or (c == 0x7136 and d == 0x800C)


def tokenize(text):
    """-> tokens, starts, ends (code points of the original), clause of each token. BOS and EOS included."""
    text = text[:MAX_CHARS]
    s = text.translate(_TABLE)
    tokens, starts, ends = [BOS], [0], [0]
    last_ascii = True
    for m in _TOKEN.finditer(s):
        w = m.group()
        c = w[0]
        a, b = m.span()
        if c == " ":
            if last_ascii or b >= len(s) or s[b] < "\x80":
                continue
            t = 32
        elif "a" <= c <= "z":
            t = _word_token(w)
        elif "0" <= c <= "9":
            t = _number.get(w) or (LONG_NUMBER if b - a >= 7 else 48)
        elif c == "\ue000":
            continue
        else:
            t = ord(c)
        last_ascii = c < "\x80"
        if t == tokens[-1] and len(tokens) > 2 and t == tokens[-2]:
            ends[-1] = b
            continue
        tokens.append(t)
        starts.append(a)
        ends.append(b)
    tokens.append(EOS)
    starts.append(len(text))
    ends.append(len(text))
    clauses, clause, length = [0], 0, 0
    n = len(tokens)
    for i in range(1, n - 1):
        t = tokens[i]
        sep = t in SEPARATORS
        if length > 0 and clause + 1 < MAX_CLAUSES and not sep and (
                (tokens[i - 1] in SEPARATORS) or length >= MAX_CLAUSE_TOKENS or
                (length >= 2 and _opens_clause(tokens, i, n - 1))):
            clause += 1
            length = 0
        clauses.append(clause)
        length += 1
    clauses.append(clause)
    return tokens, starts, ends, clauses


def _mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


class Corpus:
    """Tokens of many texts end to end."""

    def __init__(self, texts):
        tokens, starts, ends, clauses, offsets = [], [], [], [], [0]
        for text in texts:
            t, a, b, c = tokenize(text)
            tokens += t
            starts += a
            ends += b
            clauses += c
            offsets.append(len(tokens))
        self.tokens = np.array(tokens, dtype=np.uint64)
        self.starts = np.array(starts, dtype=np.int32)
        self.ends = np.array(ends, dtype=np.int32)
        self.clauses = np.array(clauses, dtype=np.int32)
        self.offsets = np.array(offsets, dtype=np.int64)
        self.n = len(offsets) - 1
        self.doc = np.repeat(np.arange(self.n, dtype=np.int32), np.diff(self.offsets))
        n_clauses = self.clauses[self.offsets[1:] - 1] + 1
        self.clause_offsets = np.concatenate([[0], np.cumsum(n_clauses)])
        self.n_clauses = int(self.clause_offsets[-1])
        self.clause_id = self.clauses + self.clause_offsets[self.doc]  # global clause of each token

    def ngrams(self, n_max=MAX_N):
        """-> for each n: (keys, positions of the first token) of the n-grams inside texts."""
        h = _mix(self.tokens + np.uint64(1))
        pos = np.arange(len(self.tokens))
        out = [(h >> np.uint64(64 - KEY_BITS), pos)]
        for n in range(2, n_max + 1):
            h = _mix(h[:-1] * np.uint64(31) + self.tokens[n - 1:] + np.uint64(n))
            keep = self.doc[:-(n - 1)] == self.doc[n - 1:]
            out.append((h[keep] >> np.uint64(64 - KEY_BITS), pos[:-(n - 1)][keep]))
        return out
