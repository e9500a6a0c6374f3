"""Whatever is uploaded, the answer is a sentence, and it comes at once."""

import io
import re
import struct
import time
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest

from targets.domain.record import PROJECT, IndicatorRow, Record
from targets.domain.sheets.guard import UNREAD, Limits, inspect
from targets.domain.sheets.plain import MOST_KINDS, plain_sheet
from targets.domain.sheets.problem_list import listed, write_problem_list
from targets.domain.sheets.problems import FileRefused
from targets.domain.sheets.reader import read_workbook
from targets.domain.sheets.writer import write_official
from targets.tests.sheets.books import one_sheet, project_lines
from targets.tests.sheets.files import as_ods, as_text, ods_table

GOOD = one_sheet(project_lines())
SHEET = "xl/worksheets/sheet1.xml"


def rezipped(
    content: bytes,
    change: Callable[[str, bytes], bytes] = lambda name, data: data,
    more: Sequence[tuple[str, bytes]] = (),
    compression: int = zipfile.ZIP_DEFLATED,
    leave_out: str = "",
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            if name != leave_out:
                new.writestr(name, change(name, old.read(name)))
        for name, data in more:
            new.writestr(name, data)
    return target.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    return rezipped(GOOD, lambda name, data: data.replace(old, new) if name == SHEET else data)


def with_sheets(number: int) -> bytes:
    """All of them one part."""
    more = b"".join(
        b'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" name="s%d" sheetId="%d" r:id="rId1"/>'
        % (at, at)
        for at in range(2, number + 1)
    )
    return rezipped(
        GOOD, lambda name, data: data.replace(b"</sheets>", more + b"</sheets>") if name == "xl/workbook.xml" else data
    )


def empty_book() -> bytes:
    target = io.BytesIO()
    openpyxl.Workbook().save(target)
    return target.getvalue()


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


def lying_about_size(content: bytes) -> bytes:
    """The directory says one size, the packed data another."""
    at = content.index(b"PK\x01\x02", content.index(SHEET.encode()))
    while content[at + 46 : at + 46 + len(SHEET)] != SHEET.encode():
        at = content.index(b"PK\x01\x02", at + 4)
    return content[: at + 24] + struct.pack("<I", 10) + content[at + 28 :]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
FAR = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
UNSAFE = "内部含有不安全的定义"

CASES = {
    "empty file": (b"", "是空文件"),
    "blank file": (b" \r\n", "是空文件"),
    "empty workbook": (empty_book(), "没有找到绩效目标表"),
    "no form in it": (one_sheet([["序号", "项目名称", "金额"], [1, "校车", 3]]), "没有找到绩效目标表"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "是图片"),
    "jpeg": (b"\xff\xd8\xff\xe0" + b"\x00" * 99, "是图片"),
    "pdf": (b"%PDF-1.7 ...", "是 PDF 文件"),
    "html": (b"<html><table><tr><td>1</td></tr></table></html>", "是网页"),
    "html with a mark": (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "是网页"),
    "html of Excel": (b"<div><table><tr><td>1</td></tr></table></div>", "是网页"),
    "html in UTF-16": ("<html><table><tr><td>1</td></tr></table>".encode("utf-16"), "是网页（HTML）"),
    "web page in one file": (
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n<html>",
        "单个文件的网页（MHTML）",
    ),
    "webp": (b"RIFF\x00\x10\x00\x00WEBPVP8 " + b"\x00" * 99, "是图片"),
    "heic": (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 99, "是图片"),
    "xml": (b'<?xml version="1.0"?><Workbook/>', "是 XML 文件"),
    "csv without a form": ("项目名称,金额\n校车,1".encode("gb18030"), "没有找到绩效目标表"),
    "bytes of no encoding": (b"abc\xff\xff\xfe\xff" * 20, "文字编码不是 UTF-8、GB18030"),
    "rar": (b"Rar!\x1a\x07\x00", "是压缩包"),
    "zip of something": (zipped("a.xlsx"), "是压缩包"),
    "docx broken": (zipped("[Content_Types].xml", "word/document.xml"), "读不了"),
    "zip that looks like ods": (zipped("mimetype", "content.xml"), "是压缩包"),
    "odt": (rezipped(zipped("content.xml"), more=[("mimetype", b"application/vnd.oasis.opendocument.text")]), ".odt"),
    "pptx": (zipped("[Content_Types].xml", "ppt/presentation.xml"), "演示文稿"),
    "xlsb": (zipped("[Content_Types].xml", "xl/workbook.bin"), ".xlsb"),
    "xls": (OLE + "Workbook".encode("utf-16-le"), "已损坏"),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), "另存为“.docx”"),
    "locked": (OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    "noise": (b"\x00\x01\x02\x03" * 50, "不是能识别的电子表格"),
    "cut off": (GOOD[: len(GOOD) // 2], "已损坏或没有传完整"),
    "cut off early": (GOOD[:40], "已损坏或没有传完整"),
    "bytes lost at its beginning": (
        (book := zipped("[Content_Types].xml", "xl/workbook.xml"))[:4] + book[8:],
        "已损坏",
    ),
    "far cell": (in_sheet(b"</sheetData>", FAR), "离表格太远"),
    "far cell, other quotes": (in_sheet(b"</sheetData>", FAR.replace(b'"', b"'")), "离表格太远"),
    "far cell, other order": (
        in_sheet(b"</sheetData>", FAR.replace(b'r="XFD1048576" t="n"', b't="n" r="XFD1048576"')),
        "离表格太远",
    ),
    "far cell behind a bracket": (
        in_sheet(b"</sheetData>", FAR.replace(b'<c r="XFD', b'<c a=">" r="XFD')),
        "离表格太远",
    ),
    "far cell in lower case": (in_sheet(b"</sheetData>", FAR.replace(b"XFD1048576", b"xfd1048576")), "离表格太远"),
    "count of strings": (
        rezipped(
            write_official([Record(PROJECT, 2023, "校车")]),
            lambda name, data: data.replace(b'uniqueCount="', b'uniqueCount="99999999'),
        ),
        "已损坏",
    ),
    "count of strings behind a bracket": (
        rezipped(
            write_official([Record(PROJECT, 2023, "校车")]),
            lambda name, data: data.replace(b"<sst ", b"<sst a='>' ").replace(
                b'uniqueCount="', b'uniqueCount="99999999'
            ),
        ),
        "已损坏",
    ),
    "count of too many digits": (
        rezipped(
            write_official([Record(PROJECT, 2023, "校车")]),
            lambda name, data: data.replace(b'uniqueCount="', b'uniqueCount="' + b"9" * 5000),
        ),
        "已损坏",
    ),
    "row of too many digits": (
        in_sheet(b"<sheetData>", b'<sheetData><row r="' + b"9" * 5000 + b'"><c><v>1</v></c></row>'),
        "离表格太远",
    ),
    "five thousand sheets": (
        rezipped(GOOD, more=[(f"xl/worksheets/sheet{number}.xml", b"") for number in range(2, 5_000)]),
        "有 300 个以上工作表",
    ),
    "five thousand sheets in one part": (with_sheets(5_000), "有 300 个以上工作表"),
    "many sheets of an ods": (
        as_ods(*[ods_table(f"表{number}", [["x"]]) for number in range(400)]),
        "有 300 个以上工作表",
    ),
    "deep elements of an ods": (as_ods("<a>" * 50_000 + "</a>" * 50_000), "层层相套"),
    "address of too many digits": (in_sheet(b'r="A1"', b'r="A99999999999"'), "离表格太远"),
    "address in another attribute": (
        in_sheet(b"</sheetData>", FAR.replace(b'<c r="XFD', b"""<c a=' r="A1"' r="XFD""")),
        "离表格太远",
    ),
    "two addresses": (in_sheet(b"</sheetData>", FAR.replace(b'<c r="XFD', b'<c r="A1" r="XFD')), "离表格太远"),
    "far row, no addresses": (
        in_sheet(b"</sheetData>", b'<row r="1048576">' + b"<c><v>1</v></c>" * 40 + b"</row></sheetData>"),
        "离表格太远",
    ),
    "doctype": (in_sheet(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), UNSAFE),
    "comment in a sheet": (in_sheet(b"<sheetData>", b'<sheetData><!-- <c " -->'), UNSAFE),
    "other encoding": (
        rezipped(GOOD, lambda name, data: data.decode().encode("utf-16") if name == SHEET else data),
        UNSAFE,
    ),
    "bomb": (rezipped(GOOD, more=[("xl/media/a.xml", b"0" * 100_000_000)]), "解压后过大"),
    "many entries": (rezipped(GOOD, more=[(f"xl/{number}.xml", b"") for number in range(2_001)]), "压缩包"),
    "endless name": (rezipped(GOOD, more=[("长" * 20_000, b"x")]), "已损坏"),
    "path upwards": (rezipped(GOOD, more=[("../../etc/passwd", b"x")]), "已损坏"),
    "lying sizes": (lying_about_size(GOOD), "已损坏"),
    "odd compression": (rezipped(GOOD, compression=zipfile.ZIP_LZMA), "已损坏"),
    "too large": (GOOD + b"\x00" * 42_000_000, "“预算.xlsx”有40.1MB，超过40MB的上限"),
    "workbook broken": (
        rezipped(GOOD, lambda name, data: b"<workbook" if name == "xl/workbook.xml" else data),
        "读不了",
    ),
    "sheet broken": (rezipped(GOOD, lambda name, data: data[:-300] if name == SHEET else data), ""),
    "overlapping merges": (
        in_sheet(b"</sheetData>", b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:E12"/>' * 3 + b"</mergeCells>"),
        "互相重叠",
    ),
}


@pytest.mark.parametrize(("content", "says"), CASES.values(), ids=CASES)
def test_file_is_refused_with_a_sentence(content, says):
    begin = time.process_time()
    with pytest.raises(FileRefused) as refused:
        read_workbook(content, "预算.xlsx")
    message = str(refused.value)
    assert says in message
    assert "预算.xlsx" in message or "工作表" in message
    assert message.endswith("。")
    assert "!" not in message
    assert time.process_time() - begin < 1


def test_a_text_with_a_stray_control_character_is_read_and_told():
    text = as_text([[str(value) for value in line] for line in project_lines(title="校\x00车")])
    (form,) = read_workbook(text, "预算.csv").forms
    assert form.title == "校车"
    assert any("“校车”中有看不见的控制字符，已去掉" in one.message for one in form.problems)


def test_a_text_may_speak_of_counts():
    record = Record(PROJECT, 2023, "uniqueCount=\"5万\" uniqueCount='x'")
    assert [form.title for form in read_workbook(write_official([record]), "a.xlsx").forms] == [record.title]


def test_few_texts_may_stand_in_many_cells():
    rows = (IndicatorRow(level1="产出指标", level2="数量指标", name="学生数", target="≥5人"),) * 900
    content = write_official([Record(PROJECT, 2023, "校车", rows=rows)])
    with zipfile.ZipFile(io.BytesIO(content)) as workbook:
        shared = workbook.read("xl/sharedStrings.xml")
    said = re.search(rb' count="([0-9]+)"', shared)
    assert said
    assert int(said[1]) > len(shared)
    assert [len(form.record.rows) for form in read_workbook(content, "a.xlsx").forms] == [900]


def test_cells_without_content_may_reach_to_the_last_row():
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    assert read_workbook(in_sheet(b"</sheetData>", far), "a.xlsx").forms[0].title == "校车运营补贴"


def test_dimension_is_not_believed():
    content = rezipped(
        GOOD,
        lambda name, data: (
            data.replace(b"<dimension", b'<dimension ref="A1:XFD1048576"/><dimension', 1) if name == SHEET else data
        ),
    )
    assert read_workbook(content, "a.xlsx").forms[0].title == "校车运营补贴"


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_parser_gets_the_parts_that_were_checked_and_nothing_else(compression):
    large = ("xl/large.xml", b"<x>" + bytes(range(48, 58)) * 200_000 + b"</x>")
    unread = ("docProps/说明.xml", b"<!DOCTYPE x []><x/>")
    content = rezipped(GOOD, more=[large, ("xl/说明.xml", b"<x/>"), unread], compression=compression)
    given = inspect(content, "a.xlsx").for_parser()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(given)) as new:
        assert new.testzip() is None
        checked = [name for name in old.namelist() if not name.startswith(UNREAD)]
        assert {name: new.read(name) for name in new.namelist()} == {name: old.read(name) for name in checked}


def test_so_many_styles_that_their_part_is_long_are_read():
    """Copying between workbooks adds styles until there are tens of thousands."""
    more = b"".join(b'<numFmt numFmtId="%d" formatCode="0.%s"/>' % (900 + at, b"0" * (at % 30)) for at in range(40_000))

    def with_styles(name: str, data: bytes) -> bytes:
        head, begin, rest = data.partition(b"<fonts")
        return head + b"<numFmts>" + more + b"</numFmts>" + begin + rest if name == "xl/styles.xml" else data

    number = in_sheet(b"</sheetData>", b'<row r="30"><c r="A30"><v>1</v></c></row></sheetData>')
    assert read_workbook(rezipped(number, with_styles), "a.xlsx").forms[0].title == "校车运营补贴"


def test_columns_that_are_hidden_thousands_of_times_are_hidden_once():
    columns = b"<cols>" + b'<col min="1" max="16384" width="9" hidden="1"/>' * 20_000 + b"</cols><sheetData>"
    begin = time.process_time()
    (form,) = read_workbook(in_sheet(b"<sheetData>", columns), "a.xlsx").forms
    assert form.title == "校车运营补贴"
    assert time.process_time() - begin < 2


def test_thirty_thousand_lines_of_text_below_a_table_are_told_at_once():
    lines = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row) for row in range(60, 30_060))
    begin = time.process_time()
    (form,) = read_workbook(in_sheet(b"</sheetData>", lines + b"</sheetData>"), "预算.xlsx").forms
    assert "表前、表后的 30000 行文字" in form.problems[-1].message
    assert time.process_time() - begin < 6


