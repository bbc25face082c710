# SPDX-License-Identifier: Apache-2.0
"""The document of the API says what is there: OpenAPI 3.1 as its specification wants it, and answers of the shapes it promises."""
import json
import re

from people import owner
from server import main, test

TYPES = {"null", "boolean", "number", "integer", "string", "array", "object"}
WORDS = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$ref", "format", "description", "pattern", "propertyNames", "minLength", "maxLength", "minItems", "maxItems", "minimum", "exclusiveMinimum",
         "maximum", "minProperties", "maxProperties", "default", "const", "oneOf", "allOf", "not"}


def resolve(document, schema):
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        schema = document["components"]["schemas"][name]
    return schema


def check_schema(document, schema, where):
    assert isinstance(schema, dict), where
    assert not set(schema) - WORDS, (where, set(schema) - WORDS)
    if "$ref" in schema:
        assert resolve(document, schema) is not None, where
        return
    types = schema.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    assert types <= TYPES, (where, types)
    for name in schema.get("required", []):
        assert name in schema.get("properties", {}), (where, f"{name} is required and has no shape")
    if "pattern" in schema:
        re.compile(schema["pattern"])
    for name, inner in schema.get("properties", {}).items():
        check_schema(document, inner, f"{where}.{name}")
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(key), dict):
            check_schema(document, schema[key], f"{where}.{key}")
    for key in ("anyOf", "oneOf", "allOf"):
        for i, inner in enumerate(schema.get(key, [])):
            check_schema(document, inner, f"{where}.{key}[{i}]")


