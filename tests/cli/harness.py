# SPDX-License-Identifier: Apache-2.0
"""Tests of the program as its users meet it: arguments in, streams, files and exit status out.

    from harness import test, run, main

    @test
    def version_prints_one_line(tmp):
        run("version").ok().out_is("huisheng 0.1.0\\n")

    main()

A test file is run with the program's path, and optionally a part of the names to run. Each test gets an empty folder
`tmp`, in which the program runs too. English messages unless the test says otherwise.
"""
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TESTS = []
STATE = {"tmp": None}


class Skipped(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def skip(why):
    raise Skipped(why)


def text(data):
    return data.decode("utf-8", "replace")


class Result:
    """What a run left behind. Every check returns the result, so that checks read in a row."""

    def __init__(self, args, status, out, err):
        self.args, self.status, self.raw = args, status, out
        self.out, self.err = text(out), text(err)

    def fail(self, what):
        raise AssertionError(f"huisheng {' '.join(map(str, self.args))}: {what}\n"
                             f"status {self.status}\nout: {self.out[-2000:]!r}\nerr: {self.err[-2000:]!r}")

    def ok(self):
        return self if self.status == 0 else self.fail("should have succeeded")

    def out_is(self, expected):
        return self if self.out == expected else self.fail(f"should have printed {expected!r}")

    def out_has(self, *parts):
        for part in parts:
            if part not in self.out:
                self.fail(f"should have printed {part!r}")
        return self

    def err_is_empty(self):
        return self if self.err == "" else self.fail("should have said nothing on standard error")

    def err_has(self, *parts):
        for part in parts:
            if part not in self.err:
                self.fail(f"should have said {part!r}")
        return self

    def refused(self, status, *parts):
        """One clear line on standard error, nothing on standard output, this exit status."""
        if self.status != status:
            self.fail(f"should have ended with {status}")
        last = self.err.rstrip("\n").split("\n")[-1]
        if not last.startswith("huisheng: ") or not self.err.endswith("\n"):
            self.fail("should have ended with one line of reason")
        for part in parts:
            if part not in last:
                self.fail(f"the reason should have said {part!r}")
        return self


def environment(extra):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HUISHENG_", "LC_", "LANG"))}
    env.update(LC_ALL="en_US.UTF-8", XDG_CONFIG_HOME=str(STATE["tmp"] / "no-config"), TZ="Asia/Shanghai")
    env.update(extra or {})
    return {k: v for k, v in env.items() if v is not None}


def run(*args, stdin=b"", env=None, stdout=None, max_file_bytes=None, timeout=120, prepare=None):
    """Runs the program to its end. stdout: an open file instead of a pipe. max_file_bytes: writing beyond it fails."""
    def before():
        if max_file_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
        if prepare:
            prepare()
    done = subprocess.run([PROGRAM, *map(str, args)], cwd=STATE["tmp"], env=environment(env), input=stdin,
                          stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                          preexec_fn=before, check=False)
    return Result(args, done.returncode, done.stdout or b"", done.stderr)


def start(*args, env=None, **how):
    """Starts the program and returns the process, for tests that send signals or close pipes."""
    return subprocess.Popen([PROGRAM, *map(str, args)], cwd=STATE["tmp"], env=environment(env),
                            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how})


def files(folder):
    """Names of all files below a folder, sorted."""
    return sorted(str(p.relative_to(folder)) for p in pathlib.Path(folder).rglob("*") if p.is_file())


def main():
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    failed = 0
    for function in TESTS:
        if only not in function.__name__:
            continue
        STATE["tmp"] = pathlib.Path(tempfile.mkdtemp(prefix="huisheng-cli-"))
        try:
            function(STATE["tmp"])
            print(f"ok {function.__name__}", flush=True)
        except Skipped as why:
            print(f"skipped {function.__name__}: {why}", flush=True)
        except Exception:  # whatever goes wrong is this test's failure, and the others still run
            failed += 1
            print(f"not ok {function.__name__}\n{traceback.format_exc()}", flush=True)
        finally:
            shutil.rmtree(STATE["tmp"], ignore_errors=True)
    sys.exit(1 if failed else 0)
