"""Many rows at once, without the ORM's work for each: COPY on PostgreSQL, one prepared statement run many times elsewhere.

Keys are taken before the rows are written (`new_keys`), so nothing has to be asked back and rows may point to each other
from the start. Values go through their field's own preparation, so what is stored is the same.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import count
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models
from django.utils.timezone import now
from msgspec.json import Encoder
from psycopg import sql

Thing = TypeVar("Thing")

PLAIN = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey, models.BooleanField)
"""Fields whose Python values the driver takes as they are."""
_AS_JSON = Encoder().encode
"""Chinese as it is: half as long as escaped, and read back in a fifth of the time."""


@contextmanager
def no_garbage() -> Iterator[None]:
    """For a portion of work whose thousands of objects all live until it is written: looking through them again and again
    for garbage takes a fifth of the time and finds none."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def portions(
    things: Iterable[Thing], size: Callable[[Thing], int], *, number: int, length: int
) -> Iterator[list[Thing]]:
    """So many things at a time, and so much of them: what they hold is in memory at one time. One alone may be longer."""
    portion: list[Thing] = []
    so_far = 0
    for thing in things:
        if portion and (len(portion) == number or so_far + size(thing) > length):
            yield portion
            portion, so_far = [], 0
        portion.append(thing)
        so_far += size(thing)
    if portion:
        yield portion


def new_keys(numbers: Mapping[type[models.Model], int]) -> dict[type[models.Model], Iterator[int]]:
    """So many primary keys for new rows of each model, asked for together. Call inside the transaction that inserts the rows."""
    tables = {model._meta.db_table: model for model in numbers}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            one = "SELECT %s, nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            asked: list[str | int] = []
            for name, model in tables.items():
                asked += (name, f'"{name}"', str(model._meta.pk.column), numbers[model])
            cursor.execute(" UNION ALL ".join([one] * len(tables)), asked)
            found: dict[str, list[int]] = {name: [] for name in tables}
            for name, key in cursor.fetchall():
                found[name].append(key)
            return {model: iter(found[name]) for name, model in tables.items()}
        # one writer at a time: nobody else takes keys before this transaction ends
        marks = ", ".join(["%s"] * len(tables))
        cursor.execute(f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({marks})", [*tables])  # noqa: S608  (only marks)
        last = dict(cursor.fetchall())
        return {model: count(last.get(name, 0) + 1) for name, model in tables.items()}


def give_keys(rows: Sequence[models.Model], keys: Iterator[int] | None = None) -> None:
    """Give new rows of one model the primary keys they will be inserted with: of `keys`, or asked for. Inside the same
    transaction."""
    if rows:
        for row, key in zip(rows, keys or new_keys({type(rows[0]): len(rows)})[type(rows[0])], strict=False):
            row.pk = key


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, all of them with keys of their own (`give_keys`) or none; these stay unset."""
    if not rows:
        return
    model, has_keys = type(rows[0]), rows[0].pk is not None
    fields = [field for field in model._meta.concrete_fields if has_keys or not field.primary_key]
    _insert(model, fields, _prepared(rows, fields, add=True))
    if has_keys:
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001  (as `bulk_create` does)


def insert_values(model: type[models.Model], names: Sequence[str], lines: Iterable[Iterable[Any]]) -> None:
    """Insert rows given as the values of the named fields, for which no objects are made; a foreign key is its number, and a
    tuple for a JSON field holds no more than texts."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    _insert(model, fields, _prepared_values(fields, lines))


def _insert(model: type[models.Model], fields: Iterable[Any], prepared: Iterable[Sequence[Any]]) -> None:
    columns = [str(field.column) for field in fields]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            # copy() goes past Django's cursor: without this nobody's `except IntegrityError` would see its errors
            with connection.wrap_database_errors, cursor.copy(statement) as copy:
                for row in prepared:
                    copy.write_row(row)
            return
        quote = connection.ops.quote_name
        names_list, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {quote(table)} ({names_list}) VALUES ({marks})", list(prepared))  # noqa: S608  (names of our own tables)


def update_many(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the named fields of stored rows of one model."""
    if not rows:
        return
    model = type(rows[0])
    fields: list[Any] = [model._meta.get_field(name) for name in (*names, model._meta.pk.name)]
    _update(model, fields, _prepared(rows, fields, add=False))


def update_values(model: type[models.Model], names: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    """As `insert_values`, for stored rows: the last value of each line is the key of its row. Returns how many were there."""
    fields: list[Any] = [model._meta.get_field(name) for name in (*names, model._meta.pk.name)]
    return _update(model, fields, _prepared_values(fields, lines))


def _update(model: type[models.Model], fields: Sequence[Any], prepared: Iterable[Sequence[Any]]) -> int:
    rows = list(prepared)
    if not rows:
        return 0
    quote = connection.ops.quote_name
    *sets, key = [f"{quote(field.column)} = %s" for field in fields]
    statement = f"UPDATE {quote(model._meta.db_table)} SET {', '.join(sets)} WHERE {key}"  # noqa: S608  (names of our own tables)
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
        return int(cursor.rowcount)


# Values ---------------------------------------------------------------------------------------------------------------


def _prepared(rows: Sequence[models.Model], fields: Sequence[Any], *, add: bool) -> Iterator[Sequence[Any]]:
    """Times that fields take of themselves are those of one moment for all rows."""
    take = attrgetter(*(field.attname for field in fields))
    moment = now()
    now_said = _preparation(models.DateTimeField())(moment)
    dated = [(place, field.attname) for place, field in enumerate(fields) if _dates_itself(field, add=add)]
    names = {name for _, name in dated}
    others = [(place, prepare) for place, prepare in _preparations(fields) if fields[place].attname not in names]
    for row in rows:
        values = list(take(row))
        for place, name in dated:
            setattr(row, name, moment)
            values[place] = now_said
        for place, prepare in others:
            values[place] = prepare(values[place])
        yield values


def _prepared_values(fields: Sequence[Any], lines: Iterable[Iterable[Any]]) -> Iterator[Sequence[Any]]:
    others = _preparations(fields)
    for line in lines:
        values = list(line)
        for place, prepare in others:
            values[place] = prepare(values[place])
        yield values


def _dates_itself(field: Any, *, add: bool) -> bool:
    return isinstance(field, models.DateTimeField) and (field.auto_now or (add and field.auto_now_add))


def _preparations(fields: Sequence[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Places of the values that are not taken as they are, each with its way from the value to what the driver takes."""
    return [(place, _preparation(field)) for place, field in enumerate(fields) if not isinstance(field, PLAIN)]


def _preparation(field: Any) -> Callable[[Any], Any]:
    """The same few amounts and lists of columns stand in thousands of rows: they are prepared once."""
    if isinstance(field, models.JSONField):
        return _json
    prepare: Callable[[Any], Any] = partial(field.get_db_prep_save, connection=connection)
    if isinstance(field, models.DateTimeField):  # aware, as all of ours are
        prepare = connection.ops.adapt_datetimefield_value
    return lru_cache(1024, typed=True)(prepare)


def _json(value: Any) -> str | None:
    return _json_of_few(value) if type(value) is tuple else _json_of_any(value)


def _json_of_any(value: Any) -> str | None:
    return None if value is None else _AS_JSON(value).decode()


_json_of_few = lru_cache(1024)(_json_of_any)
"""Of the columns in which a row continues the one above."""
