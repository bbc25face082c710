// SPDX-License-Identifier: Apache-2.0
// Random keys, by three signs: letters in the order of the keyboard or without vowels; the same
// characters over and over without a word of judgement; ideographs that hardly ever follow each
// other (nlp/bigram.h), counted only between words, so that a rare term is no sign.
#include "base/utf8.h"
#include "nlp/noise_parts.h"

#define LONG_RUN     3 // of one character
#define MIN_HAN      6 // fewer ideographs are not judged by their sequence
#define LOWEST_LIFT  -4.0f
#define HIGHEST_LIFT 4.0f

struct shape { // what a text looks like
    int n_han, n_latin, n_digits, n_other;
    int n_mash; // Latin letters in words that are no words
    int n_latin_words;
    int n_mash_words;
    int n_in_runs;      // ideographs in runs of LONG_RUN or more of one character
    int n_distinct_han; // up to 64 counted
    int n_joints;       // word boundaries inside runs of ideographs
    int n_bad_joints;   // of which hardly ever seen
    double lift;        // sum over the joints
    int n_words, n_single, n_opinions;
    int n_lone; // ideographs with no ideograph beside them
};

static int keyboard_steps(struct str s) {
    static const struct str rows[] = {
        STR_INIT("qwertyuiop"),
        STR_INIT("asdfghjkl"),
        STR_INIT("zxcvbnm"),
        STR_INIT("poiuytrewq"),
        STR_INIT("lkjhgfdsa"),
        STR_INIT("mnbvcxz"),
        STR_INIT("qazwsxedcrfvtgbyhnujm"),
        STR_INIT("abcdefgh"),
    };
    int steps = 0;
    for (size_t i = 0; i + 1 < s.len; i++)
        for (size_t r = 0; r < ARRAY_LEN(rows); r++)
            if (str_has(rows[r], str_slice(s, i, i + 2))) {
                steps++;
                break;
            }
    return steps;
}

static bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

// Lower-case ASCII letters that are not a word of English, pinyin or a brand.
static bool is_mash(struct str s) {
    if (s.len < 3)
        return false;
    uint32_t seen = 0;
    int vowels = 0, consonants = 0, longest = 0, same = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < 'a' || s.ptr[i] > 'z')
            return false;
        seen |= 1u << (s.ptr[i] - 'a');
        vowels += is_vowel(s.ptr[i]);
        consonants = is_vowel(s.ptr[i]) ? 0 : consonants + 1;
        longest = MAX(longest, consonants);
        same += i > 0 && s.ptr[i] == s.ptr[i - 1];
    }
    int len = (int)s.len, distinct = __builtin_popcount(seen);
    if (len >= 5 && distinct * 3 <= len)
        return true; // jjjjjjj, hahahaha is judged by its caller
    if (len >= 5 && (same * 2 >= len || keyboard_steps(s) * 3 >= (len - 1) * 2))
        return true;
    return len >= 5 ? vowels * 6 < len || longest >= 6 : vowels == 0 && len == 4;
}

static void read_latin(struct str text, const struct token *t, struct shape *sh) {
    char word[64];
    size_t n = 0;
    for (size_t i = 0; i < t->len && n < sizeof word; i++) {
        char c = text.ptr[t->start + i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if (c >= 'a' && c <= 'z')
            word[n++] = c;
    }
    sh->n_latin += (int)n;
    sh->n_latin_words++;
    if (t->word == LEXICON_NONE && is_mash(str_make(word, n))) {
        sh->n_mash += (int)n;
        sh->n_mash_words++;
    }
}

static uint32_t last_char(struct str text, const struct token *t) {
    size_t pos = t->start;
    uint32_t c = 0;
    while (pos < t->start + t->len)
        c = utf8_next(text, &pos);
    return c;
}

static void read_joint(const struct bigrams *b, struct str text, const struct token *left,
                       const struct token *right, struct shape *sh) {
    size_t pos = right->start;
    uint32_t first = last_char(text, left), second = utf8_next(text, &pos);
    float lift = first == second ? 0 : bigram_lift(b, first, second);
    sh->n_joints++;
    sh->n_bad_joints += lift < -1.5f;
    sh->lift += (double)MAX(MIN(lift, HIGHEST_LIFT), LOWEST_LIFT);
}

static void read_characters(struct str text, struct shape *sh) {
    uint32_t seen[64], last = 0, before = 0;
    int run = 0;
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = utf8_next(text, &pos);
        bool is_han = utf8_is_han(c);
        sh->n_han += is_han;
        sh->n_digits += c >= '0' && c <= '9';
        size_t peek = pos;
        bool next_han = pos < text.len && utf8_is_han(utf8_next(text, &peek));
        sh->n_lone += is_han && !utf8_is_han(last) && !next_han;
        run = c == last ? run + 1 : 1;
        if (is_han && run >= LONG_RUN)
            sh->n_in_runs += run == LONG_RUN ? LONG_RUN : 1;
        int k = 0;
        while (k < sh->n_distinct_han && seen[k] != c)
            k++;
        if (is_han && k == sh->n_distinct_han && k < (int)ARRAY_LEN(seen))
            seen[sh->n_distinct_han++] = c;
        before = last;
        last = c;
    }
    (void)before;
}

static void read_shape(struct segmenter *sg, struct str text, struct shape *sh) {
    const struct token *t;
    const struct bigrams *b = lexicon_bigrams(segmenter_lexicon(sg));
    size_t n = segment(sg, text, &t);
    for (size_t i = 0; i < n; i++) {
        if (t[i].kind == TOKEN_LATIN) {
            read_latin(text, &t[i], sh);
        } else if (t[i].kind == TOKEN_HAN) {
            sh->n_words++;
            sh->n_single += t[i].len <= 3;
            sh->n_opinions += (t[i].flags & (WORD_OPINION | WORD_ASPECT)) != 0;
            if (i > 0 && t[i - 1].kind == TOKEN_HAN)
                read_joint(b, text, &t[i - 1], &t[i], sh);
        }
    }
    read_characters(text, sh);
}

static bool is_repetition(const struct shape *sh) {
    if (sh->n_han < 5 || sh->n_latin > sh->n_han)
        return false;
    bool few = sh->n_distinct_han * 4 <= sh->n_han;
    return sh->n_opinions == 0 && (few || (sh->n_in_runs * 2 >= sh->n_han));
}

static bool is_random_letters(const struct shape *sh) {
    if (sh->n_latin < 5 || sh->n_mash == 0)
        return false;
    return sh->n_han <= 2 ? sh->n_mash * 10 >= sh->n_latin * 6
                          : sh->n_mash >= sh->n_han && sh->n_opinions == 0;
}

static bool is_random_han(const struct shape *sh) {
    if (sh->n_han < MIN_HAN || sh->n_joints < 4)
        return false;
    double mean = sh->lift / sh->n_joints;
    return sh->n_bad_joints * 2 >= sh->n_joints && mean < -1.2;
}

bool noise_is_gibberish(struct segmenter *sg, struct str text) {
    struct shape sh = {0};
    read_shape(sg, text, &sh);
    return is_repetition(&sh) || is_random_letters(&sh) || is_random_han(&sh);
}
