# SPDX-License-Identifier: Apache-2.0
"""Help, version, wrong calls, settings: everything that needs no data."""
import os
import pathlib
import pty
import re
import subprocess
import time

from harness import PROGRAM, STATE, files, main, run, start, test, text


def commands():
    return re.findall(r'^    "([a-z -]+)"\)$', run("help", "--completion", "bash").ok().out, re.M)


@test
def alone_it_greets_and_shows_the_way(tmp):
    run().ok().out_has("Commands:", "huisheng help").err_is_empty()
    run(env={"LC_ALL": "zh_CN.UTF-8"}).ok().out_has("命令：")


@test
def version_is_one_line(tmp):
    result = run("version").ok().err_is_empty()
    assert re.fullmatch(r"huisheng \d+\.\d+\.\d+\n", result.out), result.out


@test
def every_command_explains_itself_in_both_languages(tmp):
    assert "help" in commands()
    for command in commands():
        words = command.split()
        english = run("help", *words, "--lang", "en").ok().out_has(f"Usage: huisheng {command}", "--lang LANG").out
        chinese = run("help", *words, "--lang", "zh").ok().out_has(f"用法：huisheng {command}", "--lang 语言").out
        assert not re.search(r"[\u4e00-\u9fff]", english), english
        assert run(*words, "--help").ok().out == english
        assert run(*words, "-h", "--lang=zh").ok().out == chinese


@test
def overview_lists_every_command(tmp):
    overview = run("--help").ok().out
    assert overview == run("help").ok().out == run("-h").ok().out
    for command in commands():
        assert re.search(rf"^  {command} +\S", overview, re.M), command


@test
def help_has_pages_on_exit_and_settings(tmp):
    run("help", "exit").ok().out_has("  130  ", "   65  ", "    2  ")
    run("help", "settings").ok().out_has("HUISHENG_LANG", "huisheng.conf")
    run("help", "exit", "--lang", "zh").ok().out_has("退出状态")


@test
def help_fits_the_window(tmp):
    master, slave = pty.openpty()
    subprocess.run(["stty", "cols", "50"], stdin=slave, check=True)
    process = start("help", stdout=slave, stderr=slave, env={"LC_ALL": "C"})
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    process.wait()
    lines = text(shown).replace("\r", "").split("\n")
    # Summaries of commands stay on their line; everything else is broken.
    assert max(len(line) for line in lines if line.startswith("   ")) <= 50, lines
    assert max(map(len, lines)) <= 80, lines


@test
def wrong_calls_get_one_line_and_status_2(tmp):
    for args, part in [
        (["verson"], "did you mean huisheng version?"),
        (["xyzzy"], 'no command "xyzzy"'),
        (["version", "--lnag", "zh"], "did you mean --lang?"),
        (["--hlep"], "did you mean --help?"),
        (["version", "extra"], 'unexpected argument "extra"'),
        (["version", "-x"], "no option -x"),
        (["version", "--lang"], "--lang needs a value"),
        (["version", "--lang=fr"], "must be one of zh, en"),
        (["version", "--lang="], "--lang needs a value"),
        (["help", "xyzzy"], 'no command "xyzzy"'),
        (["help", "a", "b", "c"], "unexpected argument"),
        (["help", "--completion", "csh"], "must be one of bash"),
    ]:
        result = run(*args).refused(2, part)
        assert result.out == "" and result.err.count("\n") == 1, result.err


@test
def wrong_calls_are_answered_in_the_users_language(tmp):
    run("verson", env={"LC_ALL": "zh_CN.UTF-8"}).refused(2, "没有命令", "huisheng version？")
    run("--lang", "zh", "verson").refused(2, "没有命令")
    run("verson", "--lang=zh").refused(2, "没有命令")
    run("verson", env={"HUISHENG_LANG": "zh"}).refused(2, "没有命令")


@test
def arguments_may_be_any_bytes(tmp):
    run(b"\xb3\xe9\xff".decode("utf-8", "surrogateescape")).refused(2, "no command")
    run("version", "--\udcff").refused(2, "no option")
    run("version", "--lang", "\udcff").refused(2, "not UTF-8")
    run("x" * 100000).refused(2, "no command")


