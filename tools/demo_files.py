# SPDX-License-Identifier: Apache-2.0
"""The kinds of files that back offices write: CSV, XLSX made by hand, and a page with a table that is called .xls."""
import datetime as dt
import html
import io
import zipfile


def csv_cell(v):
    s = str(v)
    return '"' + s.replace('"', '""') + '"' if any(c in s for c in ',"\n\r') else s


def write_csv(path, rows, encoding):
    with open(path, "w", encoding=encoding, newline="") as f:
        f.writelines(",".join(map(csv_cell, row)) + "\r\n" for row in rows)


def column_name(i):
    return chr(65 + i)


def write_xlsx(path, sheets):
    """Workbook by hand: numbers as numbers, dates (datetime.date) as serials with a date format, texts shared."""
    shared, order = {}, []

    def cell(v, ref):
        if v is None or v == "":
            return ""
        if isinstance(v, dt.date):
            return f'<c r="{ref}" s="1"><v>{(v - dt.date(1899, 12, 30)).days}</v></c>'
        if isinstance(v, (int, float)):
            return f'<c r="{ref}"><v>{v}</v></c>'
        if v not in shared:
            shared[v] = len(order)
            order.append(v)
        return f'<c r="{ref}" t="s"><v>{shared[v]}</v></c>'

    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {}
    for n, (_, rows) in enumerate(sheets, 1):
        body = io.StringIO()
        body.write(f'{head}<worksheet xmlns="{main}"><sheetData>')
        for r, row in enumerate(rows, 1):
            body.write(f'<row r="{r}">' + "".join(cell(v, f"{column_name(c)}{r}") for c, v in enumerate(row)) + "</row>")
        body.write("</sheetData></worksheet>")
        parts[f"xl/worksheets/sheet{n}.xml"] = body.getvalue()
    names = "".join(f'<sheet name="{html.escape(s)}" sheetId="{n}" r:id="rId{n}"/>' for n, (s, _) in enumerate(sheets, 1))
    parts["xl/workbook.xml"] = f'{head}<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>{names}</sheets></workbook>'
    links = "".join(f'<Relationship Id="rId{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1))
    links += f'<Relationship Id="rId90" Type="{rel}/styles" Target="styles.xml"/><Relationship Id="rId91" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    parts["xl/_rels/workbook.xml.rels"] = f'{head}<Relationships xmlns="{package}/relationships">{links}</Relationships>'
    parts["xl/styles.xml"] = (f'{head}<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/></border></borders>'
                              '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>')
    parts["xl/sharedStrings.xml"] = f'{head}<sst xmlns="{main}">' + "".join(f'<si><t xml:space="preserve">{html.escape(s, quote=False)}</t></si>' for s in order) + "</sst>"
    parts["_rels/.rels"] = f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{sheet_type}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{sheet_type}.sharedStrings+xml"/>'
    overrides += "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{sheet_type}.worksheet+xml"/>' for n in range(1, len(sheets) + 1))
    parts["[Content_Types].xml"] = f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name in sorted(parts):
            z.writestr(zipfile.ZipInfo(name, (2026, 11, 17, 8, 0, 0)), parts[name], zipfile.ZIP_DEFLATED)


def write_html_table(path, title, rows, last):
    """What some back offices call .xls: a page with one table, a title above the header, a total below."""
    with open(path, "w", encoding="utf-8") as f:
        f.write('<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
                '<style>td{mso-number-format:"\\@"}</style></head><body><table border="1">\n')
        f.write(f'<tr><td colspan="{len(rows[0])}">{html.escape(title)}</td></tr>\n')
        for row in rows + [last]:
            f.write("<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row) + "</tr>\n")
        f.write("</table></body></html>\n")
