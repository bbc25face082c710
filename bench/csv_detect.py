#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reading a CSV of reviews and understanding its columns, beside pandas read_csv of the same file.

    bench/csv_detect.py [--build build] [--rows 300000] [--runs 5]

Both run in turn, one process each time; medians are compared. The file is made by a seeded grammar.
"""
import argparse, csv, os, random, statistics, subprocess, sys, tempfile, time

PANDAS = ("import sys,time,pandas;t=time.perf_counter();c=time.process_time();"
          "pandas.read_csv(sys.argv[1],dtype=str,keep_default_na=False,encoding='utf-8-sig');"
          "print(time.perf_counter()-t,time.process_time()-c)")
PARTS = ["杯子很漂亮，釉色均匀", "物流很快，第二天就到了", "等了八天才到，盒子都压扁了", "客服很耐心", "和描述的颜色差太多",
         "用了一周，没有任何问题", "性价比很高", "少发了一个盖子，补发到现在没消息", "洗了一次就掉色", "下次还会再来"]


def make(path, rows):
    r = random.Random(20260301)
    with open(path, "w", encoding="utf-8-sig", newline="") as f:
        w = csv.writer(f)
        w.writerow("订单编号 评价时间 省份 门店 商品名称 评分 物流评分 用户昵称 评价内容 商家回复".split())
        for i in range(rows):
            text = "，".join(r.choice(PARTS) for _ in range(r.randint(1, 6)))
            w.writerow([2261000000000000000 + i * 7919, f"2026-{r.randint(1, 6):02}-{r.randint(1, 28):02} "
                        f"{r.randint(8, 22):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}",
                        r.choice(["广东省", "浙江省", "西藏自治区", "四川省"]), r.choice(["朝阳店", "国贸店", "望京店"]),
                        r.choice(["陶瓷马克杯 大号", "保温杯", "玻璃水壶"]), r.choice([5, 5, 5, 4, 3, 2, 1]),
                        r.choice([5, 4, 3, 1]), f"用***{r.randint(0, 99)}", text,
                        "感谢您的支持" if i % 4 == 0 else ""])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build")
    p.add_argument("--rows", type=int, default=300000)
    p.add_argument("--runs", type=int, default=5)
    a = p.parse_args()
    load = os.getloadavg()[0]
    flags = next((l for l in open("/proc/cpuinfo") if l.startswith("flags")), "").split()
    print("processor:", " ".join(x for x in ("avx2", "avx512f", "avx512_vnni") if x in flags) or "baseline",
          "| load", round(load, 2))
    if load > 0.5:
        print("load above 0.5 at start: figures not valid")
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "reviews.csv")
        make(path, a.rows)
        size = os.path.getsize(path) / 1e6
        ours = os.path.join(a.build, "bench", "csv-detect")
        env = dict(os.environ, HUISHENG_SOURCE_DIR=os.getcwd())
        times = {"table": [], "source": [], "pandas": []}
        for _ in range(a.runs):
            for kind in ("table", "source"):
                out = subprocess.run([ours, kind, path], capture_output=True, text=True, check=True, env=env).stdout
                seconds, cpu, rows = out.split()
                times[kind].append((float(seconds), float(cpu)))
                assert int(rows) >= a.rows
            out = subprocess.run([sys.executable, "-c", PANDAS, path], capture_output=True, text=True, check=True)
            times["pandas"].append(tuple(float(x) for x in out.stdout.split()))
        median = {k: tuple(statistics.median(x[i] for x in v) for i in (0, 1)) for k, v in times.items()}
        print(f"{a.rows} rows, {size:.1f} MB, medians of {a.runs}: wall clock, processor time")
        for kind, name in (("table", "cells only"), ("source", "whole source path"), ("pandas", "pandas read_csv")):
            wall, cpu = median[kind]
            print(f"  {name:18} {wall:.3f} s {size / wall:5.0f} MB/s   {cpu:.3f} s {size / cpu:5.0f} MB/s")
        print(f"  pandas / ours      {median['pandas'][0] / median['source'][0]:.2f}            "
              f"{median['pandas'][1] / median['source'][1]:.2f}")


main()
