"""Several people at the same moment, in real threads."""

import threading
import time
from collections.abc import Callable

from django.db import connection, connections
from django.utils import timezone

from departments.models import Person
from targets.editing import EditRefused
from targets.guards import Order
from targets.models import Declaration
from targets.review import StepRefused, take_step

DONE = "done"


def together(*deeds: Callable[[], object]) -> list[str]:
    """Run the deeds at once; of each the sentence that it was told, by a refusal or as its answer, or DONE."""
    start = threading.Barrier(len(deeds))
    told = [""] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            answer = deed()
            told[place] = answer if isinstance(answer, str) and answer else DONE
        except (StepRefused, EditRefused) as refusal:
            told[place] = str(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


WAITS_FOR_ME = (
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
)
"""Of the locks themselves: who is at work is looked up once in a transaction, and not seen when he comes later."""


def until_another_waits() -> None:
    """On PostgreSQL: for whoever holds a lock, until somebody has come who wants it."""
    with connection.cursor() as cursor:
        while not cursor.execute(WAITS_FOR_ME).fetchone()[0]:
            time.sleep(0.01)


def step(form: Declaration, slug: str, person: Person) -> Callable[[], object]:
    """The step by this person, who has the form on his screen as it stands now and says all that may be needed."""
    fresh, by = Declaration.objects.get(pk=form.pk), Person.objects.get(pk=person.pk)
    order = Order(
        opinion="意见",
        seen_revision=fresh.revisions.count(),
        document_number="川财绩〔2023〕1号",
        document_date=timezone.localdate(),
    )
    return lambda: take_step(fresh, slug, by=by, order=order)
