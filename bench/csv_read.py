#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reading CSV into rows of validated UTF-8 cells, one thread, against pandas (C engine, all columns as text).

    ninja -C build bench/table-read && bench/csv_read.py [ROWS]

The same file in three dresses: as it is, in GB18030, and with every cell quoted. Both sides must see as many cells.
"""
import csv
import os
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

RUNS = 5
PEER = """
import sys, time, pandas
for _ in range(int(sys.argv[3])):
    start = time.perf_counter()
    t = pandas.read_csv(sys.argv[1], dtype=str, encoding=sys.argv[2], keep_default_na=False, engine="c")
    print((t.shape[0] + 1) * t.shape[1], time.perf_counter() - start)
"""


def dressed(path):
    """The plain file, and copies of it that are made once."""
    gb, quoted = path.replace(".csv", "-gb18030.csv"), path.replace(".csv", "-quoted.csv")
    if not os.path.exists(gb):
        with open(path, encoding="utf-8-sig", newline="") as src, open(gb, "w", encoding="gb18030", newline="") as out:
            for line in src:
                out.write(line)
    if not os.path.exists(quoted):
        with open(path, encoding="utf-8-sig", newline="") as src, open(quoted, "w", encoding="utf-8", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL).writerows(csv.reader(src))
    return (("UTF-8", path, "utf-8-sig"), ("GB18030", gb, "gb18030"), ("UTF-8, all quoted", quoted, "utf-8"))


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 600_000
    valid = common.begin(f"reading a CSV of {rows:,} rows, one thread, median of {RUNS}")
    program = os.path.join(common.ROOT, os.environ.get("BUILD", "build"), "bench", "table-read")
    speed = {}
    for name, path, encoding in dressed(common.big_csv(rows)):
        ours = subprocess.run([program, path, str(RUNS)], check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")[:-1]
        theirs = subprocess.run([sys.executable, "-c", PEER, path, encoding, str(RUNS)], check=True,
                                stdout=subprocess.PIPE, text=True).stdout.split("\n")[:-1]
        cells, peer_cells = int(ours[0].split("\t")[1]), int(theirs[0].split()[0])
        if cells != peer_cells:
            print(f"{name}: we see {cells:,} cells, pandas {peer_cells:,}")
        seconds = statistics.median(float(line.split("\t")[2]) for line in ours)
        peer = statistics.median(float(line.split()[1]) for line in theirs)
        size = os.path.getsize(path) / 1e6
        speed[name] = size / seconds
        print(f"{name}: {size:.0f} MB, ours {seconds:.3f} s ({size / seconds:.0f} MB/s), "
              f"pandas {peer:.3f} s ({size / peer:.0f} MB/s), ratio {peer / seconds:.1f}")
    common.figure("CSV reading", f"{speed['UTF-8']:.0f} MB/s", "≥ 150 MB/s", speed["UTF-8"] >= 150, valid)


if __name__ == "__main__":
    main()
