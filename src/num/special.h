// SPDX-License-Identifier: Apache-2.0
// The distribution functions that tests and intervals need. Pure functions of their arguments,
// thread-safe. Relative error below 1e-10 where the result is above 1e-300, held against reference
// values in the test. Arguments outside the domain give NAN.
//
// Sources: incomplete beta and gamma by their continued fractions and series (Abramowitz &
// Stegun 6.5, 26.5); normal quantile by Acklam's rational approximation and one Halley step;
// Student quantile by the normal one as a start and safeguarded Newton steps on the distribution
// function.
#ifndef NUM_SPECIAL_H
#define NUM_SPECIAL_H

double normal_cdf(double z);
double normal_sf(double z);                    // 1 − cdf, without cancellation in the tail
double normal_quantile(double p);              // 0 < p < 1
double log_gamma(double x);                    // x > 0; thread-safe
double beta_inc(double a, double b, double x); // regularised incomplete beta I_x(a, b), 0 ≤ x ≤ 1
double student_cdf(double t, double df);       // df > 0, need not be whole
double student_two_sided(double t, double df); // P(|T| ≥ |t|)
double student_quantile(double p, double df);  // 0 < p < 1

#endif
