// SPDX-License-Identifier: Apache-2.0
// Random keys, by several signs, each enough: letters in the order of the keyboard or without
// vowels; the same characters over and over without a judgement; characters torn apart; text in a
// wrong encoding; filling words; and ideographs that hardly ever follow each other. The last is a
// logistic model over the shape of the text. It was fitted to texts typed on the home row through
// an input method (simulated) and random words against real texts (train/lexicon/gibberish.py), and
// it is only believed when very sure.
#include "base/utf8.h"
#include "nlp/noise_parts.h"

#define LONG_RUN     3 // of one character
#define MIN_HAN      8 // fewer ideographs are not judged by their sequence
#define MIN_JOINTS   3
#define LIFT_LIMIT   4.0f
#define BAD_LIFT     -1.5f
#define RARE_CHAR    -12.0f
#define UNKNOWN_COST 20.0f
#define SURE         3.0 // logit at which the model alone is believed
#define LIKELY       0.0 // … beside another sign
#define VERY         3.0 // more than that where there is little to go by
#define MAX_DISTINCT 64

struct shape { // what a text looks like
    int n_han, n_latin, n_foreign;
    int n_mash_letters, n_mash_words, n_latin_words;
    int n_stray_letters; // single small letters between ideographs
    int n_program;       // null, undefined, ctrl …
    int n_filling_chars; // of 凑字数, 测试 …
    int n_in_runs;       // ideographs in runs of LONG_RUN or more
    int n_run_kinds;     // different characters that make such runs
    int n_odd_runs;      // of which no words of judgement
    int n_distinct;      // different ideographs, up to MAX_DISTINCT
    int n_lone;          // ideographs with no ideograph beside them
    int n_home, n_initials, n_steps,
        n_pairs;                // first letters of pinyin: on the home row; steps to the next key
    int n_joints, n_bad_joints; // word boundaries inside runs of ideographs
    int n_words, n_single, n_opinions, n_opinion_words, n_function, n_rare;
    bool good, bad; // judgements of both kinds
    double lift, char_ln, word_cost;
};

// Row × 16 + column of a … z on the keyboard.
static const uint8_t key_places[26] = {
    16, 36, 34, 18, 2, 19, 20, 21, 7, 22, 23, 24, 38, 37, 8, 9, 0, 3, 17, 4, 6, 35, 1, 33, 5, 32,
};

// Neighbours in a row.
static bool is_step(char a, char b) {
    if (a < 'a' || a > 'z' || b < 'a' || b > 'z')
        return false;
    int distance = key_places[a - 'a'] - key_places[b - 'a'];
    return distance == 1 || distance == -1;
}

static bool is_listed(struct str s, const struct str *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, list[i]))
            return true;
    return false;
}

static bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

// Small ASCII letters that are no word of English, no pinyin, no unit and no abbreviation.
static bool is_mash(struct str s) {
    static const struct str known[] = {
        STR_INIT("kg"),    STR_INIT("cm"),   STR_INIT("mm"),   STR_INIT("ml"),    STR_INIT("km"),
        STR_INIT("gb"),    STR_INIT("mb"),   STR_INIT("tb"),   STR_INIT("tv"),    STR_INIT("pc"),
        STR_INIT("cd"),    STR_INIT("dvd"),  STR_INIT("usb"),  STR_INIT("hz"),    STR_INIT("ghz"),
        STR_INIT("mhz"),   STR_INIT("ps"),   STR_INIT("vs"),   STR_INIT("ktv"),   STR_INIT("spf"),
        STR_INIT("cpu"),   STR_INIT("gps"),  STR_INIT("lcd"),  STR_INIT("led"),   STR_INIT("mp"),
        STR_INIT("hp"),    STR_INIT("xs"),   STR_INIT("xl"),   STR_INIT("xxl"),   STR_INIT("xxxl"),
        STR_INIT("xxxxl"), STR_INIT("bb"),   STR_INIT("mm"),   STR_INIT("gg"),    STR_INIT("dd"),
        STR_INIT("ppt"),   STR_INIT("pdf"),  STR_INIT("sd"),   STR_INIT("tf"),    STR_INIT("tmd"),
        STR_INIT("sb"),    STR_INIT("nb"),   STR_INIT("jd"),   STR_INIT("tb"),    STR_INIT("pdd"),
        STR_INIT("wcdma"), STR_INIT("cdma"), STR_INIT("gprs"), STR_INIT("hdmi"),  STR_INIT("thx"),
        STR_INIT("yyds"),  STR_INIT("dddd"), STR_INIT("html"), STR_INIT("https"), STR_INIT("http"),
        STR_INIT("www"),
    };
    if (s.len < 2 || is_listed(s, known, ARRAY_LEN(known)))
        return false;
    uint32_t seen = 0;
    int vowels = 0, consonants = 0, longest = 0, same = 0, steps = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < 'a' || s.ptr[i] > 'z')
            return false;
        seen |= 1u << (s.ptr[i] - 'a');
        vowels += is_vowel(s.ptr[i]);
        consonants = is_vowel(s.ptr[i]) ? 0 : consonants + 1;
        longest = MAX(longest, consonants);
        same += i > 0 && s.ptr[i] == s.ptr[i - 1];
        steps += i > 0 && is_step(s.ptr[i - 1], s.ptr[i]);
    }
    int len = (int)s.len, distinct = __builtin_popcount(seen);
    if (len < 5)
        return vowels == 0 || (len == 4 && steps == 3);
    return distinct * 3 <= len || same * 2 >= len || steps * 3 >= (len - 1) * 2 ||
           vowels * 6 < len || longest >= 6;
}

