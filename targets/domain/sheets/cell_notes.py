"""Cell notes 批注 for a sheet of a workbook: the texts in one part, the boxes they are shown in in another (VML)."""

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from targets.domain.sheets.cells import column_name
from targets.domain.sheets.marked_cells import Place, place
from targets.domain.sheets.splice import MAIN, CannotAnnotate, appended, first, needed, spliced, tags

FIRST_LINE = "导入问题"
"""By this our own notes of an earlier round are known again."""
LONGEST_NOTE = 2_000
COMMENT = re.compile(
    rb"<((?:\w+:)?)comment\s[^>]*?\bref\s*=\s*[\"']([A-Z]+[0-9]+)[\"'][^>]*>.*?</\1comment>", re.DOTALL
)
SHAPE = re.compile(rb"<v:shape\s.*?</v:shape>\s*", re.DOTALL)
SHAPE_PLACE = re.compile(rb"<x:(Row|Column)>\s*([0-9]+)\s*<")
MARKUP = re.compile(rb"<[^>]*>")
AFTER_RUNS = (b"rPh", b"phoneticPr")

EMPTY_COMMENTS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}"><authors><author>{FIRST_LINE}'
    "</author></authors><commentList></commentList></comments>"
).encode()
EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    b"</o:shapelayout></xml>"
)
SHAPE_TYPE = (
    '<v:shapetype id="jx_note_type" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
NEW_SHAPE = (
    '<v:shape id="{id}" type="#jx_note_type" style="position:absolute;width:240pt;height:{height}pt;z-index:1;'
    'visibility:hidden" fillcolor="#fffbe6" o:insetmode="auto"><v:fill color2="#fffbe6"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 12, {top}, 4, {right}, 12, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


@dataclass(slots=True)
class Notes:
    """The notes of one sheet, with those that its owner wrote."""

    comments: bytes = EMPTY_COMMENTS
    drawing: bytes = EMPTY_DRAWING

    def add(self, texts: Mapping[Place, str]) -> None:
        """A note for each cell; where somebody wrote one already, below his words."""
        self._drop(self._ours())
        theirs = {place(found[2].decode()): found for found in COMMENT.finditer(self.comments)}
        changes = [self._continued(theirs[at], texts[at]) for at in texts if at in theirs]
        self.comments = spliced(self.comments, changes)
        fresh = [at for at in texts if at not in theirs]
        author = self._author()
        prefix = needed(first(self.comments, b"commentList")).prefix.decode()
        added = "".join(_comment(prefix, at, texts[at], author) for at in fresh)
        self.comments = appended(self.comments, b"commentList", added.encode())
        end = self.drawing.rfind(b"</xml>")
        if end < 0:
            raise CannotAnnotate
        known = b'id="jx_note_type"' in self.drawing
        shapes = ("" if known else SHAPE_TYPE) + "".join(_shape(at, texts[at]) for at in fresh)
        self.drawing = spliced(self.drawing, [(end, end, shapes.encode())])

    def _ours(self) -> set[Place]:
        return {
            place(found[2].decode())
            for found in COMMENT.finditer(self.comments)
            if _text(found[0]).startswith(FIRST_LINE)
        }

    def _drop(self, places: Collection[Place]) -> None:
        """Take away the notes of an earlier round, so that what was mended is no longer told."""
        self.comments = COMMENT.sub(
            lambda found: b"" if place(found[2].decode()) in places else found[0], self.comments
        )
        self.drawing = SHAPE.sub(lambda found: b"" if _place_of_shape(found[0]) in places else found[0], self.drawing)

    def _continued(self, found: re.Match[bytes], text: str) -> tuple[int, int, bytes]:
        whole = found[0]
        at = next((tag.start for tag in tags(whole) if tag.name in AFTER_RUNS), None)
        if at is None:
            at = needed(first(whole, b"text", closes=True)).start
        run = _run(found[1].decode(), f"\n{text}").encode()
        return found.start() + at, found.start() + at, run

    def _author(self) -> int:
        opening = needed(first(self.comments, b"authors"))
        closing = needed(first(self.comments, b"authors", closes=True)) if not opening.is_whole else opening
        found = [tag for tag in tags(self.comments, opening.end, closing.start) if tag.name == b"author"]
        number = sum(not tag.closes for tag in found)
        p = opening.prefix.decode()
        self.comments = appended(self.comments, b"authors", f"<{p}author>{FIRST_LINE}</{p}author>".encode())
        return number


def note_text(sentences: Collection[str]) -> str:
    """What stands in a note."""
    text = "\n".join((FIRST_LINE, *dict.fromkeys(sentences)))
    return text if len(text) <= LONGEST_NOTE else text[:LONGEST_NOTE] + "…（其余见工作表“导入问题”）"


def _text(xml: bytes) -> str:
    return html.unescape(MARKUP.sub(b"", xml).decode("utf-8", "replace")).strip()


def _comment(prefix: str, at: Place, text: str, author: int) -> str:
    row, column = at
    p = prefix
    return (
        f'<{p}comment ref="{column_name(column - 1)}{row}" authorId="{author}"><{p}text>{_run(p, text)}</{p}text>'
        f"</{p}comment>"
    )


def _run(p: str, text: str) -> str:
    return f'<{p}r><{p}rPr><{p}sz val="9"/><{p}rFont val="宋体"/></{p}rPr><{p}t xml:space="preserve">{escape(text)}</{p}t></{p}r>'


def _shape(at: Place, text: str) -> str:
    row, column = at[0] - 1, at[1] - 1
    lines = sum(1 + len(line) // 24 for line in text.split("\n"))
    return NEW_SHAPE.format(
        id=f"jx_note_{row}_{column}",
        height=min(300, 14 * lines + 8),
        left=column + 1,
        right=column + 4,
        top=max(0, row - 1),
        bottom=max(0, row - 1) + max(2, lines),
        row=row,
        column=column,
    )


def _place_of_shape(shape: bytes) -> Place | None:
    found = {name: int(number) + 1 for name, number in SHAPE_PLACE.findall(shape)}
    return (found[b"Row"], found[b"Column"]) if len(found) == 2 else None
