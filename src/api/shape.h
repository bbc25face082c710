// SPDX-License-Identifier: Apache-2.0
// A value held against the shape that the document promises (api/schemas.h): what is wrong first, by name. The
// part of JSON Schema that our shapes use: $ref, type, enum (texts), required, properties, additionalProperties,
// anyOf, items, minItems, maxItems, minLength, maxLength, minimum, maximum, maxProperties. What a shape cannot
// say (that a time is a time, that a name is free) the handler still has to look at.
//
//     struct shape_problem p;
//     if (!shape_check("KeyIn", body, &p)) → p.name "scopes[2]", p.reason
#ifndef API_SHAPE_H
#define API_SHAPE_H

#include "base/json.h"
#include "base/lang.h"

struct shape_problem {
    char name[120]; // "workspace.name", "ids[3]"; "body" for the whole
    struct words reason;
};

// `name` of api_schemas or import_schemas; one that there is not is our bug and aborts. False: *ret_problem is
// filled.
bool shape_check(const char *name, const struct json *value,
                 struct shape_problem *ret_problem) MUST_USE;

#endif
