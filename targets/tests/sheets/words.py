"""Word documents as bytes: from python-docx, and part by part where it cannot write what Word does."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import docx
from openpyxl.worksheet.worksheet import Worksheet

from targets.domain.sheets.number_format import show

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def as_tables(*sheets: Worksheet) -> bytes:
    """Each sheet of a workbook as a table with its merges, as python-docx writes it."""
    document = docx.Document()
    for sheet in sheets:
        table = document.add_table(sheet.max_row, sheet.max_column)
        cells = table._cells
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is not None:
                    cells[(cell.row - 1) * sheet.max_column + cell.column - 1].text = show(cell.value)
        for merge in sheet.merged_cells.ranges:
            first = (merge.min_row - 1) * sheet.max_column + merge.min_col - 1
            last = (merge.max_row - 1) * sheet.max_column + merge.max_col - 1
            cells[first].merge(cells[last])
        document.add_paragraph()
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str = "", *, inner: str = "", properties: str = "") -> str:
    """`inner` is what it holds, if that is more than a text."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner or run(text)}</w:p>"


def cell(text: str = "", *, span: int = 1, down: str = "", inner: str = "", more: str = "") -> str:
    merged = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[down]
    content = inner or "".join(paragraph(line) for line in text.split("\n"))
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{merged}{more}</w:tcPr>{content}</w:tc>'


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str, widths: Sequence[int] = ()) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def plain_table(lines: Sequence[Sequence[object]], widths: Sequence[int] = ()) -> str:
    """No merges; every row is as wide as the widest."""
    width = max(map(len, lines))
    rows = [[*map(str, line), *[""] * (width - len(line))] for line in lines]
    return table(*(row(*map(cell, line)) for line in rows), widths=widths or [1500] * width)


def as_docx(*blocks: str, parts: Mapping[str, str] | None = None, relations: str = "", main: str = "document") -> bytes:
    """A document of these blocks; `relations` are those of its text."""
    body = f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{"".join(blocks)}</w:body></w:document>'
    written = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": related(relation("rId1", "officeDocument", f"word/{main}.xml")),
        f"word/{main}.xml": body,
        f"word/_rels/{main}.xml.rels": related(relations),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (written | dict(parts or {})).items():
            archive.writestr(name, data)
    return target.getvalue()


def related(relations: str) -> str:
    return f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'


def relation(identity: str, kind: str, target: str, *, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{identity}" Type="{KINDS}/{kind}" Target="{target}"{mode}/>'


def part(name: str, *blocks: str) -> str:
    """A header or footer (`hdr`, `ftr`)."""
    return f"<w:{name} {W}>{''.join(blocks)}</w:{name}>"
