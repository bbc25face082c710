# SPDX-License-Identifier: Apache-2.0
"""Backup, restore, the drill for a lost key, doctor, support bundle."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

from server import Server, main, test

SECRETS = ["物流慢得离谱", "13912345678"]


def fill(server, n=200):
    server.start()
    server.setup("feedback:read,feedback:write,import:write")
    for at in range(0, n, 100):
        reply = server.post("/api/v1/feedback", [{"text": f"物流慢得离谱 {i}", "external_id": f"R-{i}", "source": "shop", "customer": {"phone": "13912345678"}}
                                                 for i in range(at, at + 100)])
        assert reply.status == 201, reply


def members(path):
    listed = subprocess.run(["sh", "-c", 'zstd -dc "$0" | tar -tf -', str(path)], capture_output=True, text=True, check=True)
    return listed.stdout.split()


def restored(server, folder):
    other = Server(server.binary, "sqlite", keep=folder)
    other.key = server.key
    return other


def run(server, *args, check=True):
    done = subprocess.run([server.binary, *map(str, args)], capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, LC_ALL="C.UTF-8", HUISHENG_LANG="en"))
    if check and done.returncode:
        raise AssertionError(f"{args}: {done.returncode} {done.stderr}")
    return done


def with_folder(function):
    def inner(server):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="huisheng-backup-"))
        try:
            function(server, folder)
        finally:
            shutil.rmtree(folder)
    inner.__name__ = function.__name__
    return test(inner)


@with_folder
def a_backup_made_while_it_is_written_to_comes_back_whole(server, folder):
    if server.store != "sqlite":
        return
    fill(server)
    more, stop = [], threading.Event()

    def write():
        while not stop.is_set():
            more.append(server.post("/api/v1/feedback", [{"text": "又一条", "external_id": f"M-{len(more)}", "source": "shop"}]).status)

    writer = threading.Thread(target=write)
    writer.start()
    file = folder / "b.tar.zst"
    done = server.command("backup", "-o", str(file))
    stop.set()
    writer.join()
    assert set(more) <= {201} and "master key" in done.stderr, (more, done)
    assert file.stat().st_mode & 0o777 == 0o600
    names = members(file)
    assert "huisheng.db" in names and names[-1] == "manifest.json" and not any("key" in n for n in names), names
    assert not list(server.dir.glob("backup-rows.*"))
    assert server.command("backup", "-o", str(file), check=False).returncode != 0, "written over"
    new = folder / "new"
    run(server, "restore", file, "--data", new, "--master-key", server.dir / "master.key")
    other = restored(server, new)
    try:
        other.start()
        ids = [f["external_id"] for f in other.all_feedback()]
        assert len(ids) == len(set(ids)) and {f"R-{i}" for i in range(200)} <= set(ids), len(ids)
        other.until(lambda: other.get("/api/v1/feedback", q="离谱", limit=100).json["data"], 20, "search was not made again")
    finally:
        other.kill()


@with_folder
def without_the_key_a_backup_cannot_be_read_and_says_so(server, folder):
    if server.store != "sqlite":
        return
    fill(server)
    server.stop()
    file, new = folder / "b.tar.zst", folder / "new"
    server.command("backup", "-o", str(file))  # no server needed
    plain = subprocess.run(["zstd", "-dc", str(file)], capture_output=True, check=True).stdout
    for secret in SECRETS:
        assert secret.encode() not in plain, secret
    # No key: put back, but nothing opens, in one line.
    done = run(server, "restore", file, "--data", new)
    assert "no master key" in done.stderr, done
    for command in (["serve", "--listen", "127.0.0.1:0"], ["export", "-o", folder / "out"]):
        done = run(server, *command, "--data", new, check=False)
        assert done.returncode != 0 and done.stderr.count("\n") == 1 and "master key" in done.stderr.lower().replace("master.key", "master key"), done
    # Another key: refused, and no directory appears.
    wrong = folder / "wrong.key"
    wrong.write_text("ab" * 32)
    done = run(server, "restore", file, "--data", folder / "other", "--master-key", wrong, check=False)
    assert done.returncode != 0 and not (folder / "other").exists() and not (folder / "other.restoring").exists(), done
    # The right one, put in later.
    shutil.copy(server.dir / "master.key", new / "master.key")
    other = restored(server, new)
    try:
        other.start()
        assert len(other.all_feedback()) == 200
    finally:
        other.kill()


@with_folder
def restore_refuses_what_is_there_and_what_is_damaged(server, folder):
    if server.store != "sqlite":
        return
    fill(server)
    file = folder / "b.tar.zst"
    server.command("backup", "-o", str(file))
    key = server.dir / "master.key"
    done = run(server, "restore", file, "--data", server.dir, "--master-key", key, check=False)
    assert done.returncode != 0 and "already" in done.stderr, done
    whole = file.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 1):
        (folder / "cut").write_bytes(whole[:cut])
        done = run(server, "restore", folder / "cut", "--data", folder / "new", check=False)
        assert done.returncode != 0 and not (folder / "new").exists(), (cut, done)


@with_folder
def on_postgresql_the_rest_is_kept_and_pg_dump_named(server, folder):
    if server.store != "postgres":
        return
    fill(server)
    done = server.command("backup", "-o", str(folder / "b.tar.zst"))
    assert "pg_dump" in done.stderr and "huisheng.db" not in members(folder / "b.tar.zst"), done
    done = run(server, "restore", folder / "b.tar.zst", "--data", folder / "new", "--master-key", server.dir / "master.key")
    assert "pg_restore" in done.stderr and (folder / "new" / "master.key").exists(), done


@with_folder
def export_takes_everything_along_readable(server, folder):
    fill(server, 500)
    server.wait_analysed([server.get("/api/v1/feedback", limit=1).json["data"][0]["id"]])
    out = folder / "all"
    for running in (True, False):
        if not running:
            server.stop()
            shutil.rmtree(out)
        done = server.command("export", "-o", str(out))
        assert "500" in done.stdout, done
        (place,) = out.iterdir()
        assert {p.name for p in place.iterdir()} == {"feedback.ndjson", "customers.ndjson", "events.ndjson", "users.ndjson", "audit.ndjson",
                                                     "taxonomy.json", "workspace.json"}
        lines = {p.name: [json.loads(line) for line in p.read_text().splitlines()] for p in place.glob("*.ndjson")}
        assert len({f["id"] for f in lines["feedback.ndjson"]}) == 500
        assert lines["feedback.ndjson"][0]["text"].startswith(SECRETS[0])
        assert lines["users.ndjson"][0]["email"] == "owner@example.com" and "argon2" not in (place / "users.ndjson").read_text()
        assert lines["audit.ndjson"] and len(lines["customers.ndjson"]) == 1
        assert all(p.stat().st_mode & 0o077 == 0 for p in place.iterdir())
        assert not list(server.dir.glob("backup-rows*")), list(server.dir.iterdir())
    assert server.command("export", "-o", str(out), check=False).returncode != 0, "written over"


@with_folder
def doctor_says_what_is_well_and_what_to_do(server, folder):
    fill(server)
    for running in (True, False):
        if not running:
            server.stop()
        done = server.command("doctor", "--json", check=False)
        checks = {c["check"]: c for c in json.loads(done.stdout)["checks"]}
        store = "store" if server.store == "sqlite" else "postgresql"
        for name in ("directory", store, "schema", "master key", "queues", "clock", "model"):
            assert checks[name]["state"] == "ok", (running, checks[name])
        assert checks["disk"]["zh"] and checks["disk"]["en"]
    key = server.dir / "master.key"
    good = key.read_text()
    key.write_text("cd" * 32)
    done = server.command("doctor", check=False)
    assert done.returncode != 0 and "BAD   master key" in done.stdout, done
    key.write_text(good)
    os.chmod(server.dir, 0o755)
    assert "chmod 700" in server.command("doctor", check=False).stdout
    os.chmod(server.dir, 0o700)
    assert run(server, "doctor", "--data", folder / "nothing", check=False).returncode != 0
    if server.store == "sqlite":
        damaged = bytearray((server.dir / "huisheng.db").read_bytes())
        damaged[8192:12288] = os.urandom(4096)
        (server.dir / "huisheng.db").write_bytes(damaged)
        done = server.command("doctor", check=False)
        assert done.returncode != 0 and "BAD" in done.stdout, done


@with_folder
def support_bundle_has_no_texts_and_no_keys(server, folder):
    fill(server)
    file = folder / "s.tar.zst"
    server.command("support-bundle", "-o", str(file), "--log", str(server.dir / ".." / f"{server.dir.name}.log"))
    assert set(members(file)) == {"versions.txt", "doctor.json", "counts.json", "settings.txt", "log.txt", "manifest.json"}, members(file)
    plain = subprocess.run(["zstd", "-dc", str(file)], capture_output=True, check=True).stdout
    for secret in SECRETS + ["owner@example.com", (server.dir / "master.key").read_text().strip(), "postgres://"]:
        assert secret.encode() not in plain, secret
    assert b'"feedback":200' in plain


main()
