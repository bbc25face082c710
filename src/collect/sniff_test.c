// SPDX-License-Identifier: Apache-2.0
#include "collect/sniff.h"

#include "tests/support/test.h"

TEST(sniff_tells_tables_from_other_things) {
    static const struct {
        struct str head;
        enum sniff what;
    } cases[] = {
        {STR_INIT(""), SNIFF_EMPTY},
        {STR_INIT(" \r\n\t"), SNIFF_EMPTY},
        {STR_INIT("\xEF\xBB\xBF"), SNIFF_EMPTY},
        {STR_INIT("\xFF\xFE"), SNIFF_EMPTY},
        {STR_INIT("a,b\n1,2\n"), SNIFF_TEXT},
        {STR_INIT("很好\n"), SNIFF_TEXT},
        {STR_INIT("\xBA\xDC\xBA\xC3\n"), SNIFF_TEXT},
        {STR_INIT("a\0b\n"), SNIFF_TEXT},
        {STR_INIT("{a}"), SNIFF_TEXT},
        {STR_INIT("[好评] 很好"), SNIFF_TEXT},
        {STR_INIT("<3 love it"), SNIFF_TEXT},
        {STR_INIT("{\"a\":1}"), SNIFF_JSON},
        {STR_INIT("\xEF\xBB\xBF [ {"), SNIFF_JSON},
        {STR_INIT("\xFF\xFE[\0{\0\"\0"), SNIFF_JSON},
        {STR_INIT("[[1]]"), SNIFF_JSON},
        {STR_INIT("[]"), SNIFF_JSON},
        {STR_INIT("<!DOCTYPE HTML><p>"), SNIFF_HTML},
        {STR_INIT("\n<table border=1>"), SNIFF_HTML},
        {STR_INIT("<?xml version='1.0'?><html xmlns='x'><table>"), SNIFF_HTML},
        {STR_INIT("<!-- x --><TABLE>"), SNIFF_HTML},
        {STR_INIT(
             "<?xml version='1.0'?><ss:Workbook xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>"),
         SNIFF_SPREADSHEET_XML},
        {STR_INIT(
             "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>"),
         SNIFF_SPREADSHEET_XML},
        {STR_INIT("PK\3\4"), SNIFF_ZIP},
        {STR_INIT("\x1F\x8B\x08"), SNIFF_GZIP},
        {STR_INIT("\x28\xB5\x2F\xFD"), SNIFF_ZSTD},
        {STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), SNIFF_OLE},
        {STR_INIT("\x89PNG"), SNIFF_OTHER},
        {STR_INIT("RIFF....WEBP"), SNIFF_OTHER},
        {STR_INIT("\1\2\3\4"), SNIFF_OTHER},
        {STR_INIT("\0\0\0\0"), SNIFF_OTHER},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct words name, advice;
        enum sniff what = sniff(cases[i].head, true, &name, &advice);
        assert_int_equal(what, cases[i].what);
        assert_int_equal(what == SNIFF_OTHER, name.zh && name.en && advice.zh && advice.en);
    }
}
