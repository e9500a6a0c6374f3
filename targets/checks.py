"""System checks of the database: that what protects the trail is still there."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

CLOSED = ("targets_revision", "targets_reviewevent", "targets_trailseal", "targets_accessrecord", "django_admin_log")
CLOSING = ("targets", "0029_rolls")
FUNCTION = """
CREATE OR REPLACE FUNCTION targets_trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '留痕记录不能修改或删除：%', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
TRIGGER = """
CREATE TRIGGER trail_guard BEFORE UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION targets_trail_refuse()
"""
TRIGGERS = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trail_guard' AND tgenabled IN ('O', 'A')"


def trail_is_closed(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run by `migrate` and by `check --database default`: a restored dump or a hand may have left the triggers out."""
    return [
        Error(
            f"表 {table} 没有禁止修改和删除的触发器 trail_guard，留痕只剩事后核验。",
            hint="请执行 verify_trail --close：先补上触发器，再核验。",
            id="targets.E001",
        )
        for alias in databases or ()
        for table in _open_tables(alias)
    ]


def close_tables(connection: Any) -> None:
    """Put the triggers where they are missing or switched off. The function is there since the migration, or made anew."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        for table in CLOSED:
            cursor.execute(f"DROP TRIGGER IF EXISTS trail_guard ON {table}")
            cursor.execute(TRIGGER.format(table))


def _open_tables(alias: str) -> list[str]:
    connection = connections[alias]
    if connection.vendor != "postgresql" or CLOSING not in MigrationRecorder(connection).applied_migrations():
        return []
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        closed = {table for (table,) in cursor.fetchall()}
    return [table for table in CLOSED if table not in closed]
