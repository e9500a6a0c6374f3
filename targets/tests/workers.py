"""Several workers at one job, as threads with connections of their own."""

import threading

from django.db import connections

from targets.models import Job
from targets.tasks import run_job


def three_workers(job: Job) -> None:
    """All begin at the same moment; the job is as they leave it."""
    start = threading.Barrier(3)

    def worker() -> None:
        start.wait()
        run_job.call(job.pk)
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job.refresh_from_db()
