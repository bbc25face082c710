#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long each command takes before the model is needed: help, version, a file that is not there.

Beside it: an interpreter that does nothing, which is what a script has lost before its first line.
"""
import statistics
import subprocess
import sys
import time

import common

COMMANDS = [["--help"], ["version"], ["help", "report"], ["help", "settings"], ["report", "--help"], ["nlp", "--help"],
            ["report", "/nowhere/reviews.csv"]]


def once(command):
    began = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return (time.perf_counter() - began) * 1000


def median_ms(command, times=21):
    once(command)
    return statistics.median(once(command) for _ in range(times))


def main():
    valid = common.begin("start of each command")
    peer = median_ms([sys.executable, "-c", "pass"])
    worst = 0
    for words in COMMANDS:
        ms = median_ms([common.program(), *words])
        worst = max(worst, ms)
        print(f"huisheng {' '.join(words)}: {ms:.1f} ms, python -c pass {peer:.1f} ms, ratio {peer / ms:.1f}")
    with_model = median_ms([common.program(), "nlp", "analyse"], 5)
    print(f"huisheng nlp analyse < /dev/null, model loaded: {with_model:.1f} ms")
    common.figure("slowest start, ms", f"{worst:.1f}", "≤ 50", worst <= 50, valid)


if __name__ == "__main__":
    main()
