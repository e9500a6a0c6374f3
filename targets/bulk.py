"""Many rows at once, without the ORM's work for each: COPY on PostgreSQL, one prepared statement run many times elsewhere.

For rows whose keys nobody needs back. Values go through their field's own preparation, so what is stored is the same.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

from django.db import connection, models
from psycopg import sql

PLAIN = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey, models.BooleanField)
"""Fields whose Python values the driver takes as they are."""


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model; their primary keys stay unset."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    _insert(model, fields, _prepared(rows, fields, add=True))


def insert_values(model: type[models.Model], names: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as the values of the named fields, for which no objects are made; a foreign key is its number.

    Values of fields that are not `PLAIN` are hashable (a JSON list is a tuple): each is prepared once.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    prepares = [
        None
        if isinstance(field, PLAIN)
        else lru_cache(1024, typed=True)(partial(field.get_db_prep_save, connection=connection))
        for field in fields
    ]
    ready = (
        tuple(prepare(value) if prepare else value for prepare, value in zip(prepares, line, strict=True))
        for line in lines
    )
    _insert(model, fields, ready)


def _insert(model: type[models.Model], fields: Iterable[Any], prepared: Iterable[tuple[Any, ...]]) -> None:
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
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    key = model._meta.pk
    prepared = _prepared(rows, [*fields, key], add=False)
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(str(key.column))} = %s"  # noqa: S608  (names of our own tables)
    with connection.cursor() as cursor:
        cursor.executemany(statement, prepared)


def _prepared(rows: Sequence[models.Model], fields: Sequence[Any], *, add: bool) -> list[tuple[Any, ...]]:
    takers = [_taker(field, add=add) for field in fields]
    return [tuple(take(row) for take in takers) for row in rows]


def _taker(field: Any, *, add: bool) -> Callable[[models.Model], Any]:
    name = field.attname
    if isinstance(field, PLAIN):
        return lambda row: getattr(row, name)
    return lambda row: field.get_db_prep_save(field.pre_save(row, add), connection)