static void read_latin(struct str text, const struct token *t, bool by_han, struct shape *sh) {
    static const struct str program[] = {
        STR_INIT("null"),  STR_INIT("undefined"), STR_INIT("nan"),  STR_INIT("lorem"),
        STR_INIT("ipsum"), STR_INIT("dolor"),     STR_INIT("ctrl"), STR_INIT("alt"),
        STR_INIT("test"),  STR_INIT("asdf"),      STR_INIT("qwer"), STR_INIT("foo"),
        STR_INIT("bar")};
    char word[64];
    size_t n = 0, digits = 0;
    bool small = true;
    for (size_t i = 0; i < t->len && n < sizeof word; i++) {
        char c = text.ptr[t->start + i];
        small = small && !(c >= 'A' && c <= 'Z');
        digits += c >= '0' && c <= '9';
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if (c >= 'a' && c <= 'z')
            word[n++] = c;
    }
    struct str s = str_make(word, n);
    sh->n_latin += (int)n;
    sh->n_latin_words++;
    sh->n_program += is_listed(s, program, ARRAY_LEN(program));
    sh->n_stray_letters += n == 1 && small && by_han && digits == 0;
    bool model = digits > 0 && n <= 3; // “gt730”, “rx580”
    // Capitals are abbreviations and brands, unless there are many of them.
    if (t->word == LEXICON_NONE && !model && (small || n >= 5) && is_mash(s)) {
        sh->n_mash_letters += (int)n;
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
    sh->n_bad_joints += lift < BAD_LIFT;
    sh->lift += (double)MAX(MIN(lift, LIFT_LIMIT), -LIFT_LIMIT);
}

static void read_word(const struct lexicon *lx, struct str text, const struct token *t,
                      struct shape *sh) {
    static const struct str filling[] = {STR_INIT("凑字数"), STR_INIT("凑字"), STR_INIT("凑数"),
                                         STR_INIT("字数"),   STR_INIT("测试"), STR_INIT("凑"),
                                         STR_INIT("占位"),   STR_INIT("灌水")};
    struct str word = str_slice(text, t->start, t->start + t->len);
    sh->n_words++;
    sh->n_single += t->len <= 3;
    sh->n_opinions += (t->flags & (WORD_OPINION | WORD_ASPECT)) != 0;
    sh->n_opinion_words += (t->flags & WORD_OPINION) && t->len > 3;
    sh->good = sh->good || (t->flags & WORD_GOOD);
    sh->bad = sh->bad || (t->flags & WORD_BAD);
    sh->n_function += (t->flags & (WORD_STOP | WORD_DEGREE | WORD_NEGATION | WORD_VAGUE)) != 0;
    sh->word_cost +=
        t->word == LEXICON_NONE ? (double)UNKNOWN_COST : (double)lexicon_cost(lx, t->word);
    if (is_listed(word, filling, ARRAY_LEN(filling)))
        sh->n_filling_chars += (int)(t->len / 3);
}

static bool is_judgement(const struct lexicon *lx, uint32_t c) {
    char buf[4];
    uint32_t id = lexicon_find(lx, str_make(buf, utf8_encode(c, buf)));
    return id != LEXICON_NONE && (lexicon_flags(lx, id) & (WORD_GOOD | WORD_BAD));
}

static void end_run(const struct lexicon *lx, uint32_t c, int run, struct shape *sh) {
    if (run < LONG_RUN || !utf8_is_han(c))
        return;
    sh->n_in_runs += run;
    sh->n_run_kinds++;
    sh->n_odd_runs += !is_judgement(lx, c);
}

static void read_characters(const struct lexicon *lx, struct str text, struct shape *sh) {
    const struct bigrams *b = lexicon_bigrams(lx);
    uint32_t seen[MAX_DISTINCT], last = 0;
    int run = 0;
    char last_initial = 0;
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = utf8_next(text, &pos);
        if (c != last) {
            end_run(lx, last, run, sh);
            run = 0;
        }
        run++;
        sh->n_foreign += c >= 0xA0 && c <= 0x17F && c != 0xB7 && c != 0xD7 && c != 0xB0;
        bool is_han = utf8_is_han(c);
        char initial = is_han ? bigram_initial(b, c) : 0;
        if (is_han) {
            size_t peek = pos;
            bool next_han = pos < text.len && utf8_is_han(utf8_next(text, &peek));
            sh->n_han++;
            sh->n_lone += !utf8_is_han(last) && !next_han;
            float ln = bigram_char(b, c);
            sh->char_ln += (double)ln;
            sh->n_rare += ln < RARE_CHAR;
            int k = 0;
            while (k < sh->n_distinct && seen[k] != c)
                k++;
            if (k == sh->n_distinct && k < MAX_DISTINCT)
                seen[sh->n_distinct++] = c;
            if (initial) {
                sh->n_initials++;
                sh->n_home += str_find_char(STR("asdfghjkl"), initial) != STR_NONE;
                sh->n_pairs += last_initial != 0;
                sh->n_steps +=
                    last_initial && last_initial != initial && is_step(last_initial, initial);
            }
        }
        last_initial = initial;
        last = c;
    }
    end_run(lx, last, run, sh);
}

