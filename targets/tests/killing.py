"""A process of its own on the test's database that is killed in the middle of its work."""

import os
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.db import connection

OTHERS_AT_WORK = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
AND pid <> pg_backend_pid() AND state <> 'idle')
"""


def killed_after(seconds: float, program: str, job: int) -> None:
    """Run the program with the job's number, kill it, and wait until the database knows that it is gone."""
    worker = subprocess.Popen(
        [sys.executable, "-c", program, str(job)], env=environment(), cwd=settings.BASE_DIR, start_new_session=True
    )
    time.sleep(seconds)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    while connection.vendor == "postgresql" and _others_at_work():  # a commit that was asked for is still made
        time.sleep(0.01)


def _others_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS_AT_WORK)
        return bool(cursor.fetchone()[0])


def environment() -> dict[str, str]:
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    database = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{url.rsplit('/', 1)[0]}/{name}"
    return {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings"}
