from collections.abc import Iterator

import pytest
from django.core.management.color import Style
from django.db.backends.postgresql.operations import DatabaseOperations

from targets.checks import CLOSED
from targets.tests.samples import Samples, make_samples
from targets.tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A district in the middle of its year; see `targets.tests.world`."""
    return make_world()


@pytest.fixture
def samples(world: World) -> Samples:
    """One of everything that an address may name, in that district and in another."""
    return make_samples(world)


ALONE = """
DO $$ BEGIN LOOP
    BEGIN
        LOCK TABLE {} IN ACCESS EXCLUSIVE MODE NOWAIT;
        EXIT;
    EXCEPTION WHEN lock_not_available THEN
        PERFORM pg_sleep(0.01);
    END;
END LOOP; END $$
"""
"""All tables or none: a request of a page that was just closed, or of a process just killed, may still hold one of them and
want another, and whoever took them one by one would end in a deadlock with it."""


def emptied(self: DatabaseOperations, style: Style, tables: list[str], **options: bool) -> list[str]:
    """How PostgreSQL is emptied after a test that commits: TRUNCATE would make the files of all tables and indexes anew."""
    quoted = [self.quote_name(table) for table in tables]
    guards = [f"ALTER TABLE {table} {{}} TRIGGER trail_guard" for table in CLOSED]
    return [
        ALONE.format(", ".join(quoted)),
        *(guard.format("DISABLE") for guard in guards),
        *(f"DELETE FROM {table}" for table in quoted),  # noqa: S608 -- names of our tables
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(guard.format("ENABLE") for guard in guards),
    ]


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_deleting() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptied)
        yield
