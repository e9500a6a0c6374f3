"""The text that a paragraph of a Word document shows (ECMA-376 part 1, 17.3): inserted text counts, deleted and hidden does not.

Elements are known by their local names: the strict and the transitional standard have the same ones in different spaces.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

WRAPPERS = frozenset("sdt sdtContent customXml ins moveTo AlternateContent Choice".split())
"""Elements around paragraphs, tables, rows or cells that show what is in them."""
GONE = frozenset(
    "del moveFrom instrText delText delInstrText pPr sdtPr sdtEndPr Fallback rt rubyPr txbxContent footnoteReference".split()
)
"""What a paragraph does not show, or (text boxes) shows elsewhere."""
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
FALSE = frozenset(("0", "false", "off", "none"))
TICKED, EMPTY = "☑", "□"
SYMBOLS = {
    "wingdings": {0x6F: EMPTY, 0x71: EMPTY, 0x72: EMPTY, 0xA8: EMPTY, 0xFC: "√", 0xFE: TICKED, 0xFD: "☒", 0xFB: "×"},
    "wingdings 2": {0x2A: EMPTY, 0x30: EMPTY, 0x35: EMPTY, 0xA3: EMPTY, 0x50: "√", 0x52: TICKED, 0x53: "☒", 0x54: "☒"},
    "symbol": {0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB9: "≠", 0xD7: "·", 0xB0: "°", 0xA5: "∞"},
}
"""Characters of the fonts that people insert boxes, ticks and signs from."""
PRIVATE = 0xF000


def local(element: ET.Element) -> str:
    """`{…/wordprocessingml/2006/main}tbl` → "tbl"."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: ET.Element | None, name: str) -> str:
    """Of any space; "" when it is not there."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: ET.Element | None, *path: str) -> ET.Element | None:
    """The first child of that name, and so on down the path."""
    for name in path:
        if element is None:
            return None
        element = next((below for below in element if local(below) == name), None)
    return element


def is_on(element: ET.Element | None) -> bool:
    """A property that is there counts, unless it says no."""
    return element is not None and attribute(element, "val") not in FALSE


def shown(paragraph: ET.Element) -> str:
    return "".join(_pieces(paragraph))


def joins_next(paragraph: ET.Element) -> bool:
    """Its end was deleted: the next paragraph continues it."""
    return child(paragraph, "pPr", "rPr", "del") is not None


def text_boxes(paragraph: ET.Element) -> Iterator[ET.Element]:
    """The contents of text boxes that hang from a paragraph."""
    for below in paragraph:
        name = local(below)
        if name == "txbxContent":
            yield below
        elif name not in GONE:
            yield from text_boxes(below)


def within(element: ET.Element) -> Iterator[ET.Element]:
    """Children as they are shown: content controls and tracked insertions opened, deletions left out."""
    for below in element:
        name = local(below)
        if name in WRAPPERS:
            if not _is_placeholder(below):
                yield from within(below)
        elif name not in GONE:
            yield below


def _is_placeholder(control: ET.Element) -> bool:
    """单击此处输入文字。"""
    return is_on(child(control, "sdtPr", "showingPlcHdr"))


def _pieces(element: ET.Element) -> Iterator[str]:
    for below in element:
        name = local(below)
        if name == "t":
            yield below.text or ""
        elif name in BREAKS:
            yield BREAKS[name]
        elif name == "sym":
            yield _symbol(below)
        elif name == "checkBox":
            yield _box(below)
        elif name in GONE or name == "rPr" or (name == "r" and _is_hidden(below)):
            continue
        elif name != "sdt" or not _is_placeholder(below):
            yield from _pieces(below)


def _is_hidden(run: ET.Element) -> bool:
    return is_on(child(run, "rPr", "vanish"))


def _symbol(element: ET.Element) -> str:
    code = attribute(element, "char")
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    known = SYMBOLS.get(attribute(element, "font").casefold(), {})
    if symbol := known.get(number - PRIVATE if number >= PRIVATE else number):
        return symbol
    return "" if PRIVATE <= number <= 0xF8FF or not 0x20 <= number < 0xD800 else chr(number)


def _box(element: ET.Element) -> str:
    """A box of an old form field."""
    checked = child(element, "checked")
    state = checked if checked is not None else child(element, "default")
    return TICKED if is_on(state) else EMPTY
