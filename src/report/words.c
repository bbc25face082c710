// SPDX-License-Identifier: Apache-2.0
#include "report/words.h"

#include <math.h>

#define UNKNOWN STR("–")
#define MINUS   "−" // U+2212, as wide as +
#define NBSP    "\u00a0"

static const struct words words[N_WORDS] = {
    [WORD_TODAY] = {"今天", "Today"},
    [WORD_OVERALL] = {"总况", "Overall"},
    [WORD_WHY] = {"为什么", "Why"},
    [WORD_LOVED] = {"顾客喜欢", "What they love"},
    [WORD_CAUTIONS] = {"别误读", "Do not misread"},
    [WORD_URGENT] = {"紧急", "Urgent"},
    [WORD_NEEDS_REPLY] = {"待回复", "Needs a reply"},
    [WORD_BAD_UNREPLIED] = {"差评未回复", "Bad, unanswered"},
    [WORD_SCORE] = {"满意度", "Satisfaction"},
    [WORD_SCORE_ALL] = {"含系统默认好评", "Default ratings included"},
    [WORD_NPS] = {"NPS", "NPS"},
    [WORD_CSAT] = {"CSAT", "CSAT"},
    [WORD_CES] = {"CES", "CES"},
    [WORD_INDEX] = {"满意度指数", "Satisfaction index"},
    [WORD_GOOD_SHARE] = {"好评率", "Good reviews"},
    [WORD_BAD_SHARE] = {"差评率", "Bad reviews"},
    [WORD_USED] = {"有效评价", "Usable reviews"},
    [WORD_NOT_PROVEN] = {"未经本店验证", "not proven here"},
    [WORD_SMALL] = {"样本不足", "too few"},
    [WORD_UNKNOWN] = {"未知", "not known"},
    [WORD_NEGATIVE] = {"负面", "Negative"},
    [WORD_NEUTRAL] = {"中性", "Neutral"},
    [WORD_POSITIVE] = {"正面", "Positive"},
    [WORD_THIS] = {"本期", "This period"},
    [WORD_BEFORE] = {"上期", "Before"},
    [WORD_SIGNIFICANT] = {"显著", "significant"},
    [WORD_NOT_SIGNIFICANT] = {"差异不显著", "not significant"},
};

const char *word_in(enum word w, enum lang lang) {
    return words_in(words[w], lang);
}

struct str format_exact(struct arena *a, int64_t n) {
    char digits[24], grouped[40];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
    int out = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            grouped[out++] = ',';
        grouped[out++] = digits[i];
    }
    return arena_printf(a, "%s%.*s", n < 0 ? MINUS : "", out, grouped);
}

struct str format_count(struct arena *a, enum lang lang, int64_t n) {
    if (lang == LANG_EN || (n > -10000 && n < 10000))
        return format_exact(a, n);
    // Cut, not rounded: 9,999.99 万 must not turn into 10,000.0 万.
    int64_t unit = n >= 100000000 || n <= -100000000 ? 100000000 : 10000;
    int64_t tenths = n / (unit / 10);
    struct str whole = format_exact(a, tenths / 10);
    const char *name = unit == 10000 ? "万" : "亿";
    int tenth = (int)(tenths % 10);
    if (tenth == 0)
        return arena_printf(a, "%.*s" NBSP "%s", STR_ARG(whole), name);
    return arena_printf(a, "%.*s.%d" NBSP "%s", STR_ARG(whole), tenth < 0 ? -tenth : tenth, name);
}

// Fixed decimals with a real minus sign; numbers no reader can want in full are written in powers
// of ten.
static struct str fixed(struct arena *a, double v, int decimals, bool plus) {
    if (!isfinite(v))
        return UNKNOWN;
    double size = fabs(v);
    char buf[64];
    if (size >= 1e9)
        snprintf(buf, sizeof buf, "%.1e", size);
    else
        snprintf(buf, sizeof buf, "%.*f", decimals, size);
    bool zero = strspn(buf, "0.") == strlen(buf);
    return arena_printf(a, "%s%s", zero ? "" : v < 0 ? MINUS : plus ? "+" : "", buf);
}

struct str format_score(struct arena *a, double score) {
    return fixed(a, score, 1, false);
}

struct str format_diff(struct arena *a, double diff) {
    return fixed(a, diff, 2, true);
}

struct str format_whole_diff(struct arena *a, double diff) {
    return fixed(a, diff, 0, true);
}

struct str format_margin(struct arena *a, double low, double high) {
    double half = (high - low) / 2;
    if (!isfinite(half))
        return (struct str){0};
    struct str number = fixed(a, fabs(half), 2, false);
    return arena_printf(a, "±%.*s", STR_ARG(number));
}

// Per cent: whole from ten on, below with one decimal unless that is zero.
static struct str per_cent(struct arena *a, double share, bool plus) {
    double percent = share * 100;
    struct str number = fixed(a, percent, fabs(percent) < 9.95 ? 1 : 0, plus);
    if (str_ends(number, STR(".0")))
        number.len -= 2;
    return number;
}

struct str format_share(struct arena *a, double share) {
    if (!isfinite(share))
        return UNKNOWN;
    struct str number = per_cent(a, share, false);
    return arena_printf(a, "%.*s" NBSP "%%", STR_ARG(number));
}

struct str format_points(struct arena *a, enum lang lang, double share_diff) {
    if (!isfinite(share_diff))
        return UNKNOWN;
    struct str number = per_cent(a, share_diff, true);
    return arena_printf(a, "%.*s" NBSP "%s", STR_ARG(number), lang == LANG_ZH ? "点" : "pts");
}

struct str format_fixed(struct arena *a, double v, int decimals) {
    return fixed(a, v, decimals, false);
}

