# SPDX-License-Identifier: Apache-2.0
"""setup, key create, key rotate, user reset: what scripts of administrators rely on."""
import os
import re
import signal
import stat
import urllib.error
import urllib.request

from harness import files, main, run, start, test

PASSWORD = b"blue horse staple 7\n"
SCOPES = "feedback:read,feedback:write"


def setup(data="data", stdin=PASSWORD, email="boss@example.com", **how):
    return run("setup", "--data", data, "--email", email, "--password-stdin", stdin=stdin, **how)


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@test
def setup_makes_a_data_directory_that_is_private(tmp):
    setup("deep/data").ok().out_is("").err_has("boss@example.com")
    assert mode(tmp / "deep/data") == 0o700
    for name in files(tmp / "deep/data"):
        assert mode(tmp / "deep/data" / name) == 0o600, name
    assert "master.key" in files(tmp / "deep/data")


@test
def setup_twice_is_a_conflict_and_changes_nothing(tmp):
    setup().ok()
    setup(email="other@example.com").refused(73, "there is an administrator")
    run("user", "reset", "--data", "data", "--email", "other@example.com").refused(66, "no such user")
    run("user", "reset", "--data", "data", "--email", "Boss@example.com").ok()


@test
def setup_says_what_is_wrong_and_can_be_run_again(tmp):
    run("setup", "--data", "data", "--password-stdin", stdin=PASSWORD).refused(2, "--email")
    run("setup", "--data", "data", "--email", "a@b.example").refused(2, "--password-stdin")
    setup(stdin=b"").refused(65, "no password")
    setup(stdin=b"short\n").refused(65, "12 characters")
    setup(stdin=b"password2024!!\n").refused(65, "guessed")
    setup(stdin=b"\xff" * 20).refused(65, "UTF-8")
    setup(stdin=b"x" * 5000).refused(65, "bytes")
    setup(email="nobody").refused(65, "not an e-mail")
    setup(env={"LC_ALL": "zh_CN.UTF-8"}, email="nobody").refused(65, "不是邮箱地址")
    setup(stdin=b"blue horse staple 7\r\nmore").ok()


@test
def key_create_prints_the_key_and_nothing_else(tmp):
    setup().ok()
    made = run("key", "create", "--data", "data", "--name", "ERP", "--scopes", SCOPES).ok().err_is_empty()
    assert re.fullmatch(r"hs_key_[0-9A-Za-z]{43}\n", made.out), made.out
    again = run("key", "create", "--name", "ERP", "--scopes", SCOPES, env={"HUISHENG_DATA": "data"}).ok()
    assert again.out != made.out
    run("key", "create", "--data", "data", "--name", "ERP").refused(2, "--scopes")
    run("key", "create", "--data", "data", "--scopes", SCOPES).refused(2, "--name")
    run("key", "create", "--data", "data", "--name", "x", "--scopes", "feedback:all").refused(65, "feedback:all")
    run("key", "create", "--data", "data", "--name", "x", "--scopes", SCOPES, "--expires", "2020-01-01") \
        .refused(65, "past")
    run("key", "create", "--data", "none", "--name", "x", "--scopes", SCOPES).refused(66, "huisheng setup")
    assert not (tmp / "none").exists()


@test
def key_rotate_keeps_the_old_master_key_beside_the_new(tmp):
    setup().ok()
    before = (tmp / "data/master.key").read_text()
    run("key", "rotate", "--data", "data").ok().out_is("").err_has("generation 2", "master.key.old-")
    after = (tmp / "data/master.key").read_text()
    old = [name for name in files(tmp / "data") if name.startswith("master.key.old-")]
    assert after != before and len(old) == 1
    assert (tmp / "data" / old[0]).read_text() == before
    assert mode(tmp / "data" / old[0]) == mode(tmp / "data/master.key") == 0o600
    run("user", "reset", "--data", "data", "--email", "boss@example.com").ok()


