#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people hand over by mistake. Each gets one clear line that says what to do, in the user's language; the exit
status says of which kind it is (`huisheng help exit`); no good row is lost and no half file is left.
"""
import gzip
import io
import os
import signal
import struct
import subprocess
import sys
import time
import zipfile

from report_harness import Skip, case, is_instrumented, main, program
from workbook import cell, pack, parts, sheet, workbook

DATA, NO_INPUT, CANNOT_CREATE, IO, PERMISSION, USAGE, CANCELLED = 65, 66, 73, 74, 77, 2, 130
GOOD = [("评价时间", "评分", "评价内容"), ("2026-11-01", 5, "味道很好，包装严实，还会再买"), ("2026-11-02", 1, "等了六天才到，盒子都压坏了"),
        ("2026-11-03", 4, "挺好喝的，就是有点贵"), ("2026-11-04", 2, "客服半天没人回，态度也差")]
GOOD_N = len(GOOD) - 1


def csv_of(rows):
    return "".join(",".join(str(v) for v in row) + "\r\n" for row in rows)


def rows_of(facts):
    r = facts["rows"]
    return r["read"], r["used"], r["rejected"]


def keeps_good(t, path, n=GOOD_N, *args):
    """The report is made and has at least the good rows."""
    facts = t.facts(path, *args)
    t.true(facts["rows"]["used"] >= n, f"good rows lost: {facts['rows']}")
    return facts


# ---- nothing to read ----

@case
def an_empty_file_is_refused(t):
    t.refused_in_both(DATA, t.file("empty.csv", b""))


@case
def an_empty_workbook_name_is_refused(t):
    t.refused_in_both(DATA, t.file("empty.xlsx", b""))


@case
def a_header_without_rows_is_refused(t):
    t.refused_in_both(DATA, t.file("header.csv", csv_of(GOOD[:1])))


@case
def one_row_is_a_report(t):
    facts = t.facts(t.file("one.csv", csv_of(GOOD[:2])))
    t.equal(rows_of(facts), (1, 1, 0))
    r = t.report(t.path("one.csv"), "-o", t.path("r.html"))
    t.equal((r.status, r.err), (0, ""))
    t.true(os.path.getsize(t.path("r.html")) > 1000, "no page")


@case
def a_file_that_is_not_there_is_named(t):
    r = t.refused_in_both(NO_INPUT, t.path("nowhere.csv"))
    t.true("nowhere.csv" in r.err, r.err)


@case
def a_folder_is_no_file(t):
    os.mkdir(t.path("folder"))
    t.refused_in_both((NO_INPUT, DATA, IO), t.path("folder"))


@case
def empty_standard_input_is_refused(t):
    r = t.report("-", "--json", stdin=b"")
    t.refused(r, DATA)


# ---- not what the name says ----

@case
def a_picture_named_xlsx_is_refused(t):
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" + os.urandom(4000)
    t.refused_in_both(DATA, t.file("photo.xlsx", png))
    t.refused_in_both(DATA, t.file("photo.csv", png))


@case
def a_zip_that_is_no_workbook_is_refused(t):
    t.refused_in_both(DATA, t.file("other.xlsx", pack({"hello/x.pdf": b"%PDF-1.4 \x00\x01\x02", "x.png": b"\x89PNG\r\n\x1a\n\x00\x00"})))


@case
def an_encrypted_workbook_says_that_it_is(t):
    # A compound file with the stream names of an encrypted workbook in its directory.
    sector = bytearray(512 * 4)
    sector[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", sector, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", sector, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    for i in range(109):
        struct.pack_into("<I", sector, 76 + 4 * i, 0 if i == 0 else 0xFFFFFFFF)
    struct.pack_into("<II", sector, 512, 0xFFFFFFFD, 0xFFFFFFFE)
    for i in range(2, 128):
        struct.pack_into("<I", sector, 512 + 4 * i, 0xFFFFFFFF)
    for i, (name, kind) in enumerate((("Root Entry", 5), ("EncryptionInfo", 2), ("EncryptedPackage", 2))):
        at = 1024 + 128 * i
        text = name.encode("utf-16-le") + b"\0\0"
        sector[at:at + len(text)] = text
        struct.pack_into("<HBB", sector, at + 64, len(text), kind, 1)
        struct.pack_into("<III", sector, at + 68, 0xFFFFFFFF, 2 if i == 1 else 0xFFFFFFFF, 1 if i == 0 else 0xFFFFFFFF)
        struct.pack_into("<IQ", sector, at + 116, 0xFFFFFFFE, 0)
    r = t.refused_in_both(DATA, t.file("secret.xlsx", bytes(sector)))
    t.true("密码" in r.err or "加密" in r.err, r.err)


@case
def an_encrypted_archive_says_that_it_is(t):
    data = bytearray(workbook(GOOD))
    at = 0
    while (at := data.find(b"PK\x03\x04", at)) >= 0:
        data[at + 6] |= 1
        at += 4
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    r = t.refused_in_both(DATA, t.file("secret2.xlsx", bytes(data)))
    t.true("密码" in r.err or "加密" in r.err, r.err)


@case
def a_truncated_workbook_is_refused(t):
    whole = workbook(GOOD * 200)
    for share in (0.1, 0.5, 0.95):
        t.refused_in_both(DATA, t.file("cut.xlsx", whole[:int(len(whole) * share)]))


@case
def a_workbook_with_broken_xml_keeps_the_rows_before_it(t):
    xml = sheet(GOOD * 1)
    path = t.file("broken.xlsx", pack(parts(xml.replace("</sheetData>", "<row r=\"99\"><c r=\"A99\"><v>1</x>"))))
    r = t.report(path, "--json")
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")
    if r.status == DATA:
        t.one_line(r)


@case
def a_truncated_gz_is_told(t):
    whole = gzip.compress(csv_of(GOOD + GOOD[1:] * 500).encode())
    r = t.report(t.file("cut.csv.gz", whole[:len(whole) * 2 // 3]), "--json")
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")
    t.true(r.status == 0 or len(r.lines) == 1, r.err)


# ---- too large ----

def big_member(prefix, suffix, chunk, times):
    def write(f):
        f.write(prefix)
        for _ in range(times):
            f.write(chunk)
        f.write(suffix)
    return write


MIB = 1 << 20


def bounded(t, r, megabytes=300):
    t.no_leftovers()
    if is_instrumented():
        return
    t.true(r.peak < megabytes * MIB, f"used {r.peak // MIB} MB")
    t.true(r.seconds < 20, f"took {r.seconds:.0f} s")


@case
def a_bomb_in_a_cell_is_bounded_and_good_rows_stay(t):
    xml = sheet(GOOD)
    head, tail = xml.encode().split(b"</sheetData>")
    bomb = big_member(head + b'<row r="50"><c r="C50" t="inlineStr"><is><t>', b'</t></is></c></row></sheetData>' + tail, b"x" * MIB, 400)
    path = t.file("bomb.xlsx", pack(parts(bomb)))
    r = t.report(path, "--json")
    bounded(t, r)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")
    if r.status == DATA:
        t.one_line(r)


@case
def a_bomb_of_shared_strings_is_bounded(t):
    shared = big_member(b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">', b"</sst>",
                        b"<si><t>" + b"y" * 1000 + b"</t></si>" + b"<si><t>z</t></si>" * 100, 30000)
    r = t.report(t.file("strings.xlsx", pack(parts(sheet(GOOD), shared=shared))), "--json", timeout=200)
    bounded(t, r, 600)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")
    if r.status == DATA:
        t.one_line(r)


@case
def a_bomb_of_rows_is_bounded(t):
    xml = sheet(GOOD[:1]).encode()
    head, tail = xml.split(b"</sheetData>")
    rows = b"".join(b'<row><c t="inlineStr"><is><t>2026-11-01</t></is></c><c><v>5</v></c><c t="inlineStr"><is><t>good</t></is></c></row>' for _ in range(8000))
    r = t.report(t.file("rows.xlsx", pack(parts(big_member(head, b"</sheetData>" + tail, rows, 20)))), "--json", timeout=200)
    bounded(t, r)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")


@case
def a_gz_bomb_is_bounded(t):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as f:
        f.write(csv_of(GOOD).encode())
        for _ in range(400):
            f.write(b" " * MIB)
    r = t.report(t.file("bomb.csv.gz", packed.getvalue()), "--json")
    bounded(t, r)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")


@case
def a_huge_declared_size_is_not_believed(t):
    xml = sheet(GOOD, before='<dimension ref="A1:XFD1048576"/>')
    data = bytearray(pack(parts(xml)))
    facts = keeps_good(t, t.file("dimension.xlsx", bytes(data)))
    t.equal(facts["rows"]["read"], GOOD_N)
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:  # sizes in the directory: nearly 4 GiB
        struct.pack_into("<I", data, at + 24, 0xFFFFFFF0)
        at += 4
    r = t.report(t.file("declared.xlsx", bytes(data)), "--json")
    bounded(t, r)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")
    if r.status == DATA:
        t.one_line(r)


@case
def huge_row_and_column_numbers_are_not_believed(t):
    row = '<row r="4000000000"><c r="ZZZZZZ4000000000" t="inlineStr"><is><t>far away</t></is></c></row>'
    xml = sheet(GOOD).replace("</sheetData>", row + "</sheetData>")
    r = t.report(t.file("far.xlsx", pack(parts(xml))), "--json")
    bounded(t, r)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")


@case
def sixteen_thousand_columns(t):
    n = 16000
    head = ["评价内容", "评分"] + [f"c{i}" for i in range(n - 2)]
    rows = [",".join(head)] + [",".join([GOOD[1 + i % 4][2].replace(",", "，"), str(GOOD[1 + i % 4][1])] + ["1"] * (n - 2)) for i in range(20)]
    r = t.report(t.file("wide.csv", "\n".join(rows) + "\n"), "--json")
    bounded(t, r)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")
    if r.status == DATA:
        t.one_line(r)
    else:
        t.true(b'"read":20' in r.out.replace(b" ", b"").replace(b"\n", b""), "rows lost")


@case
def more_columns_than_any_table_has(t):
    rows = ",".join(f"c{i}" for i in range(40000)) + "\n" + ",".join(["好用"] * 40000) + "\n"
    r = t.report(t.file("wider.csv", rows), "--json")
    bounded(t, r)
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")


@case
def a_cell_of_50_mb_costs_only_its_row(t):
    path = t.file("cell.csv", csv_of(GOOD) + '2026-11-05,5,"' + "长" * (50 * MIB // 3) + '"\r\n' + csv_of(GOOD[1:]))
    r = t.report(path, "--json")
    bounded(t, r)
    facts = keeps_good(t, path, 2 * GOOD_N)
    t.equal(facts["rows"]["read"], 2 * GOOD_N + 1)
    t.equal(facts["rows"]["rejected"], 1)


@case
def a_quote_that_never_closes_costs_few_rows(t):
    path = t.file("quote.csv", csv_of(GOOD) + '2026-11-05,1,"没有收尾的引号\r\n' + csv_of(GOOD[1:] * 50))
    facts = t.facts(path)
    t.true(facts["rows"]["used"] >= 51 * GOOD_N - 5, f"good rows lost: {facts['rows']}")


# ---- bytes that are no text ----

@case
def nul_bytes_do_not_end_the_file(t):
    path = t.file("nul.csv", csv_of(GOOD).encode() + "2026-11-05,1,坏\0了的\0一行\r\n".encode() + csv_of(GOOD[1:]).encode())
    keeps_good(t, path, 2 * GOOD_N)


@case
def a_file_of_nul_bytes_is_refused(t):
    t.refused_in_both(DATA, t.file("zero.csv", b"\0" * 100000))


@case
def broken_utf8_and_lone_surrogates_cost_nothing(t):
    bad = "2026-11-05,1,".encode() + b"\xff\xfe\xed\xa0\x80\xc0\xaf" + "态度差".encode() + b"\xe6\x97" + b"\r\n"
    facts = keeps_good(t, t.file("utf8.csv", csv_of(GOOD).encode() * 1 + bad + csv_of(GOOD[1:] * 20).encode()), 21 * GOOD_N)
    t.equal(facts["rows"]["read"], 21 * GOOD_N + 1)


@case
def lone_surrogates_in_json(t):
    lines = ['{"text":"\\ud800 坏的","score":1}', '{"text":"味道很好","score":5}', '{"text":"\\udc00\\ud800","score":2}', '{"text":"包装破了","score":1}']
    facts = t.facts(t.file("s.ndjson", "\n".join(lines) + "\n"))
    t.true(facts["rows"]["used"] >= 2, f"good rows lost: {facts['rows']}")
    t.equal(facts["rows"]["read"], 4)


@case
def broken_json_lines_cost_only_themselves(t):
    lines = ['{"text":"味道很好","score":5}', '{"text":"坏', "garbage", '{"text":"包装破了","score":1}', "[1,2", '{"text":"太慢了","score":1}']
    facts = t.facts(t.file("b.ndjson", "\n".join(lines) + "\n"))
    t.equal(facts["rows"]["used"], 3)
    t.equal(facts["rows"]["rejected"], 3)


@case
def deep_json_is_refused_or_skipped(t):
    r = t.report(t.file("deep.json", "[" * 200000), "--json")
    t.refused(r, DATA)


@case
def mixed_encodings_are_read_line_by_line(t):
    path = t.file("mixed.csv", csv_of(GOOD * 1).encode() + csv_of(GOOD[1:]).encode("gb18030") + csv_of(GOOD[1:] * 3).encode())
    facts = keeps_good(t, path, 4 * GOOD_N)
    t.equal(facts["rows"]["read"], 5 * GOOD_N)


@case
def every_encoding_gives_the_same_rows(t):
    expected = None
    for name, encoding in (("u8.csv", "utf-8"), ("bom.csv", "utf-8-sig"), ("gb.csv", "gb18030"), ("u16.csv", "utf-16"), ("be.csv", "utf-16-be")):
        facts = t.facts(t.file(name, csv_of(GOOD + GOOD[1:] * 10).encode(encoding)))
        got = (rows_of(facts), facts["columns"]["text"], facts["sentiment"], facts["satisfaction"]["score"])
        expected = expected or got
        t.equal(got, expected, encoding)


# ---- tables that are odd ----

@case
def a_sheet_without_text_says_what_to_do(t):
    rows = "a,b,c\n" + "".join(f"{i},{i * i},{i % 7}\n" for i in range(50))
    r = t.refused_in_both(DATA, t.file("numbers.csv", rows))
    t.true("--map" in r.err, f"does not say how: {r.err}")


@case
def a_column_that_is_not_there_is_named(t):
    path = t.file("good.csv", csv_of(GOOD))
    r = t.report(path, "--map", "text=nonsense", "--json")
    t.refused(r, (USAGE, DATA, NO_INPUT))
    t.true("nonsense" in r.err, r.err)


@case
def duplicate_and_empty_column_names(t):
    text = "评价内容,,评分,评价内容,\r\n" + "".join(f"{row[2]},x,{row[1]},,y\r\n" for row in GOOD[1:])
    facts = t.facts(t.file("names.csv", text))
    t.equal(rows_of(facts), (GOOD_N, GOOD_N, 0))
    t.equal(facts["columns"]["text"], "评价内容")


@case
def rows_of_other_lengths(t):
    text = csv_of(GOOD) + "2026-11-05,3\r\n" + "2026-11-06,4,还不错,多一格,又一格\r\n" + "\r\n\r\n" + csv_of(GOOD[1:])
    keeps_good(t, t.file("ragged.csv", text), 2 * GOOD_N + 1)


@case
def formulas_and_error_cells(t):
    rows = [list(r) for r in GOOD]
    rows.append(['<c r="A6" t="str"><f>TODAY()</f><v>2026-11-05</v></c>', '<c r="B6" t="e"><v>#DIV/0!</v></c>', "评分格出错了，但话是好的"])
    rows.append(["2026-11-06", '<c r="B7"><f>1+4</f><v>5</v></c>', '<c r="C7" t="str"><f>A1</f><v>公式算出来的评价，很好喝</v></c>'])
    facts = t.facts(t.file("formula.xlsx", workbook(rows)))
    t.equal(rows_of(facts), (GOOD_N + 2, GOOD_N + 2, 0))


@case
def dates_before_1900_keep_their_rows(t):
    text = "评价时间,评分,评价内容\r\n" + "".join(f"{d},{r[1]},{r[2]}\r\n" for d, r in zip(("1899-12-31", "1850/1/1", "0001-01-01", "2026-11-04"), GOOD[1:]))
    facts = t.facts(t.file("old.csv", text))
    t.equal(facts["rows"]["used"], GOOD_N)
    facts = t.facts(t.file("serial.xlsx", workbook([GOOD[0], (-5, 5, GOOD[1][2]), (0, 4, GOOD[2][2]), (1e300, 3, GOOD[3][2]), (46000, 2, GOOD[4][2])])))
    t.equal(facts["rows"]["used"], GOOD_N)


@case
def scores_out_of_range_are_kept_and_not_counted(t):
    text = csv_of(GOOD + GOOD[1:] * 29) + "2026-11-05,11,分数打错了，东西是好的\r\n2026-11-06,-3,又一个错的分数\r\n2026-11-07,nan,不是分数\r\n"
    facts = t.facts(t.file("range.csv", text))
    t.equal(facts["rows"]["used"], 30 * GOOD_N + 3)
    t.equal(facts["satisfaction"]["n"], 30 * GOOD_N)
    low, high = facts["satisfaction"]["score"] - 1, facts["satisfaction"]["score"] + 1
    t.true(low <= 3 <= high, f"score {facts['satisfaction']}")


@case
def a_title_two_headers_and_a_total(t):
    rows = [("某店评价明细", "", ""), ("", "", "")] + GOOD + [("合计", 12, "")]
    facts = t.facts(t.file("title.csv", csv_of(rows)))
    t.equal(facts["rows"]["used"], GOOD_N)
    t.equal(facts["columns"]["text"], "评价内容")


@case
def a_web_page_and_a_csv_named_xls(t):
    table = "<html><table>" + "".join("<tr>" + "".join(f"<td>{v}</td>" for v in row) + "</tr>" for row in GOOD) + "</table></html>"
    t.equal(rows_of(t.facts(t.file("page.xls", table))), (GOOD_N, GOOD_N, 0))
    t.equal(rows_of(t.facts(t.file("tabs.xls", csv_of(GOOD).replace(",", "\t")))), (GOOD_N, GOOD_N, 0))


@case
def plain_text_with_a_review_a_line(t):
    facts = t.facts(t.file("lines.txt", "".join(row[2] + "\n" for row in GOOD[1:])))
    t.equal(facts["rows"]["used"], GOOD_N)


@case
def one_bad_file_among_good_ones_is_named(t):
    good, bad = t.file("good.csv", csv_of(GOOD)), t.file("bad.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
    r = t.report(good, bad, "--json")
    t.true("bad.xlsx" in r.err, f"not named: {r.err!r}")
    t.equal(len(r.lines), 1, r.err)


@case
def an_archive_with_a_foreign_member_reads_the_tables(t):
    path = t.file("all.zip", pack({"a.csv": csv_of(GOOD), "note.pdf": b"%PDF-1.4 nothing", "b.xlsx": workbook(GOOD)}))
    facts = t.facts(path)
    t.true(facts["rows"]["used"] >= GOOD_N, f"rows {facts['rows']}")


@case
def names_that_climb_out_of_an_archive_write_nothing(t):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("../../evil.csv", csv_of(GOOD))
    os.mkdir(t.path("in"))
    path = t.file("in/climb.zip", out.getvalue())
    t.report(path, "--json")
    t.equal(sorted(os.listdir(t.folder)), ["in"])


# ---- where it goes ----

@case
def output_to_a_full_disk_is_told(t):
    path = t.file("good.csv", csv_of(GOOD))
    for lang in ("en", "zh"):
        r = t.report(path, "-o", "/dev/full", lang=lang)
        t.true(r.status in (CANNOT_CREATE, IO), f"status {r.status}: {r.err}")
        t.one_line(r, lang)
    for option in ("--csv=/dev/full", "--json=/dev/full"):
        r = t.report(path, option)
        t.true(r.status in (CANNOT_CREATE, IO), f"{option}: status {r.status}: {r.err}")
        t.one_line(r)


@case
def a_full_file_system_leaves_the_old_page(t):
    folder = t.path("small")
    os.mkdir(folder)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        raise Skip("needs the right to mount")
    try:
        path = t.file("good.csv", csv_of(GOOD + GOOD[1:] * 3000))
        with open(os.path.join(folder, "r.csv"), "w", encoding="ascii") as f:
            f.write("old")
        r = t.report(path, "--csv", os.path.join(folder, "r.csv"))
        t.refused(r, (CANNOT_CREATE, IO))
        t.equal(os.listdir(folder), ["r.csv"], "half file left")
        with open(os.path.join(folder, "r.csv"), encoding="ascii") as f:
            t.equal(f.read(), "old")
    finally:
        subprocess.run(["umount", folder], check=True)


@case
def a_read_only_folder_is_told(t):
    path = t.file("good.csv", csv_of(GOOD))
    os.mkdir(t.path("locked"), 0o555)

    def become_nobody():
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
    for lang in ("en", "zh"):
        r = t.report(path, "-o", t.path("locked/r.html"), lang=lang, preexec=become_nobody)
        t.true(r.status in (CANNOT_CREATE, PERMISSION), f"status {r.status}: {r.err}")
        t.one_line(r, lang)


@case
def a_folder_that_is_not_there_is_told_before_the_work(t):
    path = t.file("good.csv", csv_of(GOOD))
    r = t.report(path, "-o", t.path("no/such/r.html"))
    t.refused(r, (CANNOT_CREATE, NO_INPUT))
    r = t.report(path, "-o", t.folder)
    t.refused(r, (CANNOT_CREATE, IO, USAGE))


@case
def a_reader_that_leaves_early_is_no_crash(t):
    path = t.file("good.csv", csv_of(GOOD + GOOD[1:] * 5000))
    for option in ("--json", "--text"):
        child = subprocess.Popen([program(), "report", path, option, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=t.folder)
        child.stdout.close()
        err = child.stderr.read().decode()
        status = child.wait(60)
        t.true(status in (0, IO, 141, -signal.SIGPIPE), f"{option}: status {status}: {err}")
        t.true(len([x for x in err.split("\n") if x]) <= 1, f"{option}: {err}")
    t.no_leftovers()


@case
def a_writer_that_leaves_early_keeps_what_came(t):
    r = t.report("-", "--json", stdin=(csv_of(GOOD) + '2026-11-05,5,"半行').encode())
    t.equal(r.status, 0, r.err)
    t.true(b"satisfaction" in r.out, "no report")


@case
def stopping_leaves_no_half_file(t):
    path = t.file("many.csv", csv_of(GOOD + GOOD[1:] * 60000))
    for sig in (signal.SIGINT, signal.SIGTERM):
        child = subprocess.Popen([program(), "report", path, "-o", t.path("r.html"), "--csv", t.path("r.csv"), "--xlsx", t.path("r.xlsx"), "--quiet"],
                                 stderr=subprocess.PIPE, cwd=t.folder)
        time.sleep(0.4)
        child.send_signal(sig)
        err = child.stderr.read().decode()
        status = child.wait(30)
        t.true(status in (CANCELLED, 143, -sig), f"status {status}: {err}")
        t.equal(sorted(os.listdir(t.folder)), ["many.csv"], "left behind")


# ---- how it was called ----

@case
def wrong_calls_are_usage_errors(t):
    path = t.file("good.csv", csv_of(GOOD))
    for args in (["--no-such-option"], ["--industry", "mining"], ["--map", "text"], ["--map", "colour=评分"], ["--since", "soon"],
                 ["--timezone", "Mars/Base"], ["--threads", "lots"], ["--compare", "sometime"]):
        for lang in ("en", "zh"):
            r = t.report(path, *args, lang=lang)
            t.true(r.status in (USAGE, DATA, NO_INPUT), f"{args}: status {r.status}: {r.err}")
            t.true(r.lines and len(r.lines) <= 2, f"{args}: {r.err!r}")
    r = t.report()
    t.equal(r.status, USAGE, r.err)


@case
def a_model_that_is_not_there_is_named(t):
    r = t.run("report", t.file("good.csv", csv_of(GOOD)), "--model", "/nowhere/model", "--json", "--quiet")
    t.true(r.status not in (0, 70), f"status {r.status}")
    t.one_line(r)
    t.true("/nowhere/model" in r.err, r.err)


@case
def a_filter_that_leaves_nothing_says_so(t):
    path = t.file("good.csv", csv_of(GOOD))
    r = t.report(path, "--since", "2030-01-01", "--json")
    t.true(r.status in (0, DATA), f"status {r.status}: {r.err}")
    if r.status == DATA:
        t.one_line(r)


@case
def exit_statuses_are_documented(t):
    text = t.run("help", "exit").out.decode()
    for status in (DATA, NO_INPUT, CANNOT_CREATE, IO, PERMISSION, USAGE, CANCELLED):
        t.true(f" {status} " in text, f"{status} is not in `help exit`")


if __name__ == "__main__":
    main()
