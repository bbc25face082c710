#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our statistics beside scipy and statsmodels: the same cases, both answers, the largest relative difference.

    ninja -C build bench/stats-reference && bench/stats_reference.py

The reference values in src/num/*_test.c and src/stats/*_test.c are the peer's column of this list. Peers: scipy.stats
(norm, t, ttest_ind_from_stats, fisher_exact, mannwhitneyu, chi2_contingency), scipy.special.betainc, statsmodels
(proportion_confint wilson, confint_proportions_2indep newcomb, proportions_ztest, multipletests fdr_bh, combine_effects
dl). NPS has no peer in either: the published formula, written out here.
"""
import os
import subprocess
import sys

import numpy as np
import scipy
import statsmodels
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ACCURACY = 1e-8


def moments(values):
    v = np.asarray(values, float)
    return [len(v), v.sum(), (v * v).sum()]


def mean(n, s, q):
    m, sd = s / n, np.sqrt((q - s * s / n) / (n - 1))
    return [m, *stats.t.interval(0.95, n - 1, loc=m, scale=sd / np.sqrt(n))]


def share(k, n):
    return [k / n, *proportion_confint(k, n, method="wilson")]


def adjusted(d, p, r):
    n = d + p + r + 3
    pro, det = (r + 0.75) / n, (d + 0.75) / n
    return 100 * (pro - det), 1e4 * (pro + det - (pro - det) ** 2) / n


def nps(d, p, r):
    centre, variance = adjusted(d, p, r)
    value = 100 * (r - d) / (d + p + r)
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    return [value, max(min(centre - half, value), -100), min(max(centre + half, value), 100)]


def nps_change(*x):
    (a, va), (b, vb) = adjusted(*x[:3]), adjusted(*x[3:])
    diff = nps(*x[:3])[0] - nps(*x[3:])[0]
    se = np.sqrt(va + vb)
    half = stats.norm.ppf(0.975) * se
    return [diff, min(a - b - half, diff), max(a - b + half, diff), 2 * stats.norm.sf(abs(a - b) / se)]


def welch(n1, s1, q1, n2, s2, q2):
    sd1, sd2 = np.sqrt((q1 - s1 * s1 / n1) / (n1 - 1)), np.sqrt((q2 - s2 * s2 / n2) / (n2 - 1))
    r = stats.ttest_ind_from_stats(s1 / n1, sd1, n1, s2 / n2, sd2, n2, equal_var=False)
    v1, v2 = sd1 * sd1 / n1, sd2 * sd2 / n2
    df = (v1 + v2) ** 2 / (v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1))
    diff, half = s1 / n1 - s2 / n2, stats.t.ppf(0.975, df) * np.sqrt(v1 + v2)
    return [diff, diff - half, diff + half, r.pvalue]


def table(ka, na, kb, nb):
    return np.array([[ka, na - ka], [kb, nb - kb]])


def fisher(*x):
    return [stats.fisher_exact(table(*x)).pvalue]


def proportions(ka, na, kb, nb, continuity):
    if continuity:
        return [stats.chi2_contingency(table(ka, na, kb, nb), correction=True).pvalue]
    return [proportions_ztest([ka, kb], [na, nb])[1]]


def shares(ka, na, kb, nb):
    low, high = confint_proportions_2indep(ka, na, kb, nb, method="newcomb", compare="diff")
    small = stats.contingency.expected_freq(table(ka, na, kb, nb)).min() < 20
    p = fisher(ka, na, kb, nb)[0] if small else proportions(ka, na, kb, nb, False)[0]
    return [ka / na - kb / nb, low, high, p]


def mann_whitney(na, *values):
    a, b = values[:na], values[na:]
    r = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=True)
    return [r.pvalue, r.statistic / (len(a) * len(b))]


def shrink(*x):
    g = np.array(x, float).reshape(-1, 3)
    n, m = g[:, 0], g[:, 1] / g[:, 0]
    within = (g[:, 2] - g[:, 1] ** 2 / n).sum() / (n - 1).sum()
    r = combine_effects(m, within / n, method_re="dl")
    keep = r.tau2 / (r.tau2 + within / n)
    return [r.mean_effect_re, r.tau2, within, *(r.mean_effect_re + keep * (m - r.mean_effect_re))]


rng = np.random.default_rng(7)
A, B = list(np.round(rng.gamma(2, 2, 12), 1)), list(np.round(rng.gamma(3, 2, 15), 1))
GROUPS = [moments(x) for x in ([5, 4, 5, 3, 5, 4], [1, 2, 1, 3], [4, 4, 5, 5, 5, 4, 3, 5, 4, 5], [2, 5])]
CASES = {
    "normal": (lambda z: [stats.norm.cdf(z), stats.norm.sf(z)], [[-8], [-3.5], [-1.96], [0], [0.3], [2.5], [6]]),
    "normal_quantile": (lambda p: [stats.norm.ppf(p)], [[1e-300], [1e-10], [0.001], [0.025], [0.3], [0.9], [0.999999]]),
    "student": (lambda t, df: [stats.t.cdf(t, df), 2 * stats.t.sf(abs(t), df)],
                [[0.1, 1], [2.5, 1], [2.0, 3.7], [-1.3, 10], [4.5, 30], [12, 8], [1.96, 1e6], [30, 100], [3, 0.5]]),
    "student_quantile": (lambda p, df: [stats.t.ppf(p, df)],
                         [[0.975, 1], [0.975, 2], [0.975, 9], [0.975, 29.3], [0.975, 1e6], [0.6, 5], [0.01, 3], [0.9999, 2.5], [0.995, 0.7]]),
    "beta_inc": (lambda a, b, x: [special.betainc(a, b, x)],
                 [[0.5, 0.5, 0.3], [2, 3, 0.4], [10, 0.5, 0.99], [1e4, 0.5, 0.999], [30, 70, 0.3], [1e6, 1e6, 0.5001], [0.1, 200, 0.001]]),
    "mean": (mean, [moments([5, 4, 5, 3, 5]), moments([1, 5]), [1000, 4200, 18640], [250, 1012.5, 4301.25]]),
    "share": (share, [[41, 100], [0, 20], [20, 20], [1, 3], [7, 1284], [500, 1000]]),
    "nps": (nps, [[8, 13, 15], [0, 5, 5], [0, 0, 10], [10, 0, 0], [300, 500, 1200]]),
    "nps_change": (nps_change, [[8, 13, 15, 12, 12, 12], [300, 500, 1200, 350, 480, 1100], [0, 0, 10, 0, 0, 10]]),
    "welch": (welch, [[*moments([1, 2, 3, 4, 5]), *moments([2, 3, 5, 5])], [30, 120, 520, 300, 1350, 6200], [*moments(A), *moments(B)]]),
    "shares": (shares, [[56, 70, 48, 80], [9, 10, 3, 10], [0, 20, 0, 10], [5, 56, 0, 29], [120, 1000, 90, 1000], [2, 500, 9, 480]]),
    "proportions": (proportions, [[56, 70, 48, 80, 0], [56, 70, 48, 80, 1], [120, 1000, 90, 1000, 0], [120, 1000, 90, 1000, 1]]),
    "fisher": (fisher, [[9, 10, 3, 10], [1, 25, 8, 20], [0, 10, 5, 10], [3, 100, 9, 90], [2, 5, 300, 4000], [40, 3000, 80, 2500]]),
    "fdr": (lambda *p: list(multipletests(p, method="fdr_bh")[1]),
            [[0.01, 0.02, 0.03, 0.04, 0.05], [0.001, 0.8, 0.04, 0.03, 0.5, 0.011], [0.5], [0.03, 0.03, 0.9, 0.03]]),
    "mann_whitney": (mann_whitney, [[12, *A, *B], [8, 1, 2, 2, 3, 3, 3, 4, 5, 2, 3, 3, 4, 4, 5, 5, 5, 5]]),
    "shrink": (shrink, [sum(GROUPS, []), [30, 120, 520, 300, 1350, 6200, 12, 30, 90]]),
}


def main():
    program = os.path.join(ROOT, os.environ.get("BUILD", "build"), "bench", "stats-reference")
    print(f"peers: scipy {scipy.__version__}, statsmodels {statsmodels.__version__}")
    worst = 0.0
    for name, (peer, cases) in CASES.items():
        lines = "".join(" ".join([name, *(repr(float(x)) for x in case)]) + "\n" for case in cases)
        out = subprocess.run([program], input=lines, text=True, check=True, stdout=subprocess.PIPE).stdout
        for case, line in zip(cases, out.splitlines(), strict=True):
            ours, theirs = [float(x) for x in line.split()], [float(x) for x in peer(*case)]
            off = max(abs(a - b) / abs(b) if b else abs(a - b) for a, b in zip(ours, theirs, strict=True))
            worst = max(worst, off)
            print(f"{name} {' '.join(f'{float(x):.10g}' for x in case)}")
            print(f"    ours {' '.join(f'{x:.12g}' for x in ours)}")
            print(f"    peer {' '.join(f'{x:.12g}' for x in theirs)}   off by {off:.1e}")
    print(f"largest relative difference: {worst:.1e} (must be below {ACCURACY:g})")
    sys.exit(worst >= ACCURACY)


if __name__ == "__main__":
    main()