@test
def wrong_and_missing_master_keys_are_refused_and_harm_nothing(tmp):
    setup().ok()
    path = tmp / "data/master.key"
    right = path.read_text()

    def create():
        return run("key", "create", "--data", "data", "--name", "x", "--scopes", SCOPES)
    path.write_text("0" * 64 + "\n")
    create().refused(77, "not the master key of this store")
    path.write_text("hello\n")
    create().refused(65, "no master key")
    path.unlink()
    create().refused(66, "missing")
    assert not path.exists()
    path.write_text(right)
    path.chmod(0o644)
    create().ok()
    assert mode(path) == 0o600


@test
def master_key_may_come_from_a_command(tmp):
    env = {"HUISHENG_MASTER_KEY_COMMAND": "printf %064d 5"}
    setup(env=env).ok()
    assert "master.key" not in files(tmp / "data")
    run("user", "reset", "--data", "data", "--email", "boss@example.com", env=env).ok()
    run("user", "reset", "--data", "data", "--email", "boss@example.com",
        env={"HUISHENG_MASTER_KEY_COMMAND": "printf %064d 6"}).refused(77, "HUISHENG_MASTER_KEY_COMMAND")
    run("user", "reset", "--data", "data", "--email", "boss@example.com",
        env={"HUISHENG_MASTER_KEY_COMMAND": "exit 3"}).refused(69, "HUISHENG_MASTER_KEY_COMMAND")
    run("key", "rotate", "--data", "data", env=env).ok().err_has("generation 2")


@test
def user_reset_prints_a_path(tmp):
    setup().ok()
    result = run("user", "reset", "--data", "data", "--email", "boss@example.com").ok().err_is_empty()
    assert re.fullmatch(r"/links/[0-9A-Za-z_-]{43}\n", result.out), result.out


@test
def secrets_and_names_are_not_readable_in_the_directory(tmp):
    setup().ok()
    key = run("key", "create", "--data", "data", "--name", "ERP", "--scopes", SCOPES).ok().out.strip()
    link = run("user", "reset", "--data", "data", "--email", "boss@example.com").ok().out.strip()
    planted = [b"boss@example.com", PASSWORD.strip(), key.encode(), key[7:].encode(), link[7:].encode()]
    for name in files(tmp / "data"):
        content = (tmp / "data" / name).read_bytes()
        for secret in planted:
            assert secret not in content, f"{secret!r} is readable in {name}"


@test
def directory_that_cannot_be_made_is_told(tmp):
    (tmp / "file").write_text("")
    setup("file/data").refused(66, "data directory")


def ask(url, key):
    """Status of the list of feedback for a key."""
    request = urllib.request.Request(url + "/api/v1/feedback", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


@test
def commands_go_to_the_server_that_owns_the_directory(tmp):
    server = start("serve", "--data", "data", "--listen", "127.0.0.1:0")
    try:
        lines = iter(lambda: server.stdout.readline().decode(), "")
        url = next(re.search(r"http://\S+", line)[0] for line in lines if "ready" in line)
        assert mode(tmp / "data/control.sock") == 0o600
        setup().ok()
        setup().refused(73, "there is an administrator")
        key = run("key", "create", "--data", "data", "--name", "ERP", "--scopes", SCOPES).ok().out.strip()
        assert ask(url, key) == 200
        assert ask(url, key[:-1] + ("a" if key[-1] != "a" else "b")) == 401
        run("key", "rotate", "--data", "data").ok()
        assert ask(url, key) == 200
        run("user", "reset", "--data", "data", "--email", "boss@example.com").ok().out_has("/links/")
        run("user", "reset", "--data", "data", "--email", "nobody@example.com").refused(66, "no such user")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode == 0
    assert not (tmp / "data/control.sock").exists()
    run("user", "reset", "--data", "data", "--email", "boss@example.com").ok()


@test
def a_server_that_was_killed_is_not_in_the_way(tmp):
    setup().ok()
    server = start("serve", "--data", "data", "--listen", "127.0.0.1:0")
    for line in iter(server.stdout.readline, b""):
        if b"ready" in line:
            break
    server.kill()
    server.communicate(timeout=60)
    assert (tmp / "data/control.sock").exists()
    run("key", "create", "--data", "data", "--name", "ERP", "--scopes", SCOPES).ok()


main()
