"""The limit of the import benchmark: the flat list through calamine straight into the tables, by COPY or executemany.

It trusts the file wholly: nothing is guarded, matched, compared, checked or told. `keeps` says whether it also writes what an
import can be undone by (the frozen text of each form, and which text is the current one), as ours does.
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, models, transaction
from django.utils.timezone import now
from psycopg import sql
from python_calamine import CalamineWorkbook

from departments.models import Department, Person
from targets.domain.record import MONEY, ROW_TEXTS
from targets.domain.sheets.flat_writer import CONTINUES, HEADERS, OPERATOR, QUANTITY, UNIT_OF_VALUE
from targets.models import BudgetYear, Declaration, Indicator, Revision

HEAD = ("code", "title", "department_code", "department_name", *MONEY, "goal")
AT_ONCE = 500
"""Forms in memory at one time, as many as ours."""
FIELD_OF = {header: field for field, header in HEADERS.items()}

Row = dict[str, Any]


def imported(content: bytes, *, keeps: bool) -> None:
    """Forms that are not there yet, with their lines."""
    year = BudgetYear.objects.get()
    units = dict(Department.objects.values_list("code", "pk"))
    author = Person.objects.get(username="author")
    with transaction.atomic():
        waiting: list[list[Row]] = []
        for _, lines in groupby(_lines(content), itemgetter("code")):
            waiting.append(list(lines))
            if len(waiting) == AT_ONCE:
                _store(waiting, year, units, author, keeps=keeps)
                waiting = []
        _store(waiting, year, units, author, keeps=keeps)


def _lines(content: bytes) -> Iterator[Row]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).iter_rows()
    fields = [FIELD_OF[header] for header in next(rows)]
    for row in rows:
        yield dict(zip(fields, row, strict=True))


def _store(forms: list[list[Row]], year: BudgetYear, units: dict[str, int], author: Person, *, keeps: bool) -> None:
    moment = now()
    fixed = {"division_id": year.division_id, "budget_year_id": year.pk, "year": year.year, "kind": "project"}
    fixed |= {"state_since": moment, "created_at": moment, "updated_at": moment}
    _write(
        Declaration,
        (
            fixed
            | {name: lines[0][name] for name in HEAD}
            | {"title_key": lines[0]["title"], "unit_name": lines[0]["unit"], "row_count": len(lines)}
            | dict.fromkeys(("department_id", "unit_id"), units[lines[0]["department_code"]])
            for lines in forms
        ),
    )
    keys = dict(Declaration.objects.filter(code__in=[lines[0]["code"] for lines in forms]).values_list("code", "pk"))
    _write(
        Indicator, (_indicator(line, keys[line["code"]], order) for lines in forms for order, line in _counted(lines))
    )
    if not keeps:
        return
    by = {"version": 1, "number": 1, "link": 1, "reason": "import", "author_id": author.pk, "author_name": author.name}
    by["created_at"] = moment
    _write(
        Revision,
        (by | {"declaration_id": keys[lines[0]["code"]], "frozen": json.dumps(_frozen(lines))} for lines in forms),
    )
    current = Revision.objects.filter(declaration__in=keys.values()).values_list("pk", "declaration_id")
    table = Declaration._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET current_revision_id = %s WHERE id = %s", list(current))  # noqa: S608


def _counted(lines: list[Row]) -> Iterable[tuple[int, Row]]:
    return enumerate(lines, start=1)


def _indicator(line: Row, declaration: int, order: int) -> Row:
    derived = {
        "target_operator": line[OPERATOR],
        "target_number": line[QUANTITY] if isinstance(line[QUANTITY], float) else None,
        "target_unit": line[UNIT_OF_VALUE],
    }
    texts = {name: str(line[name]) for name in ROW_TEXTS}
    return texts | derived | {"declaration_id": declaration, "order": order, "target_kind": "quantity"}


def _frozen(lines: list[Row]) -> Row:
    rows = [{name: line[name] for name in ROW_TEXTS} | {"continues": line[CONTINUES].split("、")} for line in lines]
    return {name: lines[0][name] for name in (*HEAD, "unit")} | {"kind": "project", "extra": {}, "rows": rows}


def _write(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Columns that no row names get the model's defaults."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    blank = {field.attname: field.get_db_prep_save(field.get_default(), connection) for field in fields}
    names = list(blank)
    lines = (itemgetter(*names)(blank | row) for row in rows)
    columns, table = [field.column for field in fields], model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, table, columns, lines)
        else:
            marks = ", ".join("?" for _ in columns)
            quoted = ", ".join(f'"{column}"' for column in columns)
            cursor.connection.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', lines)  # noqa: S608


def _copy(cursor: Any, table: str, columns: Sequence[str], lines: Iterable[tuple[Any, ...]]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
        for line in lines:
            copy.write_row(line)
