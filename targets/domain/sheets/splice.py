"""Small changes to the XML of a workbook's parts, byte by byte: everything that is not named stays exactly as it was.

Libraries that load a workbook and save it again lose what they do not know (pictures, text boxes, results of formulas).
The parts have passed the guard: UTF-8 without entities, comments or CDATA.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
TAG = re.compile(rb"""<(/?)((?:[\w.-]+:)?)([\w.-]+)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
ATTRIBUTE = re.compile(rb"""([^\s=>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")


class CannotAnnotate(Exception):
    """The file is built in a way that we would rather not touch."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a part, where it stands and what it says."""

    start: int
    end: int
    closes: bool
    prefix: bytes
    name: bytes
    attributes: bytes

    @property
    def is_whole(self) -> bool:
        """`<c/>`: begins and ends at once."""
        return self.attributes.endswith(b"/")

    def get(self, name: bytes) -> bytes:
        return next((value[1:-1] for key, value in ATTRIBUTE.findall(self.attributes) if key == name), b"")

    def relation(self) -> str:
        """`r:id`, whatever its prefix."""
        ids = (value[1:-1] for key, value in ATTRIBUTE.findall(self.attributes) if key.endswith(b":id"))
        return next(ids, b"").decode("ascii", "replace")


def tags(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Tag]:
    for found in TAG.finditer(data, start, len(data) if end is None else end):
        closes, prefix, name, attributes = found.groups()
        yield Tag(found.start(), found.end(), bool(closes), prefix, name, attributes)


def first(data: bytes, name: bytes, *, closes: bool = False, start: int = 0) -> Tag | None:
    """The first tag of that name, whatever its prefix."""
    pattern = re.compile(rb"<" + (b"/" if closes else b"") + rb"(?:[\w.-]+:)?" + re.escape(name) + rb"(?=[\s/>])")
    found = pattern.search(data, start)
    return next(tags(data, found.start()), None) if found else None


def needed(tag: Tag | None) -> Tag:
    if tag is None:
        raise CannotAnnotate
    return tag


def with_attribute(data: bytes, tag: Tag, name: bytes, value: int) -> bytes:
    """The text of a tag with one attribute set anew."""
    text = data[tag.start : tag.end]
    pattern = re.compile(rb"(\s" + name + rb"\s*=\s*)(\"[^\"]*\"|'[^']*')")
    written = b'"%d"' % value
    if pattern.search(text):
        return pattern.sub(lambda found: found[1] + written, text, count=1)
    at = tag.end - tag.start - (2 if tag.is_whole else 1)
    return text[:at].rstrip() + b" " + name + b"=" + written + text[at:]


def spliced(data: bytes, changes: Sequence[tuple[int, int, bytes]]) -> bytes:
    """Each (start, end, text) takes the place of what stands there; in the order of the places."""
    pieces, done = [], 0
    for start, end, text in sorted(changes, key=lambda change: change[:2]):
        pieces += [data[done:start], text]
        done = end
    return b"".join((*pieces, data[done:]))


def appended(data: bytes, name: bytes, added: bytes) -> bytes:
    """`added` becomes the last child of the first element of that name."""
    opening = needed(first(data, name))
    if opening.is_whole:
        text = data[opening.start : opening.end - 2].rstrip() + b">"
        return spliced(data, [(opening.start, opening.end, text + added + b"</" + opening.prefix + name + b">")])
    closing = needed(first(data, name, closes=True, start=opening.end))
    return spliced(data, [(closing.start, closing.start, added)])


def check_encoding(data: bytes) -> None:
    declared = DECLARED.match(data)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise CannotAnnotate


def check_whole(parts: Mapping[str, bytes]) -> None:
    """Nothing leaves that an office program would offer to repair."""
    for data in parts.values():
        try:
            expat.ParserCreate().Parse(data, True)
        except expat.ExpatError as error:
            raise CannotAnnotate from error
