# SPDX-License-Identifier: Apache-2.0
"""People in a browser: signed in by a cookie, invited through links, and a second company beside the first."""
import http.client
import json
import urllib.parse
import uuid

from server import PASSWORD, Reply

ROLES = ("owner", "admin", "analyst", "agent", "viewer")


class Person:
    """`send` answers with a Reply; of a stream of events only the head is read."""

    def __init__(self, server, cookie="", csrf="", key=""):
        self.server, self.cookie, self.csrf, self.key = server, cookie, csrf, key

    def send(self, method, path, body=None, headers=None, csrf=True):
        sent = {"Accept-Language": "en"}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if self.cookie:
            sent["Cookie"] = f"hs_session={self.cookie}"
        if self.cookie and csrf:
            sent["X-CSRF-Token"] = self.csrf
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, urllib.parse.quote(path, safe="/?&=%{}[]:+,-._~"), body.encode() if isinstance(body, str) else body, {**sent, **(headers or {})})
            reply = connection.getresponse()
            names = {k.lower(): v for k, v in reply.getheaders()}
            content = b"" if names.get("content-type", "").startswith("text/event-stream") else reply.read()
        finally:
            connection.close()
        reply = Reply(reply.status, names, content)
        assert names.get("x-request-id"), f"{method} {path} has no X-Request-Id"
        assert reply.status < 400 or names.get("content-type", "").startswith("application/problem+json"), f"{method} {path}: {names}"
        return reply

    def data(self, method, path, body=None, status=None):
        reply = self.send(method, path, body)
        assert reply.status < 300 if status is None else reply.status == status, f"{method} {path}: {reply}"
        return reply.json.get("data", reply.json) if reply.body else None

    def enter(self, reply):
        """Takes the session that a sign-in or a link has opened."""
        assert reply.status == 201, reply
        self.cookie = reply.headers["set-cookie"].split(";")[0].split("=", 1)[1]
        self.csrf = reply.json["csrf_token"]
        self.role = reply.json["user"]["role"]
        return self


def owner(server):
    """Of a server that `setup` was run on."""
    person = Person(server)
    return person.enter(person.send("POST", "/api/v1/session", {"email": "owner@example.com", "password": PASSWORD}))


def invited(by, role, scope=None, name=None):
    link = by.data("POST", "/api/v1/users/invite", {"email": f"{name or role}-{uuid.uuid4().hex[:6]}@example.com", "role": role, "scope": scope})["link"]
    person = Person(by.server)
    return person.enter(person.send("POST", f"/api/v1/links/{link.rsplit('/', 1)[1]}/accept", {"password": PASSWORD, "name": role}))


def stranger(by):
    """The owner of another workspace on the same server, who has nothing to do with the first. `by` stays where he is."""
    here = by.data("GET", "/api/v1/session")["workspace"]["id"]
    there = by.data("POST", "/api/v1/workspaces", {"name": "另一家公司", "time_zone": "UTC"})["id"]
    by.data("PATCH", "/api/v1/session", {"workspace_id": there})
    person = invited(by, "owner", name="stranger")
    by.data("PATCH", "/api/v1/session", {"workspace_id": here})
    return person
