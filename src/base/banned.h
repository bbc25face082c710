// SPDX-License-Identifier: Apache-2.0
// Calls that must not compile. The build includes this file before every source (-include), so that
// the system headers have been read before their names are poisoned.
//
//   strcpy strcat strncpy strncat sprintf vsprintf gets   unbounded or silently truncating: use strbuf
//   strtok                                               hidden state: use str_cut
//   atoi atol atof                                       no error: use str_to_int64, str_to_double
//   localtime gmtime asctime ctime                       static buffers: use base/clock.h
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

// A source whose foreign header has such a call in a macro is built with HUISHENG_FOREIGN_MACROS and includes this
// file again after that header (report/rows_xlsx_part.h).
#ifndef HUISHENG_FOREIGN_MACROS
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok atoi atol atoll atof
#pragma GCC poison localtime gmtime asctime ctime
#endif

#endif
