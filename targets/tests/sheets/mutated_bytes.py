"""Bytes changed at random: of a file as it is, or of the parts in its zip, so that it is not the zip that is found broken."""

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

AWKWARD_BYTES = (
    b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b'"', b"\t", b"\n", b",", b"99999999", b"\xfe\xff\xff\xff", b"<", b"&", b"PK\x03\x04",
    b"PK\x01\x02", b"]]>", b"<!--",
)  # fmt: skip
AWKWARD_TEXTS = (
    "\x00", "\u202e表标目", "\ufeff", "\ud7ff", "长" * 32_767, "\n" * 300, "=1/0", "=HYPERLINK(\"http://a\")", "+1", "-100%", "@SUM(A1)", "'",
    "：", ":", "（", "）（", "★★★", "□√□", "〇", "95％", "≥≥≥", "1e308", "-1e308", "999999999999999999999", "0.0000001", "NaN", "Infinity", "2023年",
    "9999年", "0年", "2023年13月45日", "一级指标", "指标值", "项目名称", "合计", "填表人", "项目支出绩效目标表", "项目支出绩效自评表", "[202]", "[]", "１２３",
    "一" * 61, "a" * 3000, "😀" * 50, " ", "\u3000", "\r\n", "\x0b", "_x0000_", "&#0;", "0,0,0", "1,23,4", "亿", "万元", "负数", "页码 1/2", "第1页",
    "≥95% ≥96% ≥97%", "数量指标\n质量指标", "1 2 3 4 5 6 7 8 9 10 11 12 13",
)  # fmt: skip
NUMBERS = (
    b"0", b"-1", b"1e999", b"-1e999", b"nan", b"inf", b"4294967295", b"4294967296", b"18446744073709551616", b"99999999999999999999999", b"2958466",
    b"-693594", b"0.1e-320", b"1.7976931348623157e308", b"", b" ", b"x",
)  # fmt: skip
PLACES = (
    b"A1", b"XFD1048576", b"ZZZ1", b"A0", b"A1048577", b"B2:A1", b"A1:XFD1048576", b"A1:A1", b"A5:E5", b"B3:D9", b"AAAA1", b"1A", b"", b"a1", b"$A$1",
    b"A1:B", b"R1C1", b"A99999999999",
)  # fmt: skip
FORMATS = (
    b"0%", b"@", b"General", b'yyyy"\xe5\xb9\xb4"', b"[h]:mm", b";;;", b"0.00E+00", b"# ?/?", b"[$-804]yyyy", b'"', b"\\", b"[", b"0" * 300, b"_-* #", b"*",
    b"\xe5\xb9\xb4", b"0.0%;[Red]-0.0%", b"AM/PM", b"[>=100]0;0.0", b"",
)  # fmt: skip
NEW_ATTRIBUTES = (
    b' state="hidden"',
    b' state="veryHidden"',
    b' t="e"',
    b' t="b"',
    b' t="d"',
    b' t="inlineStr"',
    b' t="str"',
    b' hidden="1"',
)
CELL_VALUE = re.compile(rb"(?<=<v>)[^<]*|(?<=<t>)[^<]*|(?<=<text:p>)[^<]*|(?<=<w:t>)[^<]*")
NUMBER_SAID = re.compile(rb'(?<==")\d+(?:\.\d+)?(?=")')
PLACE_SAID = re.compile(rb'(?<=\br=")[A-Z]+\d+(?=")|(?<=ref=")[^"]*(?=")')
FORMAT_SAID = re.compile(rb'(?<=formatCode=")[^"]*')
TAG = re.compile(rb"<[\w:]+")


Change = Callable[[bytes, Random], bytes]


def broken(content: bytes, random: Random) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    data = bytearray(content)
    for _ in range(random.randint(1, 6)):
        if not data:
            return b""
        at = random.randrange(len(data))
        how = random.randrange(5)
        if how == 0:
            data[at] = random.randrange(256)
        elif how == 1:
            word = random.choice(AWKWARD_BYTES)
            data[at : at + len(word)] = word
        elif how == 2:
            del data[at : at + random.choice((1, 4, 100, 3000))]
        elif how == 3:
            data[at:at] = data[at : at + random.choice((1, 50, 2000))]
        else:
            data[at:at] = random.choice(AWKWARD_BYTES)
    return bytes(data)


def cut_short(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def with_a_tail(content: bytes, random: Random) -> bytes:
    return content + content[random.randrange(len(content)) :] + b"\x00" * random.choice((0, 100))


BYTE_CHANGES: tuple[Change, ...] = (broken, broken, broken, cut_short, with_a_tail)


# Parts of a zip -------------------------------------------------------------------------------------------------------


def replaced(data: bytes, pattern: re.Pattern[bytes], random: Random, *words: bytes) -> bytes:
    """One to four places of `pattern` say another word."""
    places = list(pattern.finditer(data))
    for place in sorted(
        random.sample(places, min(len(places), random.randint(1, 4))), key=re.Match.start, reverse=True
    ):
        data = data[: place.start()] + random.choice(words) + data[place.end() :]
    return data


def other_values(data: bytes, random: Random) -> bytes:
    texts = tuple(text.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "replace") for text in AWKWARD_TEXTS)
    return replaced(data, CELL_VALUE, random, *NUMBERS, *texts)


