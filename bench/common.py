# SPDX-License-Identifier: Apache-2.0
"""What the benches of the whole program share: the machine, large input, timing, and how a figure is printed."""
import os
import platform
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FLAGS = ("avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")
MAX_LOAD = 0.5


def program():
    """The binary under test: $HUISHENG or build/huisheng."""
    path = os.environ.get("HUISHENG", os.path.join(ROOT, "build", "huisheng"))
    if not os.path.exists(path):
        sys.exit(f"{path} not found: build it first, or set HUISHENG")
    return path


def begin(title):
    """Prints the machine and says whether the figures will count. Call it before any work."""
    load = os.getloadavg()[0]
    name, flags = platform.processor() or "?", ()
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        for line in f:
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
            if line.startswith("flags"):
                have = set(line.split())
                flags = [x for x in FLAGS if x in have]
                break
    print(f"# {title}")
    print(f"machine: {name}, {os.cpu_count()} processors, {' '.join(flags) or 'no flags of note'}")
    print(f"load at start: {load:.2f}" + ("" if load <= MAX_LOAD else f"; load above {MAX_LOAD} at start: figures not valid"))
    sys.stdout.flush()
    return load <= MAX_LOAD


def big_csv(rows):
    """A demo CSV of that many rows, made once; kept in build/bench."""
    folder = os.path.join(ROOT, "build", "bench")
    path = os.path.join(folder, f"reviews-{rows}.csv")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        print(f"making {path} …", file=sys.stderr)
        tool = os.path.join(ROOT, "tools", "demo-data.py")
        subprocess.run([sys.executable, tool, "--rows", str(rows), "-o", path + ".part"], check=True, stderr=subprocess.DEVNULL)
        os.replace(path + ".part", path)
    return path


def run(command, **more):
    """Runs to the end; returns (seconds, peak resident bytes). A failure ends the bench with what the program said.

    The kernel counts the pages of the parent until exec as the child's, so this process must stay small: nothing
    large is imported here, peers run as children too.
    """
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}: {said.decode(errors='replace').strip()}")
    return seconds, usage.ru_maxrss * 1024


def median_of(times, call):
    return statistics.median(call() for _ in range(times))


def figure(what, value, bar, ok, valid):
    """One line a figure: what, measured, what must be reached."""
    print(f"{what}: {value}   (must reach: {bar}) {'reached' if ok else 'NOT reached'}{'' if valid else '; not valid, machine was busy'}")
