"""A person's own workbook back, with every problem marked where it is: `python -m targets.domain.sheets.annotate`.

Coloured cells with notes, and a last sheet 导入问题 that lists all problems by cause and leads to the cells. Everything
else stays byte for byte as it came, but for macros: they do not come back. What is built too strangely is refused, and
its owner gets the list alone.

The file is hostile, so this is a process of its own, like the reading (`child`). Standard input: one line of JSON (name,
memory, seconds, problems), then the file. Standard output: the workbook, or nothing.
"""

import io
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from posixpath import dirname, join, normpath, relpath
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct
from msgspec.json import Decoder

from targets.domain.sheets.cell_notes import Notes, note_text
from targets.domain.sheets.child import limit_process
from targets.domain.sheets.formats import sheet_parts
from targets.domain.sheets.guard import inspect
from targets.domain.sheets.marked_cells import Cells, Place, Styles, first_of_merge, places
from targets.domain.sheets.problem_list import ORDER, SHEET_NAME, Listed, listed
from targets.domain.sheets.problem_sheet import TAB_COLOUR, problem_sheet
from targets.domain.sheets.problems import GUESS, REFUSED, WARNING, FileRefused, Problem
from targets.domain.sheets.sniff import XLSX
from targets.domain.sheets.splice import (
    RELATIONS,
    CannotAnnotate,
    appended,
    check_encoding,
    check_whole,
    first,
    needed,
    spliced,
    tags,
)

COLOURS = {REFUSED: "FFF9C9C4", GUESS: "FFFFE9A8", WARNING: "FFD5E6F5"}
TYPES, BOOK, BOOK_RELS, STYLES = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
NO_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
MAIN_TYPE = re.compile(rb"application/vnd\.ms-excel\.(?:sheet|template|addin)\.macroEnabled\.main\+xml")
MACROS = re.compile(
    rb"<Override\s[^>]*vbaProject[^>]*/>|<Relationship\s[^>]*/(?:vbaProject|vbaProjectSignature)\"[^>]*/>"
)
MACRO_PARTS = re.compile(r"xl/vbaProject.*\.bin$|xl/_rels/vbaProject\.bin\.rels$")
MACRO_SHEETS = ("xl/macrosheets/", "xl/dialogsheets/")
STRICT = b"purl.oclc.org/ooxml"
BEHIND_DRAWING = frozenset(
    (
        *(b"legacyDrawingHF", b"drawingHF", b"picture", b"oleObjects", b"controls", b"AlternateContent"),
        *(b"webPublishItems", b"tableParts", b"extLst"),
    )
)
"""What comes after `legacyDrawing` in a sheet (ECMA-376 part 1, 18.3.1.99)."""


def annotate(content: bytes, name: str, problems: Sequence[Listed]) -> bytes:
    """The workbook with its problems; raises CannotAnnotate, or FileRefused like the reading."""
    package = inspect(content, name)
    if package.kind != XLSX or STRICT in package.parts[BOOK]:
        raise CannotAnnotate
    if any(part.startswith(MACRO_SHEETS) for part in package.parts) or STYLES not in package.parts:
        raise CannotAnnotate
    book = _Book({part: bytes(data) for part, data in package.parts.items() if not MACRO_PARTS.match(part)})
    book.drop_macros()
    book.mark(problems)
    book.list(problems)
    check_whole({part: book.parts[part] for part in book.changed if not part.endswith(".vml")})
    return book.packed()


