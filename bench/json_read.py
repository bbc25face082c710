#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reading an array of 100 posted records, by the house's reader and by jansson, by turns in one process.

    bench/json_read.py [--rounds 9]
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

import common
from intake_speed import BENCH, RECORD


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    common.begin("reading JSON")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "record.json")
        text = json.dumps(RECORD, ensure_ascii=False).encode()
        with open(path, "wb") as f:
            f.write(text)
        out = subprocess.run([os.path.join(BENCH, "json-read"), path, "100", str(args.rounds)], capture_output=True, text=True, check=True).stdout
    ours, theirs = (statistics.median(column) for column in zip(*[map(float, line.split()) for line in out.splitlines()]))
    print(f"a record of {len(text)} bytes: {ours:.2f} µs, jansson {theirs:.2f} µs: {theirs / ours:.1f} times as quick ({len(text) / ours:.0f} and {len(text) / theirs:.0f} MB/s)")


if __name__ == "__main__":
    main()
