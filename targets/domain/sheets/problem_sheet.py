"""The sheet 导入问题 of an annotated workbook: all problems by cause, each leading to its cell."""

from collections.abc import Collection, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from targets.domain.sheets.cells import HARMFUL
from targets.domain.sheets.marked_cells import Styles
from targets.domain.sheets.problem_list import LEVELS, Listed
from targets.domain.sheets.splice import MAIN

TAB_COLOUR = "FFB3211B"
"""Of the sheet's tab; by it our own sheet of an earlier round is known again."""
LINKS_AT_MOST = 60_000
"""A sheet holds 65,530 links."""
WIDTHS = (12, 22, 10, 76, 56)
HEADINGS = ("级别", "工作表", "单元格", "问题", "办法")
EXPLAINED = (
    "有颜色的单元格就是下面列出的：红色不能导入，黄色请核对，蓝色提醒；原因写在单元格的批注里。点“单元格”一栏可以跳到原处。"
    "改好后把这个文件直接上传即可，本工作表不会被读入。"
)
FONTS = (
    '<{p}font><{p}sz val="10"/><{p}name val="宋体"/></{p}font>',
    '<{p}font><{p}b/><{p}sz val="10"/><{p}name val="宋体"/></{p}font>',
    '<{p}font><{p}b/><{p}sz val="14"/><{p}name val="宋体"/></{p}font>',
    '<{p}font><{p}u/><{p}sz val="10"/><{p}color rgb="FF17588C"/><{p}name val="宋体"/></{p}font>',
)
FORMAT = (
    '<{{p}}xf numFmtId="49" fontId="{}" fillId="{}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" '
    'applyFill="1" applyAlignment="1"><{{p}}alignment vertical="top"{}/></{{p}}xf>'
)


class _Sheet:
    """Lines of cells, and the links among them."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.links: list[str] = []

    def line(self, *cells: tuple[str, int], height: int = 0) -> None:
        number = len(self.rows) + 1
        written = "".join(_cell(f"{letter}{number}", *cell) for letter, cell in zip("ABCDE", cells, strict=False))
        tall = f' ht="{height}" customHeight="1"' if height else ""
        self.rows.append(f'<row r="{number}"{tall}>{written}</row>')

    def link(self, cell: str, sheet: str, address: str) -> None:
        quoted = sheet.replace("'", "''")
        where = quoteattr(f"'{quoted}'!{address}")
        self.links.append(f'<hyperlink ref="{cell}{len(self.rows)}" location={where} display={quoteattr(address)}/>')


def problem_sheet(problems: Sequence[Listed], styles: Styles, sheets: Collection[str]) -> bytes:
    """`problems` in the order of their causes; the formats it needs are added to `styles`."""
    font = styles.add_entries(b"fonts", b"font", FONTS)
    fills = styles.add_entries(b"fills", b"fill", [_fill(colour) for colour in styles.fills.values()])
    formats = [FORMAT.format(font + at, 0, wrap) for at, wrap in enumerate((' wrapText="1"', "", "", ""))]
    formats += [FORMAT.format(font + 1, fills + at, "") for at in range(len(styles.fills))]
    text = styles.add_entries(b"cellXfs", b"xf", formats)
    bold, big, link = text + 1, text + 2, text + 3
    level_format = {level: text + 4 + at for at, level in enumerate(styles.fills)}
    sheet = _Sheet()
    sheet.line((f"导入问题（共 {len(problems)} 处）", big), height=26)
    sheet.line((EXPLAINED, bold), height=18)
    sheet.line(*((heading, bold) for heading in HEADINGS), height=18)
    for (level, cause), group in groupby(problems, key=lambda one: (one.level, one.cause)):
        same = list(group)
        look = level_format[level]
        sheet.line((LEVELS[level], look), (f"{cause}（{len(same)} 处）", look), ("", look), ("", look), ("", look))
        for one in same:
            leads = one.cell and one.sheet in sheets and len(sheet.links) < LINKS_AT_MOST
            sheet.line(
                ("", text),
                (one.sheet, text),
                (one.cell, link if leads else text),
                (one.sentence, text),
                (one.cure, text),
            )
            if leads:
                sheet.link("C", one.sheet, one.cell)
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(WIDTHS, start=1)
    )
    links = f"<hyperlinks>{''.join(sheet.links)}</hyperlinks>" if sheet.links else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}"><sheetPr><tabColor '
        f'rgb="{TAB_COLOUR}"/><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0" '
        'showGridLines="0"><pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(sheet.rows)}</sheetData>{links}"
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
    ).encode()


def _fill(colour: str) -> str:
    return f'<{{p}}fill><{{p}}patternFill patternType="solid"><{{p}}fgColor rgb="{colour}"/></{{p}}patternFill></{{p}}fill>'


def _cell(address: str, text: str, style: int) -> str:
    if not text:
        return f'<c r="{address}" s="{style}"/>'
    safe = escape(HARMFUL.sub("", text))
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'
