// SPDX-License-Identifier: Apache-2.0
#include "app/clash.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/str.h"

// The one true name of a file that exists or could be made; false where there is none to compare.
static bool true_name(const char *path, char *buf) {
    struct stat st;
    if (!path || str_eq(str_from(path), STR("-")))
        return false;
    if (stat(path, &st) == 0)
        return S_ISREG(st.st_mode) && realpath(path, buf);
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX], real[PATH_MAX];
    int n = slash ? snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path)
                  : snprintf(folder, sizeof folder, ".");
    if (n < 0 || n >= PATH_MAX || !realpath(folder, real))
        return false;
    n = snprintf(buf, PATH_MAX, "%s/%s", real, slash ? slash + 1 : path);
    return n > 0 && n < PATH_MAX;
}

static bool is_same(const char *a, const char *b) {
    char real_a[PATH_MAX], real_b[PATH_MAX];
    return true_name(a, real_a) && true_name(b, real_b) &&
           str_eq(str_from(real_a), str_from(real_b));
}

bool clash_check(const char *const *outputs, size_t n_outputs, const char *const *inputs,
                 size_t n_inputs, struct error *err) {
    for (size_t i = 0; i < n_outputs; i++) {
        for (size_t k = 0; k < n_inputs; k++)
            if (is_same(outputs[i], inputs[k]))
                return error_set(
                    err, ERROR_USAGE, "%s 是要读取的文件，不能写到它上面，请换一个输出文件名",
                    "%s is a file to read and would be written over; choose another name",
                    outputs[i]);
        for (size_t k = 0; k < i; k++)
            if (is_same(outputs[i], outputs[k]))
                return error_set(err, ERROR_USAGE, "两个输出都写到 %s，请给它们不同的文件名",
                                 "two outputs would be written to %s; give them different names",
                                 outputs[i]);
    }
    return true;
}
