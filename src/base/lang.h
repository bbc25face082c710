// SPDX-License-Identifier: Apache-2.0
// The two languages the product speaks, and a word in both. Text shown to people is always a pair; which one
// is shown is decided where it is shown. There is no global language.
#ifndef BASE_LANG_H
#define BASE_LANG_H

enum lang {
    LANG_ZH,
    LANG_EN,
};

struct words {
    const char *zh;
    const char *en;
};

static inline const char *words_in(struct words w, enum lang lang) {
    return lang == LANG_ZH ? w.zh : w.en;
}

#endif
