"""What a table holds beyond the rows of a record: kept as labelled texts, so that nothing read is dropped."""

from collections.abc import Iterator, Mapping

from targets.domain.record import IndicatorRow
from targets.domain.sheets.cells import label_key
from targets.domain.sheets.header import COUNTING
from targets.domain.sheets.layout import Layout
from targets.domain.sheets.table_found import Table
from targets.domain.sheets.terms import is_long

CORE_INDICATORS = "核心指标"
POINTS_OF_LEVELS = "一级指标分值"


def own_rows(table: Table) -> tuple[IndicatorRow, ...]:
    """The rows of the year; those of a longer term stand in the extra texts."""
    if not any(map(is_long, {*table.sides})):
        return tuple(table.rows)
    return tuple(row for row, side in zip(table.rows, table.sides, strict=True) if not is_long(side))


def table_extra(layout: Layout, table: Table) -> Iterator[tuple[str, str]]:
    """Printed label and text, in the order of the sheet."""
    if any(map(is_long, {*table.sides})):
        yield from _long_term_lines(table)
    numbers = _numbers(table) if table.other_columns else {}
    counted = _counting(table, numbers) if numbers else frozenset()
    listed: dict[str, list[str]] = {}
    for heading, place, text in table.other_columns:
        name = " ".join(heading.split())
        if place - 1 not in numbers or heading in counted:
            continue
        if label_key(heading) in layout.listed:
            listed.setdefault(name, []).append(f"第{numbers[place - 1]}行 {text}")
        else:
            yield f"{name}（第{numbers[place - 1]}行）", text
    for name, lines in listed.items():
        yield name, "\n".join(lines)
    if table.cores:
        yield CORE_INDICATORS, "；".join(dict.fromkeys(filter(None, table.cores)))
    if table.points:
        yield POINTS_OF_LEVELS, "；".join(f"{level} {points}" for level, points in table.points.items())
    for cells in table.totals:
        if values := "；".join(cell.text for cell in cells[1:]):
            yield cells[0].text, values


def _counting(table: Table, numbers: Mapping[int, int]) -> frozenset[str]:
    """Headings of columns that only count the rows: 序号 1, 2, 3."""
    found: dict[str, list[str]] = {}
    for heading, place, text in table.other_columns:
        if label_key(heading) in COUNTING and place - 1 in numbers:
            found.setdefault(heading, []).append(text)
    running = [str(number) for number in range(1, len(numbers) + 1)]
    return frozenset(heading for heading, texts in found.items() if texts == running)


def numbers_of(table: Table) -> dict[int, int]:
    """Row of the sheet → number of the first row of the record in it, for the rows of the year."""
    found: dict[int, int] = {}
    for place, number in _numbers(table).items():
        found.setdefault(table.places[place], number)
    return found


def _numbers(table: Table) -> dict[int, int]:
    """Place in the table → number of the row in the record, for the rows of the year."""
    places = [place for place, side in enumerate(table.sides) if not is_long(side)]
    return {place: number for number, place in enumerate(places, start=1)}


def _long_term_lines(table: Table) -> Iterator[tuple[str, str]]:
    count = 0
    for place, (row, side) in enumerate(zip(table.rows, table.sides, strict=True), start=1):
        if not is_long(side):
            continue
        count += 1
        levels = "／".join(text for text in (row.level1, row.level2, row.name) if text)
        more = [("权重", row.weight), ("指标解释", row.explanation), ("备注", row.note)]
        more += [(heading, text) for heading, at, text in table.other_columns if at == place]
        beside = "；".join(f"{name} {text}" for name, text in more if text)
        yield f"{label_key(side)} {count}", f"{levels}：{row.target}" + (f"（{beside}）" if beside else "")