static void read_shape(const struct lexicon *lx, struct str text, const struct token *t, size_t n,
                       struct shape *sh) {
    for (size_t i = 0; i < n; i++) {
        bool after_han = i > 0 && t[i - 1].kind == TOKEN_HAN;
        if (t[i].kind == TOKEN_LATIN) {
            read_latin(text, &t[i], after_han || (i + 1 < n && t[i + 1].kind == TOKEN_HAN), sh);
        } else if (t[i].kind == TOKEN_HAN) {
            read_word(lx, text, &t[i], sh);
            if (after_han)
                read_joint(lexicon_bigrams(lx), text, &t[i - 1], &t[i], sh);
        }
    }
    read_characters(lx, text, sh);
}

static bool is_repetition(const struct shape *sh) {
    if (sh->n_opinion_words)
        return false; // “一般般般般”, “不近人情不近人情”: said with stress
    if (sh->n_han < 5 || sh->n_latin > sh->n_han)
        return sh->n_han >= 4 && sh->n_odd_runs > 0 && sh->n_opinions == 0;
    if (sh->good && sh->bad && sh->n_in_runs * 10 >= sh->n_han * 8)
        return true;                    // 快快快慢慢慢快快快
    int share = sh->n_opinions ? 9 : 6; // of ten
    if (sh->n_in_runs * 10 >= sh->n_han * share && sh->n_odd_runs * 2 > sh->n_run_kinds)
        return true;
    if (sh->n_run_kinds > 0 && sh->n_odd_runs == 0)
        return false; // 好好好好: praise
    bool few = sh->n_distinct * 4 <= sh->n_han || (sh->n_distinct <= 3 && sh->n_han >= 8);
    bool loose = sh->n_single * 2 >= sh->n_words || sh->n_in_runs * 2 >= sh->n_han;
    return few && loose && sh->n_opinions <= (sh->n_distinct > 1 && sh->n_words >= 6) &&
           sh->n_distinct <= 6;
}

static bool is_random_letters(const struct shape *sh) {
    if (sh->n_opinions)
        return sh->n_mash_words >= 3 && sh->n_mash_letters > 2 * sh->n_han;
    if (sh->n_mash_words >= 2 && sh->n_mash_letters * 2 >= sh->n_latin)
        return sh->n_mash_letters * 3 >= sh->n_han;
    if (sh->n_mash_letters >= 4 && sh->n_mash_letters * 10 >= sh->n_latin * 6)
        return sh->n_mash_letters >= sh->n_han;
    return sh->n_stray_letters >= 3 && sh->n_stray_letters * 6 >= sh->n_han;
}