def fits(document, schema, value, where="answer"):
    """Whether `value` is of the shape; AssertionError says where it is not."""
    schema = resolve(document, schema)
    if "anyOf" in schema:
        failed = []
        for inner in schema["anyOf"]:
            try:
                fits(document, inner, value, where)
                break
            except AssertionError as e:
                failed.append(e)
        else:
            raise failed[-1]
    names = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    types = schema.get("type")
    if types:
        types = {types} if isinstance(types, str) else set(types)
        kind = names[type(value)]
        assert kind in types or kind == "integer" and "number" in types, f"{where} is {kind}, not {types}: {value!r}"
    if "enum" in schema and value is not None:
        assert value in schema["enum"], f"{where} is {value!r}"
    if isinstance(value, str):
        if schema.get("format") == "uuid":
            assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value), f"{where} is {value!r}"
        if schema.get("format") == "date-time":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value), f"{where} is {value!r}"
    if isinstance(value, dict):
        for name in schema.get("required", []):
            assert name in value, f"{where} has no {name}"
        for name, inner in value.items():
            if name in schema.get("properties", {}):
                fits(document, schema["properties"][name], inner, f"{where}.{name}")
            elif isinstance(schema.get("additionalProperties"), dict):
                fits(document, schema["additionalProperties"], inner, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for i, inner in enumerate(value):
            fits(document, schema["items"], inner, f"{where}[{i}]")


@test
def the_document_is_openapi_3_1(server):
    server.start()
    reply = server.request("GET", "/api/openapi.json", key="")
    assert reply.status == 200 and reply.headers["content-type"].startswith("application/json"), reply
    document = reply.json
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"]) and document["info"]["title"] and document["info"]["version"]
    assert set(document) <= {"openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"}, set(document)
    schemes, used, n = set(document["components"]["securitySchemes"]), set(), 0
    for path, methods in document["paths"].items():
        assert path.startswith("/") and not path.endswith("/"), path
        for method, operation in methods.items():
            where = f"{method} {path}"
            n += 1
            assert method in {"get", "put", "post", "delete", "options", "head", "patch", "trace"}, where
            assert operation["summary"] and operation["x-summary-zh"] and operation["tags"], where
            parameters = [(p["in"], p["name"]) for p in operation["parameters"]]
            assert len(parameters) == len(set(parameters)), where
            assert {name for kind, name in parameters if kind == "path"} == set(re.findall(r"\{(\w+)\}", path)), where
            for p in operation["parameters"]:
                assert p["in"] in {"path", "query", "header", "cookie"} and (p["in"] != "path" or p["required"] is True), (where, p)
                check_schema(document, p["schema"], where)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                check_schema(document, content.get("schema", {}), where)
            assert method != "get" or "requestBody" not in operation, where
            assert operation["responses"], where
            for status, response in operation["responses"].items():
                assert re.fullmatch(r"[1-5]\d\d", status) and response["description"], (where, status)
                for kind, content in response.get("content", {}).items():
                    check_schema(document, content.get("schema", {}), f"{where} {status}")
                    assert status[0] == "2" or kind == "application/problem+json", (where, status, kind)
            for way in operation["security"]:
                assert set(way) <= schemes, where
            assert bool(operation["security"]) == ("x-permission" in operation), where
    for name, schema in document["components"]["schemas"].items():
        check_schema(document, schema, name)
    used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert used >= set(document["components"]["schemas"]), set(document["components"]["schemas"]) - used
    assert n > 60, n


@test
def answers_have_the_shapes_that_the_document_promises(server):
    server.start()
    server.setup()
    boss = owner(server)
    document = boss.send("GET", "/api/openapi.json").json
    checked = []

    def ask(method, path, body=None, template=None, headers=None):
        reply = boss.send(method, path, body, headers)
        operation = document["paths"][template or path.split("?")[0]][method.lower()]
        promised = operation["responses"].get(str(reply.status))
        assert promised, (method, path, reply)
        for kind, content in promised.get("content", {}).items():
            assert reply.headers["content-type"].startswith(kind), (method, path, reply.headers)
            if kind.endswith("json"):
                fits(document, content.get("schema", {}), reply.json, f"{method} {path} {reply.status}: answer")
        checked.append((method, template or path))
        return reply

    f = "/api/v1/feedback"
    record = {"text": "等了八天，客服也不理人", "source": "shop", "external_id": "1", "channel": "tmall", "scores": [{"metric": "rating", "value": 2}], "attributes": {"省份": "西藏", "天": 8},
              "customer": {"phone": "13912345678", "name": "王小明"}, "occurred_at": "2026-11-10T00:00:00Z"}
    identifier = ask("POST", f, record).json["data"]["id"]
    ask("POST", f, record)
    ask("POST", f, [record, {"x": 1}])
    ask("POST", f, {"x": 1})
    ask("POST", f + "/import", json.dumps(record) + "\n{\n", headers={"Content-Type": "application/x-ndjson"})
    server.until(lambda: boss.data("GET", f"{f}/{identifier}")["analysis"], 20, "not analysed")
    server.until(lambda: boss.data("GET", "/api/v1/customers"), 20, "no customer")
    customer = ask("GET", "/api/v1/customers").json["data"][0]["id"]
    one = f + "/{id}"
    ask("GET", f + "?limit=5&filter[channel][in]=tmall")
    ask("GET", f + "?limit=500")
    ask("GET", f"{f}/{identifier}", template=one)
    ask("GET", f"{f}/nothing", template=one)
    ask("POST", f"{f}/{identifier}/corrections", {"field": "sentiment", "value": "pos"}, template=one + "/corrections")
    ask("GET", f"{f}/{identifier}", template=one)
    ask("POST", f + "/bulk", {"ids": [identifier], "action": "delete"})
    ask("POST", f"{f}/{identifier}/restore", template=one + "/restore")
    ask("POST", "/api/v1/events", {"type": "order", "external_id": "o1", "at": "2026-11-01T00:00:00Z", "measures": {"amount": 5}, "customer": {"phone": "13912345678"}})
    imported = ask("POST", "/api/v1/imports", "评论,时间\n很好,2026-11-01\n".encode(), headers={"X-File-Name": "a.csv", "Content-Type": "application/octet-stream"}).json["data"]["id"]
    place = "/api/v1/imports/{id}"
    ask("POST", f"/api/v1/imports/{imported}/check", {}, template=place + "/check")
    ask("POST", f"/api/v1/imports/{imported}/start", {}, template=place + "/start")
    server.until(lambda: boss.data("GET", f"/api/v1/imports/{imported}")["state"] == "done", 30, "not imported")
    ask("GET", f"/api/v1/imports/{imported}", template=place)
    ask("GET", f"/api/v1/imports/{imported}/errors.csv", template=place + "/errors.csv")
    ask("GET", f"/api/v1/imports/{imported}/report.html", template=place + "/report.html")
    ask("GET", f"/api/v1/customers/{customer}", template="/api/v1/customers/{id}")
    ask("GET", f"/api/v1/customers/{customer}/export", template="/api/v1/customers/{id}/export")
    key = ask("POST", "/api/v1/keys", {"name": "k", "scopes": ["feedback:read"]}).json["data"]["id"]
    ask("POST", "/api/v1/keys", {"name": "k", "scopes": "feedback:read"})
    ask("DELETE", f"/api/v1/keys/{key}", template="/api/v1/keys/{id}")
    ask("POST", "/api/v1/users/invite", {"email": "b@zhang-shop.cn", "role": "viewer", "scope": [{"dimension": "region", "values": ["四川"]}]})
    view = ask("POST", "/api/v1/views", {"name": "v", "query": "q=a"}).json["data"]["id"]
    ask("PATCH", f"/api/v1/views/{view}", {"name": "w", "query": "q=a", "shared": True}, template="/api/v1/views/{id}")
    ask("PATCH", "/api/v1/workspace", {"name": "一家公司"})
    ask("POST", "/api/v1/workspaces", {"name": "另一家", "time_zone": "UTC"})
    ask("PATCH", "/api/v1/session", {"lang": "zh"})
    record = {"tenant_id": "t1", "submission_id": "s1", "field_id": "f1", "field_type": "text", "source_type": "survey", "value_text": "很好", "user_id": "u1"}
    hub = ask("POST", "/v1/feedback-records", record).json["id"]
    ask("POST", "/v1/feedback-records", record)
    ask("GET", f"/v1/feedback-records/{hub}", template="/v1/feedback-records/{id}")
    ask("PATCH", f"/v1/feedback-records/{hub}", {"value_text": "改了"}, template="/v1/feedback-records/{id}")
    ask("GET", "/v1/feedback-records?tenant_id=t1")
    ask("POST", "/v1/feedback-records/search/semantic", {"query": "很好", "tenant_id": "t1"})
    ask("POST", "/v1/webhooks", {"url": "https://hooks.example.com/x", "tenant_id": "t1"})
    # Whatever needs nothing but to be asked.
    for path, methods in document["paths"].items():
        if "get" in methods and "{" not in path and path not in ("/api/v1/stream",):
            ask("GET", path)
            ask("GET", path + "?nonsense=1", template=path)
    assert len(checked) > 80, len(checked)


main()
