# SPDX-License-Identifier: Apache-2.0
"""Makes the pages that the browser opens: every fixture of the renderers, and real reports of the demo companies.

    pages.py BUILD/huisheng FOLDER
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL)


def main():
    program, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    run(program.parent / "report-pages", folder)
    for lang in ("zh", "en"):
        data = folder / f"data-{lang}"
        run(sys.executable, ROOT / "tools" / "demo-data.py", "--lang", lang, "--out", data)
        files = sorted(data.iterdir())
        orders = [f for f in files if f.stem in ("订单", "orders")]
        reviews = [f for f in files if f not in orders]
        if not reviews or not orders:
            sys.exit(f"{data}: expected reviews and orders, found {[f.name for f in files]}")
        run(program, "report", *reviews, "--orders", *orders, "--lang", lang, "--quiet",
            "-o", folder / f"demo-{lang}.html")
    few = folder / "few.csv"
    few.write_text("评价内容,评分\n物流太慢，等了八天,1\n味道不错,5\n客服不回复,2\n", encoding="utf-8")
    run(program, "report", few, "--lang", "zh", "--quiet", "-o", folder / "few-zh.html")


if __name__ == "__main__":
    main()