@test
def settings_come_from_flag_environment_file_in_this_order(tmp):
    config = tmp / "h.conf"
    config.write_text("# mine\nlang = zh\n", encoding="utf-8")
    run("help", "--config", config).ok().out_has("命令：")
    run("help", "--config", config, env={"HUISHENG_LANG": "en"}).ok().out_has("Commands:")
    run("help", "--config", config, "--lang", "zh", env={"HUISHENG_LANG": "en"}).ok().out_has("命令：")
    own = tmp / "config" / "huisheng" / "huisheng.conf"
    own.parent.mkdir(parents=True)
    own.write_text("lang = zh\n", encoding="utf-8")
    run("help", env={"XDG_CONFIG_HOME": str(tmp / "config")}).ok().out_has("命令：")
    run("help", env={"XDG_CONFIG_HOME": None, "HOME": str(tmp)}).ok().out_has("Commands:")


@test
def wrong_settings_name_their_place(tmp):
    config = tmp / "h.conf"
    for content, status, part in [
        ("lang = fr\n", 65, "h.conf:1: lang must be one of zh, en"),
        ("\n\ntheads = 2\n", 65, "line 3: no setting \"theads\"; did you mean threads?"),
        ("just words\n", 65, 'must read "name = value"'),
        (b"lang = \xb3\xe9\n", 65, "is not UTF-8 text"),
        (b"lang = zh\0\n", 65, "is not UTF-8 text"),
        ("#" * 300000, 65, "larger than"),
    ]:
        config.write_bytes(content if isinstance(content, bytes) else content.encode())
        run("version", "--config", config).refused(status, part)
    run("version", "--config", tmp / "absent").refused(66, "absent")
    run("version", "--config", tmp).refused(74, str(tmp))
    run("version", env={"HUISHENG_LANG": "klingon"}).refused(65, "HUISHENG_LANG must be one of")


@test
def full_disk_and_closed_output_are_errors(tmp):
    for args in (["version"], ["help"], ["help", "--man"], []):
        with open("/dev/full", "wb") as full:
            run(*args, stdout=full).refused(74, "cannot write")
        run(*args, prepare=lambda: os.close(1)).refused(74, "cannot write")
    # Nothing must ever be written into a file that happened to get the number of a closed stream.
    run("version", prepare=lambda: [os.close(fd) for fd in (0, 2)]).ok()


@test
def a_pipe_that_closes_early_is_one_line_not_a_death(tmp):
    read_end, write_end = os.pipe()
    process = start("help", "--man", stdout=write_end)
    os.close(write_end)
    os.close(read_end)
    _, err = process.communicate()
    assert process.returncode in (0, 74), process.returncode
    assert process.returncode == 0 or text(err).startswith("huisheng: cannot write"), err


@test
def completion_offers_commands_options_and_choices(tmp):
    script = tmp / "complete.sh"
    script.write_text(run("help", "--completion", "bash").ok().out, encoding="utf-8")
    (tmp / "some file.csv").touch()

    def complete(*words):
        line = "; ".join([f"source {script}", f"COMP_WORDS=({' '.join(repr(w) for w in words)})",
                          f"COMP_CWORD={len(words) - 1}", "compopt() { :; }", "_huisheng",
                          'printf "%s\\n" "${COMPREPLY[@]}"'])
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, cwd=tmp)
        assert done.stderr == "", done.stderr
        return [w for w in done.stdout.split("\n") if w]

    assert complete("huisheng", "ver") == ["version"]
    assert {c.split()[0] for c in commands()} == set(complete("huisheng", ""))
    assert complete("huisheng", "help", "--comp") == ["--completion"]
    assert complete("huisheng", "help", "--completion", "") == ["bash"]
    assert complete("huisheng", "version", "--lang", "") == ["zh", "en"]
    assert complete("huisheng", "version", "--config", "some") == ["some file.csv"]
    assert "settings" in complete("huisheng", "help", "s")


@test
def manual_page_has_every_section(tmp):
    for lang, sections in (("en", ["NAME", "SYNOPSIS", "COMMANDS", "EXIT STATUS"]), ("zh", ["名称", "概要", "退出状态"])):
        page = run("help", "--man", "--lang", lang).ok().out
        for section in sections:
            assert f'.SH "{section}"\n' in page, section


@test
def starting_takes_no_time(tmp):
    # Asked: 50 ms. The best of several runs says what the program needs, whatever else the machine does.
    best = 1.0
    for _ in range(10):
        begin = time.monotonic()
        run("help").ok()
        best = min(best, time.monotonic() - begin)
    assert best < (0.05 if "build-" not in str(PROGRAM) else 1.0), f"{best * 1000:.0f} ms"


@test
def nothing_is_left_behind(tmp):
    run("help").ok()
    run("nonsense")
    assert files(pathlib.Path(STATE["tmp"])) == []


main()
