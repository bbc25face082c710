// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

int main(void) {
    puts("huisheng " HUISHENG_VERSION);
    return 0;
}
