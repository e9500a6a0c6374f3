"""The other side of the import benchmark: django-import-export as its documentation begins, and a tuned form of it.

They fill `Indicator` of forms that are there already, from the flat list, by the project code and the key of the row. They
make no forms, keep no revisions, check nothing and derive no numbers from the values: all of that is in their favour.
"""

from typing import Any

import tablib
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from targets.domain.sheets.flat_writer import HEADERS, PLACE
from targets.models import Declaration, Indicator

COLUMNS = {name: HEADERS[name] for name in ("key", "level1", "level2", "name", "target", "explanation", "weight")} | {
    "order": HEADERS[PLACE]
}
CODE = HEADERS["code"]
IDENTITY = ("declaration", "key")


class LineResource(ModelResource):
    """Out of the box: named columns, a look-up by code, an identity of two columns."""

    declaration = Field("declaration", CODE, ForeignKeyWidget(Declaration, "code"))

    class Meta:
        model = Indicator
        fields = ("declaration", *COLUMNS)
        import_id_fields = IDENTITY

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, header in COLUMNS.items():
            self.fields[name].column_name = header


class KnownForms(ForeignKeyWidget):
    """All codes looked up at once."""

    known: dict[str, Declaration] | None = None

    def clean(self, value: Any, row: Any = None, **options: Any) -> Declaration | None:
        if self.known is None:
            self.known = {form.code: form for form in Declaration.objects.all()}
        return self.known[value]


class KnownLines(BaseInstanceLoader):
    """All lines of the forms named in the file, fetched at once."""

    def __init__(self, resource: ModelResource, dataset: tablib.Dataset) -> None:
        super().__init__(resource, dataset)
        lines = Indicator.objects.filter(declaration__code__in=set(dataset[CODE])).select_related("declaration")
        self.known = {(line.declaration.code, line.key): line for line in lines}

    def get_instance(self, row: dict[str, Any]) -> Indicator | None:
        return self.known.get((row[CODE], row[HEADERS["key"]]))


class TunedLineResource(LineResource):
    """With every switch of its documentation on bulk imports, and both look-ups answered from memory."""

    declaration = Field("declaration", CODE, KnownForms(Declaration, "code"))

    class Meta(LineResource.Meta):
        use_bulk = True
        batch_size = 2000
        skip_unchanged = True
        skip_diff = True
        skip_html_diff = True
        report_skipped = False
        use_transactions = True
        instance_loader_class = KnownLines


def imported(resource: type[ModelResource], content: bytes) -> None:
    """Preview and confirmation of the package's admin, which reads the file for each; without drawing its pages."""
    for is_preview in (True, False):
        dataset = tablib.Dataset().load(content, format="xlsx")
        result = resource().import_data(dataset, dry_run=is_preview, raise_errors=True)
        if result.has_validation_errors():
            raise ValueError(result.invalid_rows[0].error)