def test_heads_of_a_table_that_repeat_ten_thousand_times_take_as_many_steps():
    def seconds(times: int) -> float:
        text = "一级指标,二级指标,三级指标,指标值\n" * times
        begin = time.process_time()
        assert [form.title for form in read_workbook(text.encode(), "a.csv").forms] == [""]
        return time.process_time() - begin

    seconds(10)  # what is looked up once is there now
    # comparing each with all others took a hundred times as long
    assert seconds(40_000) < seconds(2_000) * 50


@pytest.mark.parametrize("name", ["长" * 100_000, "甲\u202e乙&#10;丙"])
def test_a_sheet_may_be_called_anything(name):
    named = f'name="{name}"'.encode()
    content = rezipped(
        one_sheet(project_lines(total="约数")),
        lambda part, data: data.replace(b'name="Sheet1"', named) if part == "xl/workbook.xml" else data,
    )
    reading = read_workbook(content, "a.xlsx")
    (form,) = reading.forms
    assert form.sheet == (f"{'长' * 100}…" if len(name) > 100 else "甲乙丙")
    assert write_problem_list(io.BytesIO(), listed(form.problems, "a.xlsx")) == len(form.problems) > 0


def test_merges_are_counted_however_they_are_written():
    merges = b"".join(b'<mergeCell\nref="A%d:B%d"/>' % (row, row) for row in range(100, 60_100))
    content = in_sheet(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")
    with pytest.raises(FileRefused, match="合并单元格过多"):
        inspect(content, "a.xlsx")


END_OF_ROWS = b"</sheetData>"
PLAIN = {
    "as it is": (b"", b""),
    "blank row": (END_OF_ROWS, b'<row r="99"/></sheetData>'),
    "row of blanks": (END_OF_ROWS, b'<row r="99"><c r="A99" s="1"/><c r="AZ99" /></row></sheetData>'),
    "far row": (END_OF_ROWS, b'<row r="100000"><c r="A100000"><v>1</v></c></row></sheetData>'),
    "far column": (END_OF_ROWS, b'<row r="9"><c r="BA9"><v>1</v></c></row></sheetData>'),
    "formula": (END_OF_ROWS, b'<row r="9"><c r="A9"><f>1+1</f><v>2</v></c></row></sheetData>'),
    "error": (END_OF_ROWS, b'<row r="9"><c r="A9" t="e"><v>#REF!</v></c></row></sheetData>'),
    "rows twice": (END_OF_ROWS, b"</sheetData><sheetData></sheetData>"),
    "an attribute": (b"<sheetData>", b'<sheetData x="1">'),
}
NOT_PLAIN = {
    "two addresses": (END_OF_ROWS, b'<row r="9"><c r="A9" r="B9"><v>1</v></c></row></sheetData>'),
    "no address": (END_OF_ROWS, b'<row r="9"><c><v>1</v></c></row></sheetData>'),
    "another name": (END_OF_ROWS, b'<row r="9"><x:c r="XFD9"><v>1</v></x:c></row></sheetData>'),
    "other rows before": (b"<sheetData>", b"<x:sheetData><row><c><v>1</v></c></row></x:sheetData><sheetData>"),
}


@pytest.mark.parametrize("change", [*PLAIN.values(), *NOT_PLAIN.values()], ids=[*PLAIN, *NOT_PLAIN])
def test_only_a_sheet_whose_cells_all_say_their_address_first_is_plain(change):
    assert (SHEET in inspect(in_sheet(*change), "a.xlsx").plain) is (change in PLAIN.values())


@pytest.mark.parametrize(
    ("row", "column", "last_row", "last_column"),
    [(99_999, b"A", 99_999, b"Z"), (100_000, b"AB", 110_000, b"AB"), (1_048_576, b"XFD", 1_050_000, b"XFD")],
)
def test_no_cell_of_a_plain_sheet_stands_beyond_its_last_row_and_column(row, column, last_row, last_column):
    more = b'<row r="%d"><c r="%b%d" t="s"><v>1</v></c></row></sheetData>' % (row, column, row)
    for cells in (more, more.replace(b' t="s"', b"")):
        sheet = plain_sheet(b"<sheetData></sheetData>".replace(END_OF_ROWS, cells))
        assert (sheet.last_row, sheet.last_column) == (last_row, last_column)


@pytest.mark.parametrize(("kinds", "is_plain"), [(MOST_KINDS, True), (MOST_KINDS + 1, False)])
def test_a_plain_sheet_tells_only_so_many_kinds_of_cells_apart(kinds, is_plain):
    cells = b"".join(b'<c r="A1" s="%d"><v>1</v></c>' % style for style in range(kinds))
    assert (plain_sheet(b"<sheetData><row>" + cells + b"</row></sheetData>") is not None) is is_plain


def test_a_plain_sheet_is_measured_where_less_than_usual_is_allowed():
    with pytest.raises(FileRefused, match="离表格太远"):
        inspect(GOOD, "a.xlsx", Limits(box=50))
    assert inspect(GOOD, "a.xlsx", Limits(box=10_000)).plain


def test_a_span_of_time_beyond_all_measure_is_refused_in_words():
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book.active.cell(4, 5, 1e300).number_format = "[h]:mm"
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(FileRefused, match="内部结构有误"):
        read_workbook(target.getvalue(), "a.xlsx")


def test_limits_are_passed_in():
    with pytest.raises(FileRefused, match="，超过1MB的上限"):
        inspect(GOOD + b"\x00" * 1_100_000, "a.xlsx", Limits(file_bytes=1024 * 1024))


def test_external_links_are_noted():
    content = rezipped(GOOD, more=[("xl/externalLinks/externalLink1.xml", b"<externalLink/>")])
    assert [problem.level for problem in read_workbook(content, "a.xlsx").problems] == ["warning"]
