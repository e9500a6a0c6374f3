"""Background work, done by `manage.py db_worker`."""

from django_tasks import task

from targets.editing import recount
from targets.models import Declaration


@task()
def recheck_year(budget_year: int) -> int:
    """Refresh the finding counts of a year's forms after its rules changed; safe to run twice. Returns how many."""
    forms = Declaration.objects.living().filter(budget_year=budget_year).select_related("budget_year").order_by("pk")
    number = 0
    for form in forms.iterator(chunk_size=200):
        recount(form)
        number += 1
    return number
