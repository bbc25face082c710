// SPDX-License-Identifier: Apache-2.0
// Feeds each file named on the command line to a fuzz target once, so that corpora run as ordinary tests.
#include <stdio.h>

#include "base/str.h"
#include "sys/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * MIB);
        struct error err;
        if (!file_read(argv[i], 64 * MIB, &sb, &err)) {
            fprintf(stderr, "%s\n", err.en);
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)strbuf_cstr(&sb), sb.len);
    }
    printf("%d inputs replayed\n", argc - 1);
    return 0;
}
