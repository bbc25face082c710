// SPDX-License-Identifier: Apache-2.0
// The last gate before durable facts: a value of a dimension that looks like one person's data, or like a text, is no
// value to count by and must not be kept. It asks for shapes only (what a text says about a person is found in
// nlp/pii.h, long before), so it is quick, needs no model, and rather refuses an odd product number than lets a
// telephone number in:
//     e-mail address            a@b.cd
//     mobile number             11 digits, 13… to 19…, also +86, also grouped 3-4-4, full-width digits too
//     landline                  0 and 9 to 11 digits more, with or without a dash
//     identity card             18 (the last may be X) or 15 digits with a date of birth that can be
//     bank card                 16–19 digits of a known issuer that pass the check of Luhn (ISO/IEC 7812-1)
//     text                      more than FACT_VALUE_MAX_BYTES, or with a line break
#ifndef OLAP_PERSONAL_H
#define OLAP_PERSONAL_H

#include "base/str.h"

#define FACT_VALUE_MAX_BYTES 240 // 80 Chinese characters

bool personal_refuses(struct str value);

#endif