struct str format_times(struct arena *a, double ratio) {
    if (!isfinite(ratio))
        return UNKNOWN;
    struct str number = fixed(a, ratio, ratio < 10 ? 1 : 0, false);
    return arena_printf(a, "%.*s×", STR_ARG(number));
}

struct str format_number(struct arena *a, double v) {
    struct str s = fixed(a, v, 2, false);
    if (str_find_char(s, '.') == STR_NONE || str_find_char(s, 'e') != STR_NONE)
        return s;
    while (s.len && s.ptr[s.len - 1] == '0')
        s.len--;
    if (s.len && s.ptr[s.len - 1] == '.')
        s.len--;
    return s;
}

struct str format_q(struct arena *a, double q) {
    if (!isfinite(q))
        return UNKNOWN;
    if (q < 0.001)
        return STR("q < 0.001");
    return arena_printf(a, q < 0.01 ? "q = %.3f" : "q = %.2f", MIN(q, 1.0));
}

struct str format_hours(struct arena *a, enum lang lang, double hours) {
    if (!isfinite(hours) || hours < 0)
        return UNKNOWN;
    bool zh = lang == LANG_ZH;
    if (hours < 1) {
        int minutes = MAX((int)(hours * 60), 1);
        return arena_printf(a, zh ? "%d" NBSP "分钟" : "%d" NBSP "min", minutes);
    }
    int64_t whole = (int64_t)MIN(hours, 1e9);
    if (whole < 48)
        return arena_printf(a, zh ? "%d" NBSP "小时" : "%d" NBSP "h", (int)whole);
    struct str days = format_exact(a, whole / 24);
    int rest = (int)(whole % 24);
    if (rest == 0 || whole >= 24 * 30)
        return arena_printf(a, zh ? "%.*s" NBSP "天" : "%.*s" NBSP "d", STR_ARG(days));
    return arena_printf(a, zh ? "%.*s" NBSP "天 %d" NBSP "小时" : "%.*s" NBSP "d %d" NBSP "h",
                        STR_ARG(days), rest);
}

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct day {
    int year, month, day;
};

// Days beyond the years 1 … 9999 cannot be dates.
static bool day_of(int64_t days, struct day *ret) {
    if (days < -719162 || days > 2932896)
        return false;
    civil_from_days(days, &ret->year, &ret->month, &ret->day);
    return true;
}

struct str format_day(struct arena *a, enum lang lang, int64_t days) {
    struct day d;
    if (!day_of(days, &d))
        return UNKNOWN;
    if (lang == LANG_ZH)
        return arena_printf(a, "%d月%d日", d.month, d.day);
    return arena_printf(a, "%d" NBSP "%s", d.day, months[d.month - 1]);
}

struct str format_day_full(struct arena *a, enum lang lang, int64_t days) {
    struct day d;
    if (!day_of(days, &d))
        return UNKNOWN;
    if (lang == LANG_ZH)
        return arena_printf(a, "%d年%d月%d日", d.year, d.month, d.day);
    return arena_printf(a, "%d" NBSP "%s" NBSP "%d", d.day, months[d.month - 1], d.year);
}

static struct str period_zh(struct arena *a, struct day from, struct day to, bool year) {
    char head[16] = "";
    if (year || from.year != to.year)
        snprintf(head, sizeof head, "%d年", from.year);
    if (from.year != to.year)
        return arena_printf(a, "%s%d月%d日–%d年%d月%d日", head, from.month, from.day, to.year,
                            to.month, to.day);
    if (from.month != to.month)
        return arena_printf(a, "%s%d月%d日–%d月%d日", head, from.month, from.day, to.month, to.day);
    if (from.day != to.day)
        return arena_printf(a, "%s%d月%d–%d日", head, from.month, from.day, to.day);
    return arena_printf(a, "%s%d月%d日", head, from.month, from.day);
}

static struct str period_en(struct arena *a, struct day from, struct day to, bool year) {
    char tail[16] = "";
    const char *first = months[from.month - 1], *last = months[to.month - 1];
    if (year || from.year != to.year)
        snprintf(tail, sizeof tail, NBSP "%d", to.year);
    if (from.year != to.year)
        return arena_printf(a, "%d" NBSP "%s" NBSP "%d – %d" NBSP "%s%s", from.day, first,
                            from.year, to.day, last, tail);
    if (from.month != to.month)
        return arena_printf(a, "%d" NBSP "%s – %d" NBSP "%s%s", from.day, first, to.day, last,
                            tail);
    if (from.day != to.day)
        return arena_printf(a, "%d–%d" NBSP "%s%s", from.day, to.day, last, tail);
    return arena_printf(a, "%d" NBSP "%s%s", from.day, last, tail);
}

struct str format_period(struct arena *a, enum lang lang, int64_t from, int64_t to, bool year) {
    struct day first, last;
    if (to <= from || !day_of(from, &first) || !day_of(to - 1, &last))
        return UNKNOWN;
    return lang == LANG_ZH ? period_zh(a, first, last, year) : period_en(a, first, last, year);
}

struct str format_time(struct arena *a, enum lang lang, const struct zone *zone, int64_t us,
                       bool date_only) {
    int64_t days = us / US_PER_DAY;
    if (us == TIME_NONE || days < -719161 || days > 2932895)
        return UNKNOWN;
    struct civil c = zone ? zone_from_us(zone, us) : civil_from_us(us);
    struct str day = format_day(a, lang, civil_to_days(c.year, c.month, c.day));
    if (date_only)
        return day;
    return arena_printf(a, "%.*s %02d:%02d", STR_ARG(day), c.hour, c.minute);
}
