"""A long sheet of an .xlsx cut into workbooks that hold some thousand of its rows each.

The parser lays a whole sheet out in memory, about 2 KB for each row of a wide list. In pieces a list of any length takes
as much as one of them; what stands in its cells is read by the same parser all the same.
"""

import io
import zipfile
from collections.abc import Iterator

from targets.domain.sheets.guard import Package

TIMES_SHARED = 4
"""Every piece reads the shared texts of the workbook again, so it is at least so many times as large."""
ROW_ENDS, END = b"</row>", b"</sheetData></worksheet>"
PARSED = (".xml", ".rels")


def is_long(package: Package, part: str, at_once: int) -> bool:
    return part in package.plain and package.parts.size(part) > at_once


def cut(package: Package, part: str, at_once: int) -> Iterator[tuple[bytes, bytes]]:
    """(a workbook, its sheet) for each piece; what follows the rows (merged cells) is in the last one."""
    parts = package.parts
    others = {name: parts[name] for name in parts if name not in package.sheets and name.endswith(PARSED)}
    shared = max((len(data) for data in others.values()), default=0)
    for sheet in _sheets(parts.stream(part), max(at_once, TIMES_SHARED * shared)):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as workbook:
            for name, data in (*others.items(), (part, sheet)):
                workbook.writestr(name, data)
        yield packed.getvalue(), sheet


def _sheets(stream: Iterator[bytes], size: int) -> Iterator[bytes]:
    waiting, head = bytearray(), b""
    for data in stream:
        waiting += data
        if len(waiting) >= size and (end := waiting.rfind(ROW_ENDS) + 1):
            end += len(ROW_ENDS) - 1
            yield head + waiting[:end] + END
            head = head or bytes(waiting[: waiting.index(b">", waiting.index(b"<sheetData")) + 1])
            del waiting[:end]
    yield head + waiting
