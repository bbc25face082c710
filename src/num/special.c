// SPDX-License-Identifier: Apache-2.0
#include "num/special.h"

#include <float.h>
#include <math.h>

#include "base/def.h"

#define SQRT_2    1.41421356237309504880
#define SQRT_2PI  2.50662827463100050242
#define TINY      1e-300
#define PRECISION 1e-15
#define MAX_STEPS 100000 // of the continued fraction; it needs about √max(a, b)

double normal_cdf(double z) {
    return 0.5 * erfc(-z / SQRT_2);
}

double normal_sf(double z) {
    return 0.5 * erfc(z / SQRT_2);
}

static double polynomial(const double *c, int n, double x) {
    double y = c[0];
    for (int i = 1; i < n; i++)
        y = y * x + c[i];
    return y;
}

// Acklam's approximation in the lower half, relative error 1.2e-9.
static double normal_quantile_start(double p) {
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                               -1.556989798598866e+02, 6.680131188771972e+01,
                               -1.328068155288572e+01, 1};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                               -2.400758277161838e+00, -2.549732539343734e+00,
                               4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                               3.754408661907416e+00, 1};
    if (p < 0.02425) {
        double q = sqrt(-2 * log(p));
        return polynomial(c, 6, q) / polynomial(d, 5, q);
    }
    double q = p - 0.5, r = q * q;
    return polynomial(a, 6, r) * q / polynomial(b, 6, r);
}

double normal_quantile(double p) {
    if (!(p > 0 && p < 1))
        return NAN;
    if (p > 0.5)
        return -normal_quantile(1 - p);
    double z = normal_quantile_start(p);
    double u = (normal_cdf(z) - p) * SQRT_2PI * exp(z * z / 2);
    return z - u / (1 + z * u / 2);
}

double log_gamma(double x) {
    int sign;
    return x > 0 ? lgamma_r(x, &sign) : NAN;
}

static double beta_fraction(double a, double b, double x) {
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < TINY ? TINY : d);
    double h = d;
    for (int m = 1; m < MAX_STEPS; m++) {
        for (int odd = 0; odd < 2; odd++) {
            double n = odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                           : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 + n * d;
            d = 1 / (fabs(d) < TINY ? TINY : d);
            c = 1 + n / c;
            c = fabs(c) < TINY ? TINY : c;
            h *= d * c;
        }
        if (fabs(d * c - 1) < PRECISION)
            break;
    }
    return h;
}

// ln Γ(a) + ln Γ(b) − ln Γ(a + b). For a large argument the difference of two huge logarithms would
// lose digits: Stirling's remainder instead.
static double stirling_rest(double x) {
    double r = 1 / x, q = r * r;
    return r * (1.0 / 12 - q * (1.0 / 360 - q * (1.0 / 1260 - q * (1.0 / 1680 - q / 1188))));
}

static double log_beta(double a, double b) {
    double small = fmin(a, b), large = fmax(a, b), sum = a + b;
    if (large < 20)
        return log_gamma(a) + log_gamma(b) - log_gamma(sum);
    if (small >= 20)
        return 0.5 * log(2 * M_PI / large) + (small - 0.5) * log(small / sum) -
               large * log1p(small / large) + stirling_rest(small) + stirling_rest(large) -
               stirling_rest(sum);
    // ln Γ(large) − ln Γ(sum)
    double difference = -(large - 0.5) * log1p(small / large) - small * log(sum) + small +
                        stirling_rest(large) - stirling_rest(sum);
    return log_gamma(small) + difference;
}

double beta_inc(double a, double b, double x) {
    if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
        return NAN;
    if (x == 0 || x == 1)
        return x;
    double front = exp(a * log(x) + b * log1p(-x) - log_beta(a, b));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_two_sided(double t, double df) {
    if (!(df > 0) || isnan(t))
        return NAN;
    if (isinf(t))
        return 0;
    if (isinf(df))
        return 2 * normal_sf(fabs(t));
    double t2 = t * t;
    // I_x(df/2, ½) at x = df/(df + t²), written so that neither end cancels
    return t2 < df ? 1 - beta_inc(0.5, df / 2, t2 / (df + t2))
                   : beta_inc(df / 2, 0.5, df / (df + t2));
}

double student_cdf(double t, double df) {
    double tail = student_two_sided(t, df) / 2;
    return t < 0 ? tail : 1 - tail;
}

static double student_density(double t, double df) {
    double log_c = -log_beta(df / 2, 0.5) - 0.5 * log(df);
    return exp(log_c - (df + 1) / 2 * log1p(t * t / df));
}

// The upper half by Newton's method on the tail, kept between bounds that close in.
double student_quantile(double p, double df) {
    if (!(p > 0 && p < 1) || !(df > 0))
        return NAN;
    if (isinf(df))
        return normal_quantile(p);
    if (p == 0.5)
        return 0;
    double tail = 2 * fmin(p, 1 - p), low = 0, high = INFINITY;
    double t = -normal_quantile(tail / 2);
    for (int i = 0; i < 400; i++) {
        double miss = student_two_sided(t, df) - tail;
        if (miss > 0)
            low = t;
        else
            high = t;
        double next = t + miss / (2 * student_density(t, df));
        if (!(next > low && next < high))
            next = isinf(high) ? 2 * t + 1 : (low + high) / 2;
        if (fabs(next - t) <= 1e-14 * fabs(t))
            return p < 0.5 ? -next : next;
        t = next;
    }
    return p < 0.5 ? -t : t;
}
