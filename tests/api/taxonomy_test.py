# SPDX-License-Identifier: Apache-2.0
"""The dimensions of a workspace: names, weights, merges, words of its own; changed, refused, undone."""
from server import main, test

PATH = "/api/v1/taxonomy"
FEEDBACK = "/api/v1/feedback"


def started(server):
    server.start()
    return server.setup("feedback:read,feedback:write,taxonomy:write,audit:read")


def patch(server, **body):
    return server.request("PATCH", PATH, body)


def dimension(reply, code):
    return next(d for d in reply.json["data"]["dimensions"] if d["code"] == code)


def counted(server):
    return {d["code"]: d for d in server.get("/api/v1/overview", period="all").json["dimensions"]}


@test
def names_and_weights_are_changed_shown_and_undone(server):
    started(server)
    before = server.get(PATH)
    assert before.status == 200 and before.json["data"]["version"] == 1 and not before.json["data"]["can_undo"], before
    assert len(before.json["data"]["dimensions"]) == 25 and abs(sum(d["weight"] for d in before.json["data"]["dimensions"]) - 100) < 2
    sent = {**dimension(before, "logistics"), "name": "riders", "weight": 33.5}
    reply = patch(server, dimensions=[sent], version=1)
    assert reply.status == 200 and reply.json["data"]["version"] == 2, reply
    got = dimension(reply, "logistics")
    assert got["name"] == got["name_en"] == "riders" and got["weight"] == 33.5 and got["name_zh"] == dimension(before, "logistics")["name_zh"], got
    assert dimension(reply, "service") == dimension(before, "service")
    assert patch(server, dimensions=[sent], version=1).status == 409
    undone = server.request("POST", PATH + "/undo", b"")
    assert undone.status == 200 and undone.json["data"]["dimensions"] == before.json["data"]["dimensions"] and undone.json["data"]["version"] == 3, undone
    again = server.request("POST", PATH + "/undo", b"")
    assert dimension(again, "logistics") == got
    assert {a["action"] for a in server.get("/api/v1/audit").json["data"]} >= {"taxonomy.update", "taxonomy.undo"}


@test
def another_industry_brings_its_names_and_keeps_own_ones(server):
    started(server)
    industries = server.get(PATH + "/industries").json["data"]
    assert industries[0]["code"] == "general" and "hotel" in {i["code"] for i in industries}, industries
    patch(server, dimensions=[{"code": "taste", "name_zh": "风味"}])
    reply = patch(server, industry="restaurant")
    assert reply.json["data"]["industry"] == "restaurant" and dimension(reply, "taste")["name_zh"] == "风味", reply
    wrong = patch(server, industry="mining")
    assert wrong.status == 400 and wrong.json["invalid_params"][0]["name"] == "industry", wrong
    undone = server.request("POST", PATH + "/undo", b"")
    assert undone.json["data"]["industry"] == "general" and dimension(undone, "taste")["name_zh"] == "风味", undone


@test
def what_is_wrong_is_named_and_changes_nothing(server):
    started(server)
    before = server.get(PATH).json
    for body, name in [
        ({"dimensions": [{"code": "speed"}]}, "dimensions[0].code"), ({"dimensions": [{"code": "taste", "weight": -1}]}, "dimensions[0].weight"),
        ({"dimensions": [{"code": "taste", "x": 1}]}, "dimensions[0].x"), ({"color": 1}, "color"), ({"dimensions": {}}, "dimensions"),
        ({"dimensions": [{"code": "taste", "merged_into": "price"}, {"code": "price", "merged_into": "quality"}]}, "taste.merged_into"),
    ]:
        reply = server.request("PATCH", PATH, body)
        assert reply.status == 400 and reply.json["invalid_params"][0]["name"] == name, (body, reply)
    assert server.get(PATH).json == before
    assert server.request("POST", PATH + "/undo", b"").status == 409
    reader = server.command("key", "create", "--name", "r", "--scopes", "feedback:read").stdout.strip()
    assert server.request("GET", PATH, key=reader).status == 200
    assert server.request("PATCH", PATH, {"dimensions": []}, key=reader).status == 403


@test
def merged_dimensions_count_as_one_everywhere(server):
    started(server)
    reply = server.post(FEEDBACK, [{"text": f"物流太慢了，等了{n}天"} for n in range(3, 9)] + [{"text": "包装很好，盒子结实"}, {"text": "包装破了，物流很快"}])
    server.wait_analysed([d["id"] for d in reply.json["data"]])
    server.until(lambda: counted(server).get("packaging", {}).get("n") == 2, 20, lambda: f"{counted(server)}")
    n = {code: d["n"] for code, d in counted(server).items()}
    assert patch(server, dimensions=[{"code": "packaging", "merged_into": "logistics"}]).status == 200
    server.until(lambda: "packaging" not in counted(server) and counted(server).get("logistics", {}).get("n") == 8, 20, lambda: f"{n} {counted(server)}")
    found = server.all_feedback(**{"filter[dimension][eq]": "logistics"})
    assert len(found) == 8, found
    assert len(server.all_feedback(**{"filter[dimension][eq]": "packaging"})) == 0
    # One text says both: the worse counts.
    assert counted(server)["logistics"]["neg"] == 7, counted(server)["logistics"]
    server.request("POST", PATH + "/undo", b"")
    server.until(lambda: {c: d["n"] for c, d in counted(server).items()} == n)


@test
def labels_in_own_words_count_and_hidden_dimensions_are_not_shown(server):
    started(server)
    assert patch(server, dimensions=[{"code": "location", "synonyms": ["难找"]}]).status == 200
    reply = server.post(FEEDBACK, [{"text": "绕了三圈，太让人生气了", "label": "停车;难找"}, {"text": "物流太慢了，等了八天"}])
    server.wait_analysed([d["id"] for d in reply.json["data"]])
    server.until(lambda: counted(server).get("location", {}).get("neg") == 1, 20, lambda: f"{counted(server)}")
    values = next(d for d in server.get("/api/v1/dimensions").json["data"] if d["name"] == "dimension")["values"]
    assert next(v for v in values if v["value"] == "location")["synonyms"] == ["难找"], values
    assert "logistics" in counted(server)
    patch(server, dimensions=[{"code": "logistics", "hidden": True}])
    assert "logistics" not in counted(server)
    assert all(i["code"] != "logistics" for i in server.get("/api/v1/overview", period="all").json["issues"])


@test
def the_index_weighs_as_the_workspace_says(server):
    started(server)
    reply = server.post(FEEDBACK, [{"text": f"物流太慢了，等了{n}天"} for n in range(3, 13)] + [{"text": f"质量很好，用了{n}天很喜欢"} for n in range(3, 13)])
    server.wait_analysed([d["id"] for d in reply.json["data"]])

    def index():
        return server.get("/api/v1/overview", period="all").json["index"]

    server.until(lambda: index()["n"] >= 20, 20, lambda: f"{index()}")
    low, high = index()["interval"]
    assert 0 <= low <= index()["value"] <= high <= 100, index()
    patch(server, dimensions=[{"code": "logistics", "weight": 100}, {"code": "quality", "weight": 1}])
    bad = index()["value"]
    patch(server, dimensions=[{"code": "logistics", "weight": 1}, {"code": "quality", "weight": 100}])
    good = index()["value"]
    assert bad < 20 and good > 80, (bad, good)


main()
