#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Size of the page and of the brief, and what the page asks of the network (nothing)."""
import os
import re
import subprocess
import tempfile

import common


def main():
    valid = common.begin("size of the page, 100,000 rows")
    path = common.big_csv(100000)
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "r.html")
        common.run([common.program(), "report", path, "-o", page, "--model", "quick", "--quiet"])
        with open(page, encoding="utf-8") as f:
            text = f.read()
        size = os.path.getsize(page)
    brief = subprocess.run([common.program(), "report", path, "--brief", "--quiet"], check=True, capture_output=True).stdout
    with open(path, "rb") as f:
        source = len(f.read())
    outside = re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import""", text)
    print(f"page {size / 1024:.0f} KiB from a file of {source / 1e6:.1f} MB, ratio {source / size:.0f}; brief {len(brief)} bytes; outside references: {len(outside)}")
    common.figure("page KB", f"{size / 1000:.0f}", "≤ 600", size <= 600000, valid)
    common.figure("brief bytes", str(len(brief)), "≤ 2,048", len(brief) <= 2048, valid)
    common.figure("outside references", str(len(outside)), "0", not outside, valid)


if __name__ == "__main__":
    main()
