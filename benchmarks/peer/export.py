"""The other side of the export benchmark: django-import-export as its documentation begins, and a tuned form of it."""

from import_export.resources import ModelResource

from targets.models import Indicator

HEAD = (
    "year kind code title department_code department_name unit__code unit_name total fiscal other goal state"
).split()
LINE = (
    "order level1 level2 number duty_group duty duty_goal name explanation target target_operator target_number target_unit "
    "weight plan_value standard_value standard_source average_3y last_year history_source note activity budget_item office "
    "key"
).split()


class IndicatorResource(ModelResource):
    """Out of the box: named columns, among them those of the form over the foreign key, rendered as the package does."""

    class Meta:
        model = Indicator
        fields = (*(f"declaration__{name}" for name in HEAD), *LINE)


def default(rows: int) -> bytes:
    return IndicatorResource().export(Indicator.objects.order_by("id")[:rows]).export("xlsx")


def joined(rows: int) -> bytes:
    """The same with the joins named: what somebody who knows Django adds in one line."""
    joined = Indicator.objects.select_related("declaration__unit").order_by("id")
    return IndicatorResource().export(joined[:rows]).export("xlsx")


def default_csv(rows: int) -> str:
    return IndicatorResource().export(Indicator.objects.order_by("id")[:rows]).export("csv")
