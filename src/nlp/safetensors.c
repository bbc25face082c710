// SPDX-License-Identifier: Apache-2.0
#include "nlp/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"

#define MAX_HEADER_BYTES MIB
#define PREFIX_BYTES     8

struct entry {
    struct str name; // borrowed from the JSON tree
    struct tensor tensor;
};

struct safetensors {
    char *path;
    struct json *header;
    struct entry *entries;
    size_t n;
    void *map; // NULL when the bytes belong to the caller
    size_t map_bytes;
};

static const struct {
    const char *name;
    size_t bytes;
} types[] = {
    [TENSOR_F32] = {"F32", 4}, [TENSOR_I8] = {"I8", 1},   [TENSOR_U8] = {"U8", 1},
    [TENSOR_U16] = {"U16", 2}, [TENSOR_U32] = {"U32", 4},
};

static bool damaged(struct error *err, const char *path, const char *reason) {
    return error_set(err, ERROR_FORMAT, "模型文件 %s 已损坏，请重新安装模型（%s）",
                     "model file %s is damaged, install the model again (%s)", path, reason);
}

static bool parse_shape(const struct json *j, struct tensor *t, uint64_t *ret_elements) {
    size_t rank = json_len(j);
    if (json_kind(j) != JSON_KIND_ARRAY || rank > TENSOR_MAX_RANK)
        return false;
    uint64_t elements = 1;
    for (size_t i = 0; i < rank; i++) {
        const struct json *axis = json_at(j, i);
        int64_t size = json_int(axis, -1);
        if (!json_is_whole(axis) || size < 0 ||
            __builtin_mul_overflow(elements, (uint64_t)size, &elements))
            return false;
        t->shape[i] = (uint64_t)size;
    }
    t->rank = (int)rank;
    *ret_elements = elements;
    return true;
}

// One header entry against the data that is there. Returns NULL if all is well, else what is wrong.
static const char *parse_entry(const struct json *j, struct str data, struct tensor *t) {
    struct str type = json_str(json_get(j, "dtype"));
    size_t k = 0;
    while (k < ARRAY_LEN(types) && !str_eq(type, str_from(types[k].name)))
        k++;
    if (k == ARRAY_LEN(types))
        return "unknown element type";
    t->type = (enum tensor_type)k;
    uint64_t elements, bytes;
    if (!parse_shape(json_get(j, "shape"), t, &elements))
        return "impossible shape";
    const struct json *offsets = json_get(j, "data_offsets");
    int64_t from = json_int(json_at(offsets, 0), -1), to = json_int(json_at(offsets, 1), -1);
    if (json_len(offsets) != 2 || from < 0 || to < from || (uint64_t)to > data.len)
        return "cut short or wrong offsets";
    if (__builtin_mul_overflow(elements, (uint64_t)types[k].bytes, &bytes) ||
        bytes != (uint64_t)(to - from))
        return "size does not fit the shape";
    t->data = data.ptr + from;
    if ((uintptr_t)t->data % types[k].bytes != 0)
        return "unaligned data";
    return NULL;
}

static uint64_t read_u64(const char *p) {
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static bool parse_header(struct safetensors *st, struct str bytes, struct error *err) {
    if (bytes.len < PREFIX_BYTES)
        return damaged(err, st->path, "too short");
    uint64_t n = read_u64(bytes.ptr);
    if (n > MAX_HEADER_BYTES || n > bytes.len - PREFIX_BYTES)
        return damaged(err, st->path, "header longer than the file");
    struct error why;
    if (!json_parse(str_slice(bytes, PREFIX_BYTES, PREFIX_BYTES + (size_t)n), &st->header, &why) ||
        json_kind(st->header) != JSON_KIND_OBJECT)
        return damaged(err, st->path, "header is not a JSON object");
    struct str data = str_slice(bytes, PREFIX_BYTES + (size_t)n, bytes.len);
    st->entries = mem_zero(json_len(st->header) + 1, sizeof *st->entries);
    for (void *it = json_iter(st->header); it; it = json_iter_next(st->header, it)) {
        struct str name = json_iter_key(it);
        if (str_eq(name, STR("__metadata__")))
            continue;
        struct entry *e = &st->entries[st->n++];
        e->name = name;
        const char *wrong = parse_entry(json_iter_value(it), data, &e->tensor);
        if (wrong)
            return damaged(err, st->path, wrong);
    }
    return true;
}

bool safetensors_parse(struct str bytes, const char *path, struct safetensors **ret,
                       struct error *err) {
    struct safetensors *st = mem_zero(1, sizeof *st);
    st->path = str_dup(str_from(path));
    if (!parse_header(st, bytes, err)) {
        safetensors_close(st);
        return false;
    }
    *ret = st;
    return true;
}

bool safetensors_open(const char *path, struct safetensors **ret, struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat sb;
    if (fd < 0 || fstat(fd, &sb) != 0) {
        int e = errno;
        if (fd >= 0)
            close(fd);
        return error_errno(err, e, "无法读取模型文件", "cannot read model file", path);
    }
    size_t bytes = (size_t)sb.st_size;
    if (!S_ISREG(sb.st_mode) || bytes < PREFIX_BYTES) {
        close(fd);
        return damaged(err, path, "too short");
    }
    void *map = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    int e = errno;
    close(fd);
    if (map == MAP_FAILED)
        return error_errno(err, e, "无法读取模型文件", "cannot read model file", path);
    if (!safetensors_parse(str_make(map, bytes), path, ret, err)) {
        munmap(map, bytes);
        return false;
    }
    (*ret)->map = map;
    (*ret)->map_bytes = bytes;
    return true;
}

void safetensors_close(struct safetensors *st) {
    if (!st)
        return;
    json_free(st->header);
    free(st->entries);
    free(st->path);
    if (st->map)
        munmap(st->map, st->map_bytes);
    free(st);
}

bool safetensors_get(const struct safetensors *st, const char *name, enum tensor_type type,
                     int rank, const uint64_t *shape, struct tensor *ret, struct error *err) {
    const struct entry *e = NULL;
    for (size_t i = 0; i < st->n && !e; i++)
        if (str_eq(st->entries[i].name, str_from(name)))
            e = &st->entries[i];
    bool fits = e && e->tensor.type == type && e->tensor.rank == rank;
    for (int i = 0; fits && i < rank; i++)
        fits = shape[i] == TENSOR_ANY || shape[i] == e->tensor.shape[i];
    if (!fits)
        return error_set(
            err, ERROR_FORMAT,
            "模型文件 %s 与本版本不符（缺少张量 %s 或形状不同），请安装相配的模型",
            "model file %s does not fit this version (tensor %s is missing or of another "
            "shape); install the matching model",
            st->path, name);
    *ret = e->tensor;
    return true;
}
