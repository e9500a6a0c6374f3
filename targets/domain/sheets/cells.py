"""Cells as text: cleaning, label matching, addresses, and the grid of one sheet with its merges."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, overload

from targets.domain.sheets.origin import Origin
from targets.domain.sheets.problems import FileRefused
from targets.domain.sheets.remembered import remembered

LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
HARMFUL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Control characters that databases or XML refuse, and marks that turn the direction of what follows."""
LONGEST_LABEL = 60
FEW_ROWS = 500
"""So many are looked at together before each alone; in a sheet of no more it is not worth making equal texts one."""
MOST_SHARED = 50_000
"""Texts that are remembered to be shared: those that a list repeats come back at once when they are forgotten."""
NOT_IN_LABELS = re.compile(r"\([^()]*\)|[\s:：★*☆_\u200b-\u200d]")
"""A label is the same with or without its remark in brackets, colons, spaces, line breaks, stars and lines to write on."""
LEVEL_IN_DIGITS = re.compile("^[123](?=级)")
CHINESE_DIGITS = {"1": "一", "2": "二", "3": "三"}

NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.](?=[一-鿿])")
"""二、主管部门 and 3.实施单位: many forms number their labels."""


FOLDS = re.compile(r"[\s:★*☆_\u200b-\u200d()\[\]【】〔〕]|^.{1,3}[、.]|^.级")
"""Found in every text in NFKC that a label key leaves something out of."""

BOTH_NAMES = re.compile(r"^(?:预算|项目)?单位\((?:专项|项目)(?:名称)?\)(?:名称)?$")
"""单位（专项）名称 stands over units and projects alike: here the brackets are no remark."""
BOTH_CODES = re.compile(r"^(?:预算)?单位(?:编码|代码)\(项目(?:编码|代码|编号)\)$")


def clean_text(text: str) -> tuple[str, bool]:
    """The text to keep, verbatim but for surrounding white space, line ends and harmful characters; and whether some were."""
    if text.isprintable():
        return text.strip(), False
    text = LINE_BREAKS.sub("\n", text)
    safe = HARMFUL.sub("", text)
    return safe.strip(), safe != text


def plain(text: str) -> str:
    """Text for comparing only: full-width forms folded (NFKC), no surrounding space. Never stored."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).strip()


@remembered
def label_key(text: str) -> str:
    """`"项目资金\\n（万元）："` → `"项目资金"`: what two spellings of one label have in common; "" for text too long to be one."""
    if len(text) > LONGEST_LABEL:
        return ""
    is_plain = unicodedata.is_normalized("NFKC", text) and not FOLDS.search(text)
    return text if is_plain else _folded_key(text)


def _folded_key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("【", "(").replace("】", ")")
    folded = folded.replace("〔", "(").replace("〕", ")").replace("[", "(").replace("]", ")")
    if BOTH_NAMES.match(folded):
        return "单位、项目名称"
    if BOTH_CODES.match(folded):
        return "单位、项目代码"
    key = NUMBERED.sub("", NOT_IN_LABELS.sub("", NOT_IN_LABELS.sub("", folded)))
    return LEVEL_IN_DIGITS.sub(lambda found: CHINESE_DIGITS[found[0]], key)


def split_label(text: str) -> tuple[str, str]:
    """`"部门名称：[202001]名"` → `("部门名称", "[202001]名")`; ("", text) when no colon follows something short."""
    wide, narrow = text.find("："), text.find(":")
    at = narrow if wide <= 0 or 0 < narrow < wide else wide
    if not 0 < at <= LONGEST_LABEL:
        return "", text
    return text[:at].strip(), text[at + 1 :].strip()


def inside_brackets(text: str) -> str:
    """`"（单位：万元）"` → `"单位：万元"`; other text as it is."""
    if (
        len(text) > 1
        and text[0] in "（(【["
        and text[-1] in "）)】]"
        and not any(char in text[1:-1] for char in "（(）)【】[]")
    ):
        return text[1:-1].strip()
    return text


@lru_cache(maxsize=256)
def column_name(column: int) -> str:
    """0 → "A", 26 → "AA"."""
    name = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """(0, 0) → "A1"."""
    return f"{column_name(column)}{row + 1}"


def position(place: str) -> tuple[int, int]:
    """The reverse of `address`: "A1" → (0, 0)."""
    letters = place.rstrip("0123456789")
    return int(place[len(letters) :]) - 1, column_number(letters)


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


class Cell(NamedTuple):
    """A cell that holds text."""

    row: int
    column: int
    text: str

    @property
    def address(self) -> str:
        return address(self.row, self.column)


_new_cell: Callable[[type[Cell], tuple[int, int, str]], Cell] = tuple.__new__
"""Three times as fast as the constructor of a named tuple; every text of every form is one."""


class Merge(NamedTuple):
    """A merged range, all four ends included."""

    top: int
    left: int
    bottom: int
    right: int


class _Cleaned(dict[str, str]):
    """Text of the file → text to keep, each found once."""

    def __init__(self) -> None:
        super().__init__()
        self.harmed: set[str] = set()
        """Texts that had harmful characters."""

    def __missing__(self, text: str) -> str:
        if len(self) > MOST_SHARED:
            self.clear()
        kept, is_harmed = (text.strip(), False) if text.isprintable() else clean_text(text)
        if is_harmed:
            self.harmed.add(text)
        self[text] = kept = text if kept == text else self[kept]
        return kept


class _Rows(Sequence[list[Cell]]):
    """The cells of each row that hold text; of a long list only those rows that are asked for."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._texts = texts
        self._made: dict[int, list[Cell]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, at: int) -> list[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[Cell]]: ...
    def __getitem__(self, at: int | slice) -> list[Cell] | list[list[Cell]]:
        if isinstance(at, slice):
            return [self[row] for row in range(*at.indices(len(self._texts)))]
        made = self._made.get(at)
        if made is None:
            row = range(len(self._texts))[at]
            made = [_new_cell(Cell, (row, column, text)) for column, text in enumerate(self._texts[row]) if text]
            self._made[row] = made
        return made


