"""Nothing reaches a parser before this: what the file really is, how large it is when unpacked, where its cells are.

The spreadsheet parser allocates the bounding box of a sheet at once; a file of a few kilobytes with cells A1 and
XFD1048576 ends the whole process. So the box is measured here, from the cells themselves and never from `<dimension>`.
"""

import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from targets.domain.sheets.biff import Biff, Encrypted, read_biff
from targets.domain.sheets.directory import Entry, entries_of
from targets.domain.sheets.docx_parts import main_part, unsafe
from targets.domain.sheets.ole import Broken
from targets.domain.sheets.parts import CURE_OF_ANY, Parts, damaged
from targets.domain.sheets.plain import PlainSheet, plain_sheet
from targets.domain.sheets.problems import MEGABYTE, FileRefused, quoted, too_large
from targets.domain.sheets.sniff import DOCX, ODS, TEXT, XLS, XLSX, sniff


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one upload may ask of the machine. Generous for forms: the largest of 2023 unpacks to under a megabyte."""

    file_bytes: int = 40 * MEGABYTE
    entries: int = 2_000
    unpacked_bytes: int = 200 * MEGABYTE
    part_bytes: int = 120 * MEGABYTE
    ratio: int = 400
    ratio_from: int = 4 * MEGABYTE
    """Small parts may be packed tightly (a sheet of blank bordered rows is)."""
    sheets: int = 300
    box: int = 8_000_000
    """Cells between A1 and the last cell with content."""
    merges: int = 50_000
    sheet_at_once: int = 4 * MEGABYTE
    """A sheet that is longer, unpacked, is read in pieces of so many bytes."""
    form_bytes: int = 4 * MEGABYTE
    """Of one form as it is told to the server. A text of a few kilobytes may stand in every cell of a workbook."""
    told_bytes: int = 200 * MEGABYTE
    """Of all forms of a file: a list of 100,000 rows has 61 MB."""


DEFAULT_LIMITS = Limits()

CURE = "请用 Excel 或 WPS 打开，另存为“.xlsx”后重新上传。"
READ_KINDS = "xlsx、xls、et、ods、csv、docx"
UPLOAD = f"请上传 {READ_KINDS} 格式的绩效目标表。"
REFUSED_KINDS = {
    "empty": "是空文件。请重新选择文件。",
    "locked": "加了打开密码，读不了。请取消密码后重新上传。",
    "doc": "是旧格式的 Word 或 WPS 文字文档（.doc、.wps、.rtf），读不了。请用 Word 或 WPS 打开，另存为“.docx”后重新上传。",
    "odt": "是 OpenDocument 文字文档（.odt），读不了。请用 Word 或 WPS 打开，另存为“.docx”后重新上传。",
    "ppt": "是演示文稿，读不了。" + UPLOAD,
    "xlsb": f"是 Excel 二进制（.xlsb）格式。{CURE}",
    "archive": "是压缩包。请解压后上传里面的绩效目标表。",
    "pdf": "是 PDF 文件，读不了。" + UPLOAD,
    "image": "是图片，读不了。" + UPLOAD,
    "html": f"是网页（HTML），只是扩展名像表格。{CURE}",
    "xml": f"是 XML 文件。{CURE}",
    "mhtml": f"是单个文件的网页（MHTML），只是扩展名像表格。{CURE}",
    "undecoded": "不是能识别的电子表格或 Word 文档，或者文字编码不是 UTF-8、GB18030（可能已损坏）。" + UPLOAD,
    "unknown": "不是能识别的电子表格或 Word 文档。" + UPLOAD,
}
TOO_MANY_MERGES = "合并单元格过多，不像绩效目标表。请删除无关内容后重新上传。"
IN_ZIP = (("xl/workbook.bin", "xlsb"), ("ppt/presentation.xml", "ppt"))
ODT_TYPE = b"opendocument.text"
ODS_CONTENT, ODS_MANIFEST, ODS_TYPE = "content.xml", "META-INF/manifest.xml", b"opendocument.spreadsheet"
UNREAD = ("docProps/", "xl/theme/")
"""Parts of a workbook that no reader asks for: they are neither looked at nor handed on."""
CELL = re.compile(
    rb"""<(?:\w+:)?c(?=[\s>])(?:\s+r="([A-Z]{1,3})([0-9]{1,7})"(?=[\s>]))?+"""
    rb"""((?:[^>"']++|"[^"]*+"|'[^']*+')*+)(?<!/)>\s*+<(?!/)"""
)
"""A cell with content; blank bordered cells down to the last row of a sheet are common and harmless."""
ATTRIBUTE = re.compile(rb"""([^\s=>"']+)\s*=\s*("[^"]*"|'[^']*')""")
ADDRESS = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")
COUNT = re.compile(rb"""uniqueCount\s*=\s*(["'])(.*?)\1""")
"""The parser reserves room for as many shared strings as this says; there cannot be more of them than bytes.

`count` beside it says in how many cells they stand, for which nothing is reserved: a list may repeat few texts often.
"""
QUOTED = re.compile(rb""""[^"]*"|'[^']*'""")
LONGEST_PART_NAME = 1000
SHORT_XML = 8 * 1024
"""So short a part is remembered as harmless."""
MOST_DIGITS = 20
"""A longer number is beyond every limit."""
NOWHERE = (b"XFD", b"1048576")
"""An address that is none may be read as any cell: it counts as the last one."""
ROW = re.compile(rb"""<(?:\w+:)?row(?=[\s>])""")
ROW_NUMBER = re.compile(rb"""[^<>]*?\br\s*=\s*["']([0-9]+)["']""")
WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
"""How XML in UTF-16 begins: no office program writes it, and the patterns below would not see its cells."""


@dataclass(frozen=True, slots=True)
class Package:
    """A file that is safe to hand to a parser; `parts` are those of a zip, `biff` the facts of an .xls."""

    kind: str
    content: bytes
    parts: Parts = field(default_factory=lambda: Parts(b"", {}, ""))
    biff: Biff | None = None
    sheets: frozenset[str] = frozenset()
    """Parts that hold cells."""
    plain: Mapping[str, PlainSheet] = field(default_factory=dict)
    """Those of them whose every cell says its address at its beginning."""

    def for_parser(self) -> bytes:
        return self.parts.as_zip(without=UNREAD) if self.kind == XLSX else self.content

    @property
    def has_external_links(self) -> bool:
        return any(name.startswith("xl/externalLinks/") for name in self.parts)


def inspect(content: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Package:
    """Let a harmless file pass and say what it is: xlsx (also .xlsm and a new .et), ods, xls (also .et), docx or text.

    Anything else raises `FileRefused` with a sentence that says what it is.
    """
    if len(content) > limits.file_bytes:
        raise FileRefused(too_large(name, len(content), limits.file_bytes))
    found = sniff(content)
    if found == TEXT:
        return Package(TEXT, content)
    if found == XLS:
        return _inspect_xls(content, name, limits)
    if found != "zip":
        raise _refused(name, REFUSED_KINDS[found])
    parts = _unpack(content, name, limits)
    if "xl/workbook.xml" in parts:
        return _inspect_xlsx(content, parts, name, limits)
    if ODS_CONTENT in parts and ODS_TYPE in parts.get("mimetype", parts.get(ODS_MANIFEST, b"")):
        return _inspect_ods(content, parts, name)
    if main_part(parts):
        return _inspect_docx(content, parts, name)
    if ODT_TYPE in parts.get("mimetype", b""):
        raise _refused(name, REFUSED_KINDS["odt"])
    raise _refused(name, REFUSED_KINDS[next((kind for part, kind in IN_ZIP if part in parts), "archive")])


def _inspect_xlsx(content: bytes, parts: Parts, name: str, limits: Limits) -> Package:
    sheets: set[str] = set()
    plain: dict[str, PlainSheet] = {}
    for part in parts:
        if part.startswith(UNREAD):
            continue
        data = parts[part]
        _check_xml(part, data, name)
        if b"sheetData" in data:  # judged by content, not by the part's name: the workbook may call any part a sheet
            found = plain_sheet(data)
            _check_sheet(part, data, found, name, limits)
            sheets.add(part)
            if found:
                plain[part] = found
    if len(parts) > limits.sheets < sum(part.startswith("xl/worksheets/") and part.endswith(".xml") for part in parts):
        raise too_many_sheets(name, limits)
    return Package(XLSX, content, parts, None, frozenset(sheets), plain)


def _inspect_ods(content: bytes, parts: Parts, name: str) -> Package:
    if b"encryption-data" in parts.get(ODS_MANIFEST, b""):
        raise _refused(name, REFUSED_KINDS["locked"])
    _refuse_definitions(ODS_CONTENT, parts[ODS_CONTENT], name)
    return Package(ODS, content, parts)


def _inspect_docx(content: bytes, parts: Parts, name: str) -> Package:
    for part, data in parts.items():
        if part.endswith((".xml", ".rels")):
            _refuse_definitions(part, data, name)
    if reason := unsafe(parts):
        raise _refused(name, reason)
    return Package(DOCX, content, parts)


def _inspect_xls(content: bytes, name: str, limits: Limits) -> Package:
    try:
        biff = read_biff(content)
    except Encrypted as error:
        raise _refused(name, REFUSED_KINDS["locked"]) from error
    except (Broken, struct.error, IndexError) as error:
        raise damaged(name) from error
    if len(biff.sheets) > limits.sheets:
        raise too_many_sheets(name, limits)
    if any(sheet.box > limits.box for sheet in biff.sheets):
        raise too_far(name)
    if any(sheet.merges > limits.merges for sheet in biff.sheets):
        raise _refused(name, TOO_MANY_MERGES)
    return Package(XLS, biff.content, biff=biff)


def _refused(name: str, sentence: str) -> FileRefused:
    return FileRefused(f"{quoted(name, 80)}{sentence}")


def too_many_sheets(name: str, limits: Limits) -> FileRefused:
    return _refused(name, f"有 {limits.sheets} 个以上工作表。请拆分后分次上传。")


def _too_large(name: str) -> FileRefused:
    return _refused(name, "解压后过大，不像绩效目标表。请删除无关内容后重新上传。")


def too_far(name: str) -> FileRefused:
    sentence = (
        "有内容的单元格离表格太远（可能在很靠右或很靠下的地方误输入了内容）。请删除多余的行和列，保存后重新上传。"
    )
    return _refused(name, sentence)


def too_deep(name: str) -> FileRefused:
    return _refused(name, "的内部结构层层相套，不像绩效目标表。请用 Excel 或 WPS 另存后重新上传。")


def _unpack(content: bytes, name: str, limits: Limits) -> Parts:
    if content.count(b"PK\x01\x02") > limits.entries:
        is_workbook = content.count(b"xl/worksheets/sheet") > limits.sheets
        raise too_many_sheets(name, limits) if is_workbook else _refused(name, REFUSED_KINDS["archive"])
    try:
        entries = entries_of(content)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, UnicodeDecodeError) as error:
        raise damaged(name) from error
    if len(entries) > limits.entries or sum([entry.size for entry in entries]) > limits.unpacked_bytes:
        raise _too_large(name)
    found: dict[str, Entry] = {}
    for entry in entries:
        part = entry.name
        leads_out = part.startswith(("/", "\\")) or (".." in part and ".." in part.replace("\\", "/").split("/"))
        if part in found or leads_out or len(part) > LONGEST_PART_NAME:
            raise damaged(name)
        if entry.is_locked:
            raise _refused(name, REFUSED_KINDS["locked"])
        ratio_broken = entry.size > limits.ratio_from and entry.size > entry.packed_size * limits.ratio
        if entry.size > limits.part_bytes or ratio_broken:
            raise _too_large(name)
        found[part] = entry
    return Parts(content, found, name)


def _check_xml(part: str, data: bytes, name: str) -> None:
    if len(data) <= SHORT_XML and _is_known_harmless(data):
        return
    _refuse_definitions(part, data, name)
    if _counts_beyond(data):
        raise damaged(name)


def _check_sheet(part: str, data: bytes, plain: PlainSheet | None, name: str, limits: Limits) -> None:
    if b"!" in data and b"<!" in data:
        # comments and CDATA could hide cells from the measuring below; no office program writes them here
        raise _unsafe(part, name)
    is_within = plain and _column_number(plain.last_column) * plain.last_row <= limits.box  # mostly
    if not is_within and _box(data) > limits.box:
        raise too_far(name)
    if data.count(b"mergeCell") - 2 > limits.merges:  # without the list's own beginning and end
        raise _refused(name, TOO_MANY_MERGES)


@lru_cache(maxsize=64)
def _is_known_harmless(data: bytes) -> bool:
    """Most parts of a workbook say the same as those of the file before."""
    return not (_defines(data) or _counts_beyond(data))


def _counts_beyond(data: bytes) -> bool:
    return b"uniqueCount" in data and any(_is_too_many(count, data) for count in COUNT.finditer(data))


def _defines(data: bytes) -> bool:
    return data.startswith(WIDE_TEXT) or (b"!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data))


def _is_too_many(count: re.Match[bytes], data: bytes) -> bool:
    """Not where somebody's text says uniqueCount="x": that stands behind the end of a tag, or within a value."""
    if count[2].isdigit() and len(count[2]) < MOST_DIGITS and int(count[2]) <= len(data):
        return False
    before = QUOTED.sub(b"", data[data.rfind(b"<", 0, count.start()) : count.start()])
    return not any(mark in before for mark in (b">", b'"', b"'"))


def _refuse_definitions(part: str, data: bytes, name: str) -> None:
    if _defines(data):
        raise _unsafe(part, name)


def _unsafe(part: str, name: str) -> FileRefused:
    return _refused(name, f"内部含有不安全的定义（{part}）。{CURE_OF_ANY}")


def _box(sheet: bytes) -> int:
    """Cells between A1 and the last row and column that hold something."""
    rows = columns = 0
    without_address = False
    widest: set[bytes] = set()
    for cell in CELL.finditer(sheet):
        letters, number, others = cell.groups()
        if letters is None or b"r" in others:
            places = [ADDRESS.fullmatch(value[1:-1]) for name, value in ATTRIBUTE.findall(others) if name == b"r"]
            without_address = without_address or not (places or letters)
            found = [place.groups() if place else NOWHERE for place in places]
        else:
            found = []
        for place in (*found, (letters, number)) if letters else found:
            rows = max(rows, int(place[1]))
            widest.add(place[0])
    columns = max((_column_number(letters) for letters in widest), default=0)
    if without_address:
        rows, columns = _box_by_counting(sheet, rows, columns)
    return rows * columns


def _box_by_counting(sheet: bytes, rows: int, columns: int) -> tuple[int, int]:
    """Cells without an address follow each other in their row, and rows without a number the row before."""
    for line in ROW.split(sheet)[1:]:
        number = ROW_NUMBER.match(line)
        rows = max(rows, int(number[1][:MOST_DIGITS])) if number else rows + 1
        columns = max(columns, sum(1 for _ in CELL.finditer(line)))
    return rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
