# SPDX-License-Identifier: Apache-2.0
"""What the tests of `huisheng report` share: making input, running, and what a good answer is.

    @case
    def an_empty_file_is_refused(t):
        t.refused(t.report(t.file("empty.csv", b"")), 65)

    main()

Like the other files here a test file is run with the program's path and optionally a part of the names to run
(without: $HUISHENG or build/huisheng), gives each case its own folder and prints “ok NAME”, “not ok NAME” or
“skipped NAME: WHY”; “N passed, N failed” ends it.
"""
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HAN = re.compile(r"[\u4e00-\u9fff]")
cases = []


class Skip(Exception):
    pass


class Failure(Exception):
    pass


def case(fn):
    cases.append(fn)
    return fn


def program():
    if len(sys.argv) > 1 and os.sep in sys.argv[1]:
        return os.path.abspath(sys.argv[1])
    return os.environ.get("HUISHENG", os.path.join(ROOT, "build", "huisheng"))


def is_instrumented():
    """Sanitisers keep freed memory and take their time: bounds on both say nothing then."""
    with open(program(), "rb") as f:
        content = f.read()
    return b"__asan_init" in content or b"__tsan_init" in content


class Result:
    def __init__(self, status, out, err, seconds, peak):
        self.status, self.out, self.seconds, self.peak = status, out, seconds, peak
        self.err = err.decode("utf-8", "replace")

    @property
    def lines(self):
        return [x for x in self.err.split("\n") if x.strip()]


class Test:
    def __init__(self, folder):
        self.folder = folder

    # ---- making input ----

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, content):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)
        return path

    # ---- running ----

    def run(self, *args, stdin=None, lang="en", timeout=120, preexec=None, env=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "HUISHENG_"))}
        environment["LANG"] = "zh_CN.UTF-8" if lang == "zh" else "C.UTF-8"
        environment["TZ"] = "Asia/Shanghai"
        environment.update(env or {})
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        began = time.monotonic()
        child = subprocess.Popen([program(), *args], stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                                 stdout=out, stderr=err, env=environment, cwd=self.folder, preexec_fn=preexec)
        if stdin is not None:
            try:
                child.stdin.write(stdin)
                child.stdin.close()
            except BrokenPipeError:
                pass
        killer_at = began + timeout
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > killer_at:
                child.kill()
                os.wait4(child.pid, 0)
                child.returncode = -9
                raise Failure(f"still running after {timeout} s: {' '.join(args)}")
            time.sleep(0.005)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Result(child.returncode, out.read(), err.read(), time.monotonic() - began, usage.ru_maxrss * 1024)

    def report(self, *args, **more):
        """`report … --quiet`: standard error then holds nothing but what went wrong."""
        return self.run("report", *args, "--model", "quick", "--quiet", **more)

    def facts(self, *args, **more):
        """The report's JSON; fails unless it succeeded."""
        r = self.report(*args, "--json", **more)
        self.equal(r.status, 0, r.err)
        return json.loads(r.out)

    # ---- checking ----

    def true(self, condition, message):
        if not condition:
            raise Failure(message)

    def equal(self, actual, expected, message=""):
        self.true(actual == expected, f"{actual!r} instead of {expected!r} {message}")

    def one_line(self, r, lang="en"):
        """Standard error holds one line, in the user's language, that names the program and is a sentence."""
        self.equal(len(r.lines), 1, f"lines on standard error: {r.err[:600]!r}")
        line = r.lines[0]
        self.true(len(line) >= 12, f"says nothing: {line!r}")
        self.true(bool(HAN.search(line)) == (lang == "zh"), f"not in {lang}: {line!r}")
        self.true("�" not in line and "(null)" not in line and "%" + "s" not in line, f"garbled: {line!r}")

    def refused(self, r, statuses):
        statuses = statuses if isinstance(statuses, tuple) else (statuses,)
        self.true(r.status in statuses, f"exit status {r.status} instead of {statuses}: {r.err[:300]!r}")
        self.one_line(r)

    def refused_in_both(self, statuses, *args, **more):
        """Refused with one line in English and one in Chinese, and nothing is written."""
        before = set(os.listdir(self.folder))
        page = self.path("report.html")
        for lang in ("en", "zh"):
            r = self.report(*args, "-o", page, lang=lang, **more)
            statuses = statuses if isinstance(statuses, tuple) else (statuses,)
            self.true(r.status in statuses, f"exit status {r.status} instead of {statuses}: {r.err[:300]!r}")
            self.one_line(r, lang)
            self.equal(set(os.listdir(self.folder)) - before, set(), "files left behind")
        return r

    def no_leftovers(self, allowed=()):
        left = [x for x in os.listdir(self.folder) if ".part" in x and x not in allowed]
        self.equal(left, [], "half files")


def main():
    wanted = sys.argv[-1] if len(sys.argv) > 1 and os.sep not in sys.argv[-1] else ""
    if not os.access(program(), os.X_OK):
        sys.exit(f"{program()} not found: build it first")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    passed = failed = skipped = 0
    for fn in cases:
        if wanted not in fn.__name__:
            continue
        folder = tempfile.mkdtemp(prefix="huisheng-cli-")
        os.chmod(folder, 0o755)
        try:
            fn(Test(folder))
            passed += 1
            print(f"ok {fn.__name__}", flush=True)
        except Skip as why:
            skipped += 1
            print(f"skipped {fn.__name__}: {why}", flush=True)
        except Exception as e:  # a broken case must not hide the others
            failed += 1
            print(f"not ok {fn.__name__}\n    {e if isinstance(e, Failure) else traceback.format_exc()}", flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 0)
