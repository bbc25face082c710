// SPDX-License-Identifier: Apache-2.0
// XML pulled out of an input through expat. Whoever reads a part of a workbook embeds a struct xml
// as first member of its own struct, which expat's handlers get as user data, and sees names
// without their prefixes.
//
//     struct styles { struct xml xml; … } s = {0};
//     xml_init(&s.xml, in, NULL);                        // takes `in` over
//     XML_SetElementHandler(s.xml.parser, start, end);
//     while (xml_run(&s.xml, &paused, err) && paused) …  // paused: a handler has called xml_pause
//     xml_done(&s.xml);
//
// A document type declaration is refused: workbooks have none, and what it could declare are bombs.
// Control characters that XML forbids and careless exporters write anyway are read as spaces.
#ifndef COLLECT_XML_H
#define COLLECT_XML_H

#include <expat.h>

#include "collect/input.h"

struct xml {
    XML_Parser parser;
    struct input *in;
    bool paused, ended, refused;
    bool is_wide; // UTF-16: control characters are left alone
    bool started;
};

// `encoding` NULL: what the document says.
void xml_init(struct xml *x, struct input *in, const char *encoding);
void xml_done(struct xml *x); // {0} is fine
// Reads on until a handler pauses (*ret_paused) or the document ends. ERROR_FORMAT names the line.
bool xml_run(struct xml *x, bool *ret_paused, struct error *err) MUST_USE;
void xml_pause(struct xml *x); // in a handler: xml_run returns behind it

// "x:row" → "row".
static inline const char *xml_local(const char *name) {
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

// The value of the attribute with this local name, or NULL.
const char *xml_attr(const char **attrs, const char *local);
static inline bool xml_is(const char *name, const char *local) {
    return strcmp(xml_local(name), local) == 0;
}

#endif
