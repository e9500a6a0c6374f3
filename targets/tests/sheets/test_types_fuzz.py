"""Files of every type, broken at random: an answer in words or a reading, at once, whatever the bytes are."""

import io
import time
import zipfile
from random import Random

import pytest

from targets.domain.sheets.guard import Limits
from targets.domain.sheets.problems import FileRefused
from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.books import project_lines
from targets.tests.sheets.exact import FOLDER
from targets.tests.sheets.files import as_ods, as_text, as_xls, biff_sheet, ods_table

LINES = project_lines()
TEXT = [[str(value) for value in line] for line in LINES]
WHOLE = {
    "xls": as_xls(("表", biff_sheet(LINES, merges=[(7, 12, 0, 0)])), macros=True),
    "ods": as_ods(ods_table("表", LINES)),
    "csv": as_text(TEXT),
    "gb18030": as_text(TEXT, ",", "gb18030"),
    "utf-16": as_text(TEXT, "\t", "utf-16"),
    "publication": (FOLDER / "source" / "2023-disclosure.txt").read_bytes()[:20_000],
}
AWKWARD = (
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x80",
    b'"',
    b"\t",
    b"\n",
    b",",
    b"99999999",
    b"\xfe\xff\xff\xff",
    b"<",
    b"&",
)
LIMITS = Limits(box=200_000)


def broken(content: bytes, random: Random) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    data = bytearray(content)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(data))
        how = random.randrange(5)
        if how == 0:
            data[at] = random.randrange(256)
        elif how == 1:
            word = random.choice(AWKWARD)
            data[at : at + len(word)] = word
        elif how == 2:
            del data[at : at + random.choice((1, 4, 100, 3000))]
        elif how == 3:
            data[at:at] = data[at : at + random.choice((1, 50, 2000))]
        else:
            data[at:at] = random.choice(AWKWARD)
        if not data:
            return b""
    return bytes(data)


def broken_inside(content: bytes, random: Random) -> bytes:
    """The same done to the content of a zip, so that it is not the zip that is found broken."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, broken(data, random) if name == "content.xml" else data)
    return target.getvalue()


@pytest.mark.parametrize("kind", WHOLE)
def test_broken_files_are_answered(kind):
    for seed in range(60):
        random = Random(seed)  # noqa: S311 - damage need not be secret
        change = broken_inside if kind == "ods" and seed % 2 else broken
        content = change(WHOLE[kind], random)
        begin = time.perf_counter()
        answer = ""
        try:
            forms = read_workbook(content, "预算.xls", year=2023, limits=LIMITS).forms
        except FileRefused as refusal:
            forms, answer = (), str(refusal)
        assert forms or answer.endswith("。"), seed
        assert time.perf_counter() - begin < 2, seed
