// SPDX-License-Identifier: Apache-2.0
// Text of unknown origin into HTML and SVG.
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "base/arena.h"
#include "base/strbuf.h"

// Escapes & < > " ' for text and attributes. Control characters and the bidirectional embeddings,
// overrides and isolates (U+202A–202E, U+2066–2069: they could turn round what stands after them)
// are dropped; tab and line end stay; invalid UTF-8 and non-characters become U+FFFD.
void markup_text(struct strbuf *out, struct str s);

// “name” cut to so many characters with “…”; borrowed or from the arena.
struct str clip(struct arena *a, struct str s, size_t max_characters);

#endif
