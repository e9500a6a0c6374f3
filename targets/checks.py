"""System checks of the database: that what protects the trail is still there."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

CLOSED = ("targets_revision", "targets_reviewevent", "targets_trailseal")
CLOSING = ("targets", "0013_trail_is_closed")
TRIGGERS = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trail_guard' AND tgenabled IN ('O', 'A')"


def trail_is_closed(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run by `migrate` and by `check --database default`: a restored dump or a hand may have left the triggers out."""
    return [
        Error(
            f"表 {table} 没有禁止修改和删除的触发器 trail_guard，留痕只剩事后核验。",
            hint="从备份恢复触发器，或执行 migrate --skip-checks targets 0012 和 migrate；然后执行 verify_trail。",
            id="targets.E001",
        )
        for alias in databases or ()
        for table in _open_tables(alias)
    ]


def _open_tables(alias: str) -> list[str]:
    connection = connections[alias]
    if connection.vendor != "postgresql" or CLOSING not in MigrationRecorder(connection).applied_migrations():
        return []
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        closed = {table for (table,) in cursor.fetchall()}
    return [table for table in CLOSED if table not in closed]