def other_numbers(data: bytes, random: Random) -> bytes:
    return replaced(data, NUMBER_SAID, random, *NUMBERS, b"1", b"7", b"1048576", b"16384", b"300000")


def other_places(data: bytes, random: Random) -> bytes:
    own = [found[0] for found in PLACE_SAID.finditer(data)]
    return replaced(data, PLACE_SAID, random, *PLACES, *random.sample(own, min(len(own), 18)))


def other_formats(data: bytes, random: Random) -> bytes:
    return replaced(data, FORMAT_SAID, random, *FORMATS)


def other_attributes(data: bytes, random: Random) -> bytes:
    tags = list(TAG.finditer(data))
    if not tags:
        return data
    at = random.choice(tags).end()
    return data[:at] + random.choice(NEW_ATTRIBUTES) + data[at:]


def other_tags(data: bytes, random: Random) -> bytes:
    own = [found[0] for found in TAG.finditer(data)]
    return replaced(data, TAG, random, *(own or [b"<c"]))


def more_merges(data: bytes, random: Random) -> bytes:
    """Overlapping, reversed, huge, or laid over what is there."""
    columns = "ABCDEFGHIJKLMNOPQ"
    refs = []
    for _ in range(random.randint(1, 5)):
        left, right = random.choice(columns), random.choice((*columns, "XFD"))
        top, bottom = random.randint(1, 30), random.choice((random.randint(1, 40), 1_048_576))
        refs.append(f'<mergeCell ref="{left}{top}:{right}{bottom}"/>')
    merges = "".join(refs).encode()
    if b"</mergeCells>" in data:
        return data.replace(b"</mergeCells>", merges + b"</mergeCells>")
    return data.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")


def spans(data: bytes, random: Random) -> bytes:
    """The same in an .ods."""
    number = random.choice((b"0", b"2", b"40", b"1048576", b"-3", b"x"))
    what = random.choice(
        (b"number-columns-spanned", b"number-rows-spanned", b"number-columns-repeated", b"number-rows-repeated")
    )
    where = random.choice((b"<table:table-cell", b"<table:table-row"))
    places = [found.end() for found in re.finditer(where, data)]
    if not places:
        return data
    at = random.choice(places)
    return data[:at] + b" table:" + what + b'="' + number + b'"' + data[at:]


def word_spans(data: bytes, random: Random) -> bytes:
    """And in a .docx: cells merged downwards or across, at random."""
    words = (
        b"<w:vMerge/>",
        b'<w:vMerge w:val="restart"/>',
        b'<w:gridSpan w:val="3"/>',
        b'<w:gridSpan w:val="-1"/>',
        b'<w:gridSpan w:val="99999"/>',
    )
    places = [found.end() for found in re.finditer(b"<w:tcPr>", data)]
    if not places:
        return data
    at = random.choice(places)
    return data[:at] + random.choice(words) + data[at:]


def far_cell(data: bytes, random: Random) -> bytes:
    place = random.choice((b"XFD1048576", b"A1048576", b"XFD1", b"ZZ9000", b"AD200"))
    row = place.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = b'<row r="' + row + b'"><c r="' + place + b'"><v>1</v></c></row></sheetData>'
    return data.replace(b"</sheetData>", cell)


PART_CHANGES: tuple[Change, ...] = (
    broken, other_values, other_values, other_numbers, other_places, other_places, other_formats, other_attributes, other_tags, more_merges, more_merges,
    spans, word_spans, word_spans, far_cell,
)  # fmt: skip


def rezipped(content: bytes, random: Random) -> tuple[bytes, str]:
    """One part changed, left out, renamed, written twice or exchanged for another."""
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: source.read(name) for name in source.namelist()}
    chosen = _chosen(list(parts), random)
    written = list(parts.items())
    how = random.choice(("changed",) * 12 + ("left out", "renamed", "twice", "exchanged", "emptied", "wide"))
    if how == "changed":
        change = random.choice(PART_CHANGES)
        how = change.__name__
        parts[chosen] = change(parts[chosen], random)
        written = list(parts.items())
    elif how == "left out":
        written = [(name, data) for name, data in written if name != chosen]
    elif how == "renamed":
        other = random.choice(
            ("x.xml", chosen.upper(), "../" + chosen, "/" + chosen, "a\\b.xml", random.choice(list(parts)))
        )
        written = [(other if name == chosen else name, data) for name, data in written]
    elif how == "twice":
        written.append((chosen, broken(parts[chosen], random)))
    elif how == "exchanged":
        parts[chosen] = parts[random.choice(list(parts))]
        written = list(parts.items())
    elif how == "emptied":
        parts[chosen] = b""
        written = list(parts.items())
    else:
        parts[chosen] = parts[chosen].decode("utf-8", "replace").encode("utf-16")
        written = list(parts.items())
    return zipped(written), f"{chosen} {how}"


def _chosen(names: list[str], random: Random) -> str:
    """Mostly a part that speaks of cells."""
    telling = [name for name in names if re.search(r"sheet|Strings|styles|workbook|content|document|\.xlsx$", name)]
    return random.choice(telling or names) if random.random() < 0.85 else random.choice(names)


def zipped(parts: list[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        taken: set[str] = set()
        for name, data in parts:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name in taken:  # the module warns of a name that comes twice, which is what is wanted
                new.NameToInfo.pop(name, None)
            taken.add(name)
            new.writestr(info, data)
    return target.getvalue()
