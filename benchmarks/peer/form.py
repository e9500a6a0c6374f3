"""The other side of bench_form: Django's own admin, as its documentation begins, on the same tables and rows."""

from html.parser import HTMLParser

from django.contrib import admin
from django.urls import include, path

from targets.models import DepartmentPlan, Indicator
from targets.paper import PLAN_COLUMNS

COLUMNS = tuple(column.field for column in PLAN_COLUMNS if not column.is_optional)


class IndicatorInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Indicator
    fields = COLUMNS


class PlanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    fields = ("title", "code")
    inlines = (IndicatorInline,)


site = admin.AdminSite(name="plain")
site.register(DepartmentPlan, PlanAdmin)
urlpatterns = [path("plain/", site.urls), path("", include("config.urls"))]


class Sent(HTMLParser):
    """What a browser would send back of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "input" and name and said.get("type") not in ("submit", "checkbox", "file"):
            self.fields[name] = said.get("value", "")
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self.area] = self.fields[self.area].removeprefix("\n")
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data
