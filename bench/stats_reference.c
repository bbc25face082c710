// SPDX-License-Identifier: Apache-2.0
// Our side of bench/stats_reference.py: reads one case a line (a name and numbers) and prints our figures for it.
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "num/special.h"
#include "stats/compare.h"
#include "stats/shrink.h"

#define MAX_NUMBERS 256

static struct moments as_moments(const double *x) {
    return (struct moments){(int64_t)x[0], x[1], x[2]};
}

static struct nps_counts as_counts(const double *x) {
    return (struct nps_counts){(int64_t)x[0], (int64_t)x[1], (int64_t)x[2]};
}

static void print_estimate(struct estimate e) {
    printf("%.17g %.17g %.17g", e.value, e.low, e.high);
}

static void print_change(struct change c) {
    printf("%.17g %.17g %.17g %.17g", c.diff, c.low, c.high, c.p);
}

static void print_numbers(const double *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        printf("%s%.17g", i ? " " : "", x[i]);
}

static void shrink(const double *x, size_t n) {
    struct moments groups[MAX_NUMBERS / 3];
    double shrunk[MAX_NUMBERS / 3];
    for (size_t i = 0; i < n / 3; i++)
        groups[i] = as_moments(x + 3 * i);
    struct shrinkage s = shrink_means(groups, n / 3, shrunk);
    printf("%.17g %.17g %.17g ", s.mean, s.between, s.within);
    print_numbers(shrunk, n / 3);
}

static void mann_whitney(double *x, size_t n) {
    float a[MAX_NUMBERS], b[MAX_NUMBERS];
    size_t na = (size_t)x[0], nb = n - 1 - na;
    double shift;
    for (size_t i = 0; i < na; i++)
        a[i] = (float)x[1 + i];
    for (size_t i = 0; i < nb; i++)
        b[i] = (float)x[1 + na + i];
    double p = mann_whitney_p(a, na, b, nb, &shift);
    printf("%.17g %.17g", p, shift);
}

static bool answer(struct str name, double *x, size_t n) {
    double q[MAX_NUMBERS];
    if (str_eq(name, STR("normal")))
        printf("%.17g %.17g", normal_cdf(x[0]), normal_sf(x[0]));
    else if (str_eq(name, STR("normal_quantile")))
        printf("%.17g", normal_quantile(x[0]));
    else if (str_eq(name, STR("student")))
        printf("%.17g %.17g", student_cdf(x[0], x[1]), student_two_sided(x[0], x[1]));
    else if (str_eq(name, STR("student_quantile")))
        printf("%.17g", student_quantile(x[0], x[1]));
    else if (str_eq(name, STR("beta_inc")))
        printf("%.17g", beta_inc(x[0], x[1], x[2]));
    else if (str_eq(name, STR("mean")))
        print_estimate(estimate_mean(as_moments(x)));
    else if (str_eq(name, STR("share")))
        print_estimate(estimate_share((int64_t)x[0], (int64_t)x[1]));
    else if (str_eq(name, STR("nps")))
        print_estimate(score_nps(as_counts(x)));
    else if (str_eq(name, STR("nps_change")))
        print_change(change_of_nps(as_counts(x), as_counts(x + 3)));
    else if (str_eq(name, STR("welch")))
        print_change(change_of_means(as_moments(x), as_moments(x + 3)));
    else if (str_eq(name, STR("shares")))
        print_change(change_of_shares((int64_t)x[0], (int64_t)x[1], (int64_t)x[2], (int64_t)x[3]));
    else if (str_eq(name, STR("proportions")))
        printf("%.17g", proportions_p((int64_t)x[0], (int64_t)x[1], (int64_t)x[2], (int64_t)x[3],
                                      x[4] != 0));
    else if (str_eq(name, STR("fisher")))
        printf("%.17g", fisher_p((int64_t)x[0], (int64_t)x[1], (int64_t)x[2], (int64_t)x[3]));
    else if (str_eq(name, STR("fdr"))) {
        fdr_adjust(x, n, q);
        print_numbers(q, n);
    } else if (str_eq(name, STR("mann_whitney")))
        mann_whitney(x, n);
    else if (str_eq(name, STR("shrink")))
        shrink(x, n);
    else
        return false;
    return true;
}

int main(void) {
    char line[8192];
    while (fgets(line, sizeof line, stdin)) {
        struct str rest = str_trim(str_from(line)), name, cell;
        double x[MAX_NUMBERS] = {0};
        size_t n = 0;
        if (!str_cut(&rest, ' ', &name))
            continue;
        while (n < MAX_NUMBERS && str_cut(&rest, ' ', &cell) && str_to_double(cell, &x[n]))
            n++;
        if (!answer(name, x, n)) {
            fprintf(stderr, "no such case: %.*s\n", STR_ARG(name));
            return 1;
        }
        putchar('\n');
    }
    return 0;
}
