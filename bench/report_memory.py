#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peak resident memory of `report` on 100,000 and 1,000,000 rows, and of pandas merely reading the same files."""
import argparse
import os
import sys
import tempfile

import common

BARS = {100000: 300, 1000000: 800}  # MB


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rows", type=int, action="append", help="default 100000 and 1000000")
    a = p.parse_args()
    valid = common.begin("peak memory of report")
    for rows in a.rows or sorted(BARS):
        path = common.big_csv(rows)
        with tempfile.TemporaryDirectory() as folder:
            command = [common.program(), "report", path, "-o", os.path.join(folder, "r.html"), "--model", "quick", "--quiet"]
            seconds, peak = common.run(command)
        _, peer = common.run([sys.executable, "-c", "import sys, pandas; pandas.read_csv(sys.argv[1])", path])
        print(f"{rows:,} rows ({os.path.getsize(path) / 1e6:.0f} MB): {peak / 1e6:.0f} MB, {seconds:.1f} s; pandas.read_csv alone: {peer / 1e6:.0f} MB, "
              f"ratio {peer / peak:.2f}")
        bar = BARS.get(rows)
        if bar:
            common.figure(f"peak MB, {rows:,} rows", f"{peak / 1e6:.0f}", f"≤ {bar}", peak <= bar * 1e6, valid)


if __name__ == "__main__":
    main()