class Grid:
    """The texts of one sheet as its screen shows them, and where cells are merged."""

    def __init__(
        self,
        name: str,
        texts: list[list[str]],
        merges: Sequence[Merge] = (),
        exact: Mapping[tuple[int, int], str] | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Takes the texts over: they are cleaned where they are."""
        self.name = name
        self.origin = origin or Origin()
        self.exact: Mapping[tuple[int, int], str] = exact or {}
        """The whole number behind a cell that shows a rounded one."""
        self.texts = texts
        self.cleaned: list[Cell] = []
        self.hidden: Collection[int] = ()
        """Rows that the screen does not show."""
        self.hidden_columns: Sequence[int] = ()
        self._clean()
        self.height = len(self.texts)
        self.width = max(map(len, self.texts), default=0)
        self.merge_from: dict[tuple[int, int], Merge] = {}
        self.tall: list[Merge] = []
        """Those over several rows."""
        self.hanging: dict[int, dict[int, Merge]] = {}
        """Column → row → the merge above: of cells below the first line of one."""
        self.wide: set[int] = set()
        """Rows in which a text is merged over several columns."""
        if merges:
            self._merge(merges)
        self.rows = _Rows(self.texts)

    def _clean(self) -> None:
        kept = _Cleaned()
        for first in range(0, len(self.texts), FEW_ROWS):
            rows = self.texts[first : first + FEW_ROWS]
            if _are_clean({*chain.from_iterable(rows)}):
                continue
            for row, line in enumerate(rows, first):
                texts = [*map(kept.__getitem__, line)]
                if kept.harmed and not kept.harmed.isdisjoint(line):
                    harmed = (column for column, text in enumerate(line) if text in kept.harmed)
                    self.cleaned += [Cell(row, column, texts[column]) for column in harmed]
                line[:] = texts

    def _merge(self, merges: Sequence[Merge]) -> None:
        """Text under a merged cell is not on the screen, so it is not in the grid either."""
        texts, merge_from = self.texts, self.merge_from
        width = self.width
        for line in texts:
            if len(line) < width:
                line += [""] * (width - len(line))
        room = self.height * width
        for merge in merges:
            top, left, bottom, right = merge
            if bottom >= self.height or right >= width:  # as far as they lie within the sheet
                bottom, right = min(bottom, self.height - 1), min(right, width - 1)
                merge = Merge(top, left, bottom, right)
            if top > bottom or left > right:
                continue
            room -= (bottom - top + 1) * (right - left + 1)
            if room < 0:
                raise FileRefused(
                    f"工作表“{self.name}”中的合并单元格互相重叠，文件可能已损坏。请用 Excel 或 WPS 打开后另存，再上传。"
                )
            merge_from[top, left] = merge
            if right > left:
                line = texts[top]
                if line[left]:
                    self.wide.add(top)
                if any(line[left + 1 : right + 1]):
                    line[left + 1 : right + 1] = [""] * (right - left)
            if bottom > top:
                self._hang(merge)

    def _hang(self, merge: Merge) -> None:
        """A merge over several rows."""
        top, left, bottom, right = merge
        self.tall.append(merge)
        below = dict.fromkeys(range(top + 1, bottom + 1), merge)
        for column in range(left, right + 1):
            self.hanging.setdefault(column, {}).update(below)
        for line in self.texts[top + 1 : bottom + 1]:
            if line[left] or (right > left and any(line[left + 1 : right + 1])):
                line[left : right + 1] = [""] * (right - left + 1)

    def text(self, row: int, column: int) -> str:
        line = self.texts[row] if 0 <= row < self.height else []
        return line[column] if 0 <= column < len(line) else ""

    def hangs_from(self, row: int, column: int) -> Merge | None:
        """The merge that a cell below its first line belongs to."""
        return self.hanging[column].get(row) if column in self.hanging else None

    def has_hanging(self, column: int, rows: range) -> bool:
        """Whether a cell of a column hangs from a merge above in one of these rows."""
        return any(row in rows for row in self.hanging.get(column, ()))

    def right_of(self, cell: Cell) -> int:
        """The first column to the right of a cell, its merge included."""
        merge = self.merge_from.get((cell.row, cell.column))
        return (merge.right if merge else cell.column) + 1

    def has_tall_merge(self, top: int, bottom: int) -> bool:
        """Whether a merge over several rows stands in rows `top` to `bottom` (excluded)."""
        return any(top <= merge.top < bottom for merge in self.tall)


def _are_clean(texts: Collection[str]) -> bool:
    """Quick, and sure where it says yes: nothing is to be taken away."""
    said = [*texts]
    return "".join(said).replace("\n", "").isprintable() and [*map(str.strip, said)] == said
