from collections.abc import Iterator

import pytest
from django.core.management.color import Style
from django.db.backends.postgresql.operations import DatabaseOperations

from targets.checks import CLOSED
from targets.tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A district in the middle of its year; see `targets.tests.world`."""
    return make_world()


UNTIL_NOBODY_WORKS = """
DO $$ BEGIN
    WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
                  AND pid <> pg_backend_pid() AND state <> 'idle') LOOP
        PERFORM pg_sleep(0.01);
        PERFORM pg_stat_clear_snapshot();
    END LOOP;
END $$
"""
"""A request of a page that was just closed, or a process just killed: locks taken beside it could end in a deadlock."""


def emptied(self: DatabaseOperations, style: Style, tables: list[str], **options: bool) -> list[str]:
    """How PostgreSQL is emptied after a test that commits: TRUNCATE would make the files of all tables and indexes anew."""
    guards = [f"ALTER TABLE {table} {{}} TRIGGER trail_guard" for table in CLOSED]
    return [
        UNTIL_NOBODY_WORKS,
        *(guard.format("DISABLE") for guard in guards),
        *(f"DELETE FROM {self.quote_name(table)}" for table in tables),  # noqa: S608 -- names of our tables
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(guard.format("ENABLE") for guard in guards),
    ]


@pytest.fixture(scope="session", autouse=True)
def _emptied_by_deleting() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptied)
        yield