class _Book:
    """The parts of a workbook while they are changed."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.changed: set[str] = set()
        self.sheets = sheet_parts(parts)
        self.styles = Styles(self._part(STYLES), COLOURS)

    def drop_macros(self) -> None:
        self._set(TYPES, MACROS.sub(b"", MAIN_TYPE.sub(f"{SPREADSHEET}sheet.main+xml".encode(), self._part(TYPES))))
        self._set(BOOK_RELS, MACROS.sub(b"", self._part(BOOK_RELS)))

    def mark(self, problems: Iterable[Listed]) -> None:
        """Colour and note for every cell that has a problem; the worst of a cell gives the colour."""
        by_sheet: dict[str, list[Listed]] = {}
        for one in problems:
            if one.cell and self.sheets.get(one.sheet) in self.parts:
                by_sheet.setdefault(self.sheets[one.sheet], []).append(one)
        marked = {part: self._cells(part, found) for part, found in by_sheet.items()}
        base = {part: cells.base_styles() for part, (cells, _) in marked.items()}
        wanted = sorted(
            {(base[part][at], level) for part, (cells, _) in marked.items() for at, level in cells.wanted.items()}
        )
        numbers = self.styles.add(wanted)
        for part, (cells, texts) in marked.items():
            styles = {at: numbers[base[part][at], level] for at, level in cells.wanted.items()}
            self._set(part, cells.coloured(styles))
            self._add_notes(part, texts)

    def _cells(self, part: str, problems: Iterable[Listed]) -> tuple[Cells, dict[Place, str]]:
        data = self._part(part)
        seen = first_of_merge(data)
        levels: dict[Place, str] = {}
        told: dict[Place, list[str]] = {}
        for one in problems:
            cells = [seen.get(at, at) for at in places(one.cell)]
            for at in cells:
                levels[at] = min(levels.get(at, one.level), one.level, key=ORDER.__getitem__)
            told.setdefault(cells[0], []).append(f"{one.word}：{one.sentence}{one.cure}")
        texts = {at: note_text(sentences) for at, sentences in told.items()}
        return Cells(data, levels), texts

    def _add_notes(self, part: str, texts: Mapping[Place, str]) -> None:
        related = self._related(part)
        notes = Notes()
        drawn = first(self.parts[part], b"legacyDrawing")
        comments = next((target for kind, target in related.values() if kind == "comments"), None)
        drawing = related.get(drawn.relation(), ("", ""))[1] if drawn else ""
        if comments:
            notes.comments = self._part(comments)
        if drawing:
            notes.drawing = self._part(drawing)
        notes.add(texts)
        comments = comments or self._new_part(
            part, "xl/comments_import{}.xml", "comments", f"{SPREADSHEET}comments+xml"
        )
        self._set(comments, notes.comments)
        if drawing:
            self._set(drawing, notes.drawing)
            return
        drawing = self._new_part(part, "xl/drawings/notes_import{}.vml", "vmlDrawing", VML_TYPE)
        self._set(drawing, notes.drawing)
        self._draw(part, self._relation_of(part, drawing))

    def _draw(self, part: str, identity: str) -> None:
        data = self.parts[part]
        opening = needed(first(data, b"worksheet"))
        p = opening.prefix.decode()
        element = f'<{p}legacyDrawing xmlns:r="{RELATIONS}" r:id="{identity}"/>'.encode()
        start = needed(first(data, b"sheetData"))
        after = start.end if start.is_whole else needed(first(data, b"sheetData", closes=True)).end
        at, depth = None, 0
        for tag in tags(data, after):
            if tag.closes:
                depth -= 1
                at = tag.start if depth < 0 else at
            else:
                at = tag.start if depth == 0 and tag.name in BEHIND_DRAWING else at
                depth += not tag.is_whole
            if at is not None:
                break
        if at is None:
            raise CannotAnnotate
        self._set(part, spliced(data, [(at, at, element)]))

    def list(self, problems: Sequence[Listed]) -> None:
        """The sheet 导入问题, last; one of an earlier round is written anew."""
        text = problem_sheet(problems, self.styles, set(self.sheets))
        self._set(STYLES, self.styles.data)
        old = self.sheets.get(SHEET_NAME, "")
        if TAB_COLOUR.encode() in self.parts.get(old, b""):
            self.parts.pop(_rels_of(old), None)
            self._set(old, text)
            return
        name, number = SHEET_NAME, 2
        while name in self.sheets:
            name, number = f"{SHEET_NAME}({number})", number + 1
        part = self._new_part(BOOK, "xl/worksheets/sheet_import{}.xml", "worksheet", f"{SPREADSHEET}worksheet+xml")
        self._set(part, text)
        book = self._part(BOOK)
        sheets = [tag for tag in tags(book) if tag.name == b"sheet" and not tag.closes]
        highest = max((int(tag.get(b"sheetId") or 0) for tag in sheets), default=0)
        p = needed(first(book, b"sheets")).prefix.decode()
        element = f'<{p}sheet name={quoteattr(name)} sheetId="{highest + 1}" xmlns:r="{RELATIONS}" r:id="{self._relation_of(BOOK, part)}"/>'
        self._set(BOOK, appended(book, b"sheets", element.encode()))

    # Parts and how they hang together

    def _part(self, name: str) -> bytes:
        data = self.parts.get(name)
        if data is None:
            raise CannotAnnotate
        check_encoding(data)
        return data

    def _set(self, name: str, data: bytes) -> None:
        self.parts[name] = data
        self.changed.add(name)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Of each relation of a part: its kind and the part it leads to."""
        found = {}
        for tag in tags(self.parts.get(_rels_of(part), b"")):
            if tag.name == b"Relationship" and not tag.closes:
                target = tag.get(b"Target").decode("utf-8", "replace")
                path = normpath(join("/", dirname(part), target)).lstrip("/")
                found[tag.get(b"Id").decode()] = (tag.get(b"Type").decode().rpartition("/")[2], path)
        return found

    def _relation_of(self, part: str, target: str) -> str:
        return next(identity for identity, (_, path) in self._related(part).items() if path == target)

    def _new_part(self, owner: str, pattern: str, kind: str, content_type: str) -> str:
        number = 1
        while (name := pattern.format(number)) in self.parts:
            number += 1
        rels = _rels_of(owner)
        taken = self._related(owner)
        identity = next(word for word in (f"rIdImport{at}" for at in range(1, len(taken) + 2)) if word not in taken)
        target = relpath(name, dirname(owner))
        element = f'<Relationship Id="{identity}" Type="{RELATIONS}/{kind}" Target="{escape(target)}"/>'
        data = self._part(rels) if rels in self.parts else NO_RELATIONS
        self._set(rels, appended(data, b"Relationships", _prefixed(data, b"Relationships", element)))
        types = self._part(TYPES)
        override = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
        self._set(TYPES, appended(types, b"Types", _prefixed(types, b"Types", override)))
        return name

    def packed(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(self.parts, key=lambda name: name != TYPES):
                archive.writestr(part, self.parts[part])
        return target.getvalue()


def _rels_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _prefixed(data: bytes, root: bytes, element: str) -> bytes:
    prefix = needed(first(data, root)).prefix.decode()
    return element.replace("<", f"<{prefix}", 1).encode()


class Order(Struct):
    """What is to be marked, and within what limits."""

    name: str
    memory: int
    """Bytes."""
    seconds: int
    """Of processor time."""
    problems: list[Problem]


def main() -> None:
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    order = Decoder(Order).decode(header)
    limit_process(order.memory, order.seconds)
    problems = listed(order.problems, order.name)
    try:
        sys.stdout.buffer.write(annotate(content, order.name, problems))
    except (CannotAnnotate, FileRefused):
        sys.exit(3)


if __name__ == "__main__":
    main()