static bool is_torn(const struct shape *sh) { // “石 墙 以 上 雨”, mojibake, “null null undefined”
    return (sh->n_lone >= 5 && sh->n_lone * 10 >= sh->n_han * 6 &&
            sh->n_opinions * 4 <= sh->n_lone) ||
           (sh->n_foreign >= 4 && sh->n_foreign >= sh->n_han && sh->n_foreign * 2 >= sh->n_latin) ||
           (sh->n_program >= 2 && sh->n_program > sh->n_opinions);
}

static bool is_filling(const struct shape *sh) {
    return sh->n_filling_chars >= 4 && sh->n_opinions == 0 && sh->n_filling_chars * 3 >= sh->n_han;
}

static double ratio(double a, int b) {
    return b ? a / b : 0;
}

static void members_of(const struct shape *sh, double ret[NOISE_MEMBERS]) {
    const double m[NOISE_MEMBERS] = {sh->n_han,
                                     sh->n_joints,
                                     ratio(sh->lift, sh->n_joints),
                                     ratio(sh->n_bad_joints, sh->n_joints),
                                     ratio(sh->n_single, sh->n_words),
                                     ratio(sh->n_home, sh->n_initials),
                                     ratio(sh->n_steps, sh->n_pairs),
                                     ratio(sh->n_opinions, sh->n_words),
                                     ratio(sh->n_function, sh->n_words),
                                     ratio(sh->char_ln, sh->n_han),
                                     ratio(sh->word_cost, sh->n_han),
                                     ratio(sh->n_rare, sh->n_han)};
    memcpy(ret, m, sizeof m);
}

// Logit of “random” against “written”: the members from the third on, four of them again weighted by how many joints
// there are, and the length.
static double logit(const struct shape *sh) {
    static const double w[] = {
#include "nlp/noise_gibberish.inc"
    };
    static const int again[] = {2, 3, 5, 6};
    enum {
        N_PLAIN = NOISE_MEMBERS - 2,
        N_AGAIN = ARRAY_LEN(again)
    };
    _Static_assert(ARRAY_LEN(w) == N_PLAIN + N_AGAIN + 2,
                   "one weight a member, the length and the constant");
    double m[NOISE_MEMBERS], z = w[N_PLAIN + N_AGAIN + 1],
                             trust = sqrt(MIN(sh->n_joints, 12) / 12.0);
    members_of(sh, m);
    for (int i = 0; i < N_PLAIN; i++)
        z += w[i] * m[i + 2];
    for (int i = 0; i < N_AGAIN; i++)
        z += w[N_PLAIN + i] * m[again[i]] * trust;
    return z + w[N_PLAIN + N_AGAIN] * log1p(MIN(sh->n_han, 40));
}

static bool is_random_han(const struct shape *sh) {
    if (sh->n_han < MIN_HAN || sh->n_joints < MIN_JOINTS || sh->n_words == sh->n_opinions)
        return false;
    bool other_sign = sh->n_mash_words > 0 && sh->n_opinions == 0;
    double need = other_sign ? LIKELY : SURE + (sh->n_joints < 4 ? VERY : 0);
    return logit(sh) > need;
}

bool noise_is_gibberish(const struct lexicon *lx, struct str text, const struct token *tokens,
                        size_t n) {
    struct shape sh = {0};
    read_shape(lx, text, tokens, n, &sh);
    if (str_has(text, STR("http")) || str_has(text, STR("www.")))
        sh.n_mash_letters = sh.n_mash_words = 0; // parts of a link
    bool mojibake = str_has(text, STR("锟斤拷")) || str_has(text, STR("烫烫烫")) ||
                    str_has(text, STR("屯屯屯"));
    return mojibake || is_repetition(&sh) || is_random_letters(&sh) || is_torn(&sh) ||
           is_filling(&sh) || is_random_han(&sh);
}

void noise_members(const struct lexicon *lx, struct str text, const struct token *tokens, size_t n,
                   double ret[NOISE_MEMBERS]) {
    struct shape sh = {0};
    read_shape(lx, text, tokens, n, &sh);
    members_of(&sh, ret);
}
