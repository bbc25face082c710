#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reading a workbook of 100,000 rows × 10 cells, one thread, against openpyxl in read-only mode.

    ninja -C build bench/table-read && bench/xlsx_read.py [ROWS]

The workbook is written by openpyxl: texts as shared strings, numbers, dates, truth values, some cells empty.
"""
import os
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

RUNS = 3
MAKE = """
import csv, datetime, sys, openpyxl
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet("评价")
with open(sys.argv[1], encoding="utf-8-sig", newline="") as f:
    texts = [max(row, key=len) for row in csv.reader(f)][1:]
sheet.append(["订单号", "时间", "评分", "评价内容", "省份", "店铺", "备注", "金额", "已回复", "型号"])
for i, text in enumerate(texts):
    sheet.append([str(10**12 + i), datetime.datetime(2026, 3, i % 28 + 1, 15, 4, 5), i % 5 + 1, text, f"省份{i % 31}",
                  f"旗舰店{i % 9}", None if i % 3 else f"备注 {i}", i * 0.37, i % 2 == 0, f"SKU-{i % 100}"])
book.save(sys.argv[2])
"""
PEER = """
import sys, time, openpyxl
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    book = openpyxl.load_workbook(sys.argv[1], read_only=True)
    cells = rows = 0
    for row in book.worksheets[0].iter_rows(values_only=True):
        rows += 1
        cells += len(row)
    print(rows, cells, time.perf_counter() - start)
"""


def workbook(rows):
    source = common.big_csv(rows)
    path = source.replace(".csv", ".xlsx")
    if not os.path.exists(path):
        print(f"making {path} …", file=sys.stderr)
        subprocess.run([sys.executable, "-c", MAKE, source, path + ".part.xlsx"], check=True)
        os.replace(path + ".part.xlsx", path)
    return path


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    valid = common.begin(f"reading a workbook of {rows:,} × 10 cells, one thread, median of {RUNS}")
    program = os.path.join(common.ROOT, os.environ.get("BUILD", "build"), "bench", "table-read")
    path = workbook(rows)
    ours = subprocess.run([program, path, str(RUNS)], check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")[:-1]
    theirs = subprocess.run([sys.executable, "-c", PEER, path, str(RUNS)], check=True, stdout=subprocess.PIPE,
                            text=True).stdout.split("\n")[:-1]
    if ours[0].split("\t")[:2] != theirs[0].split()[:2]:
        sys.exit(f"not the same cells: ours {ours[0]}, openpyxl {theirs[0]}")
    seconds = statistics.median(float(line.split("\t")[2]) for line in ours)
    peer = statistics.median(float(line.split()[2]) for line in theirs)
    print(f"{os.path.getsize(path) / 1e6:.1f} MB packed: ours {seconds:.3f} s, openpyxl read-only {peer:.3f} s")
    common.figure("XLSX reading", f"{peer / seconds:.1f} × openpyxl", "≥ 10 ×", peer / seconds >= 10, valid)


if __name__ == "__main__":
    main()
