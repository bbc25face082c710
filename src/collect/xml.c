// SPDX-License-Identifier: Apache-2.0
#include "collect/xml.h"

#include "base/mem.h"

#define CHUNK 65536

static void refuse_doctype(void *ctx, UNUSED const XML_Char *name, UNUSED const XML_Char *system,
                           UNUSED const XML_Char *public_id, UNUSED int has_subset) {
    struct xml *x = ctx;
    x->refused = true;
    XML_StopParser(x->parser, XML_FALSE);
}

void xml_init(struct xml *x, struct input *in, const char *encoding) {
    *x = (struct xml){.parser = XML_ParserCreate(encoding), .in = in};
    if (!x->parser)
        abort(); // out of memory
    XML_SetUserData(x->parser, x);
    XML_SetStartDoctypeDeclHandler(x->parser, refuse_doctype);
}

void xml_done(struct xml *x) {
    if (x->parser)
        XML_ParserFree(x->parser);
    input_close(x->in);
    *x = (struct xml){.parser = NULL};
}

void xml_pause(struct xml *x) {
    XML_StopParser(x->parser, XML_TRUE);
}

const char *xml_attr(const char **attrs, const char *local) {
    for (; *attrs; attrs += 2)
        if (xml_is(attrs[0], local))
            return attrs[1];
    return NULL;
}

static bool fail(struct xml *x, struct error *err) {
    unsigned long line = XML_GetCurrentLineNumber(x->parser);
    if (x->refused)
        return error_set(err, ERROR_FORMAT, "含有 DOCTYPE 声明，不是正常的工作簿，不读取",
                         "it has a DOCTYPE declaration, which no workbook has: not read");
    return error_set(
        err, ERROR_FORMAT, "内部 XML 第 %lu 行已损坏，请用 Excel 或 WPS 打开后另存再试",
        "its XML is damaged at line %lu: open it in Excel or WPS and save it again", line);
}

static void blank_controls(char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        p[i] = c < 0x20 && c != '\t' && c != '\n' && c != '\r' ? ' ' : (char)c;
    }
}

static bool feed(struct xml *x, enum XML_Status *ret_status, struct error *err) {
    char *buf = XML_GetBuffer(x->parser, CHUNK);
    size_t n = 0;
    if (!buf)
        return fail(x, err);
    if (!input_read(x->in, buf, CHUNK, &n, err))
        return false;
    if (!x->started)
        x->is_wide = n >= 2 && (buf[0] == '\xFF' || buf[0] == '\xFE' || !buf[0] || !buf[1]);
    x->started = true;
    if (!x->is_wide)
        blank_controls(buf, n);
    x->ended = n == 0;
    *ret_status = XML_ParseBuffer(x->parser, (int)n, n == 0);
    return true;
}

bool xml_run(struct xml *x, bool *ret_paused, struct error *err) {
    *ret_paused = false;
    enum XML_Status status = XML_STATUS_OK;
    bool resume = x->paused;
    x->paused = false;
    do {
        if (resume)
            status = XML_ResumeParser(x->parser);
        else if (x->ended)
            return true;
        else if (!feed(x, &status, err))
            return false;
        resume = false;
        if (status == XML_STATUS_ERROR)
            return fail(x, err);
    } while (status != XML_STATUS_SUSPENDED);
    *ret_paused = x->paused = true;
    return true;
}
