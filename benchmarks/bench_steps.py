"""A step on many forms: chosen, checked, confirmed and taken in portions, against the same step taken one by one.

python benchmarks/bench_steps.py [--forms 500] [--rounds 5]                  # and with DATABASE_URL

In each round the same number of forms goes through 审核通过 and 批复 on either side, in turns, in one process: ours is all
that the pages do from the choice to the last result, the peer `take_step` alone. Processor time is that of this process,
without PostgreSQL.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import forms
import scene

from departments.models import Person
from targets.decisions import carry_out, choose, confirm
from targets.guards import Order
from targets.models import DecidedForm, Declaration
from targets.review import take_step

SAID = {"document_number": "川财绩〔2023〕1号", "document_date": date(2023, 1, 15)}
STEPS = ("pass", "approve")
Taken = dict[tuple[str, str], list[tuple[float, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forms", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    number = arguments.forms
    with scene.database() as database:
        forms.fill(2 * number * arguments.rounds * forms.ROWS_OF_A_FORM)
        by = Person.objects.get(username="reviewer")
        print(f"{database}, {number} forms of {forms.ROWS_OF_A_FORM} rows, {arguments.rounds} rounds")
        keys = list(Declaration.objects.order_by("pk").values_list("pk", flat=True))
        taken: Taken = defaultdict(list)
        for start in range(0, len(keys), 2 * number):
            sides = ((ours, keys[start : start + number]), (one_by_one, keys[start + number : start + 2 * number]))
            for slug in STEPS:
                for side, chosen in sides:
                    with timed(taken, slug, side):
                        side(chosen, slug, by)
        tell(taken)


def ours(chosen: list[int], slug: str, by: Person) -> None:
    decision = choose(Declaration.objects.filter(pk__in=chosen), by=by, step=slug, **SAID)
    confirm(decision)
    carry_out(decision)
    if decision.forms.exclude(state=DecidedForm.State.DONE).exists():
        raise ValueError(set(decision.forms.values_list("reason", flat=True)))


def one_by_one(chosen: list[int], slug: str, by: Person) -> None:
    for form in Declaration.objects.filter(pk__in=chosen):
        take_step(form, slug, by=by, order=Order(seen_revision=1, **SAID))  # type: ignore[arg-type]


@contextmanager
def timed(taken: Taken, slug: str, side: Callable[..., None]) -> Iterator[None]:
    clock, processor = time.perf_counter(), time.process_time()
    yield
    taken[slug, side.__name__].append((time.process_time() - processor, time.perf_counter() - clock))


def tell(taken: Taken) -> None:
    for slug in STEPS:
        one, many = (sorted(taken[slug, side.__name__]) for side in (ours, one_by_one))
        middle = len(one) // 2
        print(
            f"{slug:<8} ours {one[middle][0]:.2f} s of processor, {one[middle][1]:.2f} by the clock; "
            f"one by one {many[middle][0]:.2f} and {many[middle][1]:.2f}; ratio {many[middle][0] / one[middle][0]:.1f}"
        )


if __name__ == "__main__":
    main()
