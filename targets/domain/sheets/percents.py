"""Percentages typed as fractions beside their unit: 0.95 and %. What other cells say decides what is meant; either way it is told."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from targets.domain.sheets.cells import Grid, plain
from targets.domain.sheets.layout import MEASUREMENT_UNIT, OPERATOR
from targets.domain.sheets.problems import quoted
from targets.domain.sheets.straighten import Line, Told
from targets.domain.units import canonical_unit
from targets.domain.values import QUANTITY, IndicatorValue

PERCENT = "%"
REFERENCES = ("last_year", "average_3y", "standard_value", "plan_value")
AT_MOST = ("≤", "<")
ONE, HALF = Decimal(1), Decimal("0.5")


def lacks_unit(value: IndicatorValue) -> bool:
    """A number with no more than a sign before it."""
    return value.kind == QUANTITY and not (value.unit or value.label)


def is_fraction(value: IndicatorValue) -> bool:
    return 0 < (value.quantity or 0) < ONE


class Share(NamedTuple):
    """A number whose unit is a percentage, where it stands, and the sign before it."""

    row: int
    texts: dict[str, str]
    field: str
    sign: str
    number: Decimal

    @property
    def is_fraction(self) -> bool:
        return 0 < self.number < ONE

    @property
    def is_least(self) -> bool:
        return self.sign not in AT_MOST

    def is_beside_a_percentage(self) -> bool:
        """Last year 93%, this year 0.95."""
        said = (IndicatorValue.parse(self.texts.get(name, "")) for name in REFERENCES)
        return self.number >= HALF and any(one.is_percentage and (one.quantity or 0) > ONE for one in said)


def take_merged_units(grid: Grid, column: int, head_bottom: int, lines: Iterable[Line]) -> None:
    """A unit that is merged down is that of every line beside it."""
    for line in lines:
        merge = grid.hangs_from(line.row, column)
        if merge and merge.top > head_bottom and MEASUREMENT_UNIT not in line.texts:
            line.texts[MEASUREMENT_UNIT] = grid.text(merge.top, merge.left)


def settle_fractions(rows: Iterable[tuple[int, dict[str, str], str]], column: int, told: list[Told]) -> None:
    """Fractions become percentages where all others of the table are written so too; else they stay as typed.

    `rows` are rows of the sheet with their texts by field and the field of their value, which stands in `column`.
    """
    shares: list[Share] = []
    is_shown = False
    for row, texts, field in rows:
        if canonical_unit(plain(texts.get(MEASUREMENT_UNIT, ""))) == PERCENT:
            value = IndicatorValue.parse(texts.get(field, ""))
            is_shown = is_shown or value.is_percentage
            if lacks_unit(value):
                sign = value.operator or IndicatorValue.parse(f"{texts.get(OPERATOR, '')}1").operator
                shares.append(Share(row, texts, field, sign, Decimal(value.number)))
    if not any(share.is_fraction for share in shares):
        return
    is_mixed = any(share.number > ONE for share in shares)
    proven = not is_mixed and (is_shown or len(shares) > 1)
    proven = proven and any(share.is_fraction and share.is_least and share.number >= HALF for share in shares)
    for share in shares:
        is_meant = share.is_fraction and share.is_beside_a_percentage()
        if (proven and 0 < share.number <= ONE) or is_meant:
            _read_whole(share, column, told)
        elif share.is_fraction and (share.is_least or not is_mixed):
            typed = share.texts[share.field]
            cure = f"如指{_percentage(share.number)}，请改写后重新上传。"
            told.append(Told(share.row, column, f"{quoted(typed)}的单位是“%”，已照原样读入，请核对。{cure}"))


def _read_whole(share: Share, column: int, told: list[Told]) -> None:
    typed = share.texts[share.field]
    value, percentage = IndicatorValue.parse(typed), _percentage(share.number)
    whole = typed.replace(value.number, percentage) if value.number in typed else value.operator + percentage
    share.texts[share.field] = whole
    told.append(
        Told(share.row, column, f"{quoted(typed)}的单位是“%”，与其他百分数对照，已读为{quoted(whole)}，请核对。")
    )


def _percentage(number: Decimal) -> str:
    return f"{(number * 100).normalize():f}%"
