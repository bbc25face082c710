# SPDX-License-Identifier: Apache-2.0
"""Text → pieces, the definition that src/nlp/wordpiece.c is held against.

A text is read code point by code point. Letters and digits of alphabets form words, which are cut into the longest
pieces of the vocabulary; everything else (Chinese characters, signs, emoji) stands alone; space and control characters
separate and are no piece. Every piece knows which code points of the original text it is, [start, end).
"""
import bisect

UNK, CLS, SEP, PAD = "[UNK]", "[CLS]", "[SEP]", "[PAD]"
URL, NUMBER = "[unused1]", "[unused2]"  # an address of the web; a run of digits that only names something
NUMBER_MIN = 7
WORD_MAX = 64  # a longer word is one unknown piece

# Runs of code points that are letters (first, last), after folding.
LETTERS = ((0x30, 0x39), (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x52F))
DROPPED = ((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x200B, 0x200F), (0x2028, 0x202E),
           (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xE0000, 0xE0FFF))
SPACES = ((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F),
          (0x3000, 0x3000))
# (first, last, distance): capitals to small letters, full-width forms to ASCII
FOLDS = ((0x41, 0x5A, 0x20), (0xC0, 0xD6, 0x20), (0xD8, 0xDE, 0x20), (0x391, 0x3A9, 0x20), (0x400, 0x40F, 0x50),
         (0x410, 0x42F, 0x20))


def _within(ranges, c):
    i = bisect.bisect_right(ranges, (c, 0x7FFFFFFF)) - 1
    return i >= 0 and ranges[i][0] <= c <= ranges[i][1]


def fold(c):
    if 0xFF01 <= c <= 0xFF5E:
        c -= 0xFEE0
    for first, last, distance in FOLDS:
        if first <= c <= last:
            return c + distance
    return c


def is_url_character(c):
    return 0x21 <= c <= 0x7E and chr(c) not in "\"'<>`{}|\\^"


class WordPiece:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.pieces = [line.rstrip("\n") for line in f]
        self.ids = {}
        for i, p in enumerate(self.pieces):
            self.ids.setdefault(p, i)
        self.longest = max(len(p[2:] if p.startswith("##") else p) for p in self.pieces if not p.startswith("["))
        self.unk, self.cls, self.sep, self.pad = (self.ids[p] for p in (UNK, CLS, SEP, PAD))

    def _word(self, word, at, out):
        if len(word) > WORD_MAX:
            out.append((self.unk, at, at + len(word)))
            return
        found, i = [], 0
        while i < len(word):
            for j in range(min(len(word), i + self.longest), i, -1):
                piece = self.ids.get(("##" if i else "") + word[i:j])
                if piece is not None:
                    break
            else:
                out.append((self.unk, at, at + len(word)))
                return
            found.append((piece, at + i, at + j))
            i = j
        out.extend(found)

    def pieces_of(self, text):
        """[(id, start, end)] without [CLS] and [SEP]."""
        cs = [fold(ord(c)) for c in text]
        out, i, n = [], 0, len(cs)
        while i < n:
            c = cs[i]
            if _within(SPACES, c) or _within(DROPPED, c):
                i += 1
            elif not _within(LETTERS, c):
                out.append((self.ids.get(chr(c), self.unk), i, i + 1))
                i += 1
            else:
                j = i
                while j < n and _within(LETTERS, cs[j]):
                    j += 1
                word = "".join(map(chr, cs[i:j]))
                follows = "".join(map(chr, cs[j:j + 3]))
                if (word in ("http", "https") and follows == "://") or (word == "www" and follows[:1] == "."):
                    while j < n and is_url_character(cs[j]):
                        j += 1
                    out.append((self.ids[URL], i, j))
                elif len(word) >= NUMBER_MIN and all("0" <= x <= "9" for x in word):
                    out.append((self.ids[NUMBER], i, j))
                else:
                    self._word(word, i, out)
                i = j
        return out

    def encode(self, text, limit):
        """ids and spans with [CLS] … [SEP], at most `limit` of them; the frame has the span (0, 0)."""
        got = self.pieces_of(text)[:limit - 2]
        return ([self.cls] + [p for p, _, _ in got] + [self.sep],
                [(0, 0)] + [(a, b) for _, a, b in got] + [(0, 0)])
