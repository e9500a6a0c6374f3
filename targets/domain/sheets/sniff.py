"""What a file really is, by its first bytes and never by its name."""

import re
import struct

from targets.domain.sheets.ole import Broken, root_names
from targets.domain.sheets.text import UTF16_MARKS

XLSX, XLS, ODS, TEXT, DOCX = "xlsx", "xls", "ods", "text", "docx"
STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "doc"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
IN_OLE = (("EncryptedPackage", "locked"), ("WordDocument", "doc"), ("Workbook", XLS), ("Book", XLS))
"""By name of the stream; whatever else stands beside it (ETExtData of a WPS .et) says nothing."""
HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div|p|title|center|form|tr)\b",
    re.IGNORECASE | re.DOTALL,
)
MHTML = re.compile(
    rb"\s*(?:MIME-Version|Content-Type|From|Subject|X-Document-Type):[^<]*?multipart/related", re.IGNORECASE
)


def sniff(content: bytes) -> str:
    """What the content is, whatever the file is called."""
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        return "empty"
    if content.startswith(b"PK\x03\x04"):
        return "zip"
    if content.startswith(OLE):
        return _sniff_ole(content)
    for start, kind in STARTS:
        if content.startswith(start):
            return kind
    if content[4:8] == b"ftyp" or content[:4] + content[8:12] == b"RIFFWEBP":
        return "image"
    head = content[:4096]
    is_wide = head.startswith(UTF16_MARKS)
    words = head[2:].replace(b"\x00", b"") if is_wide else head.removeprefix(b"\xef\xbb\xbf")
    if HTML.match(words):
        return "html"
    if MHTML.match(words):
        return "mhtml"
    if words.lstrip().startswith(b"<?xml"):
        return "xml"
    return TEXT if is_wide or head.count(b"\x00") * 20 <= len(head) else "unknown"


def _sniff_ole(content: bytes) -> str:
    """What stands at its root decides: a workbook may hold a Word document, and a document a workbook."""
    try:
        names = {name.casefold() for name in root_names(content)}
    except (Broken, struct.error, IndexError):
        names = set()
    if not names.intersection(word.casefold() for word, _ in IN_OLE):
        names = {word.casefold() for word, _ in IN_OLE if word.encode("utf-16-le") in content}
    return next((kind for word, kind in IN_OLE if word.casefold() in names), "unknown")
