"""Tables of django-import-export (tablib) as files of ours. Forms leave by `targets.outgoing`, and come in by `targets.intake` alone."""

import io
from typing import ClassVar

from tablib import Dataset

from targets.domain.sheets.table_writer import TableColumn, write_table
from targets.outgoing.shapes import CONTENT_TYPES, XLSX


class PlainWorkbook:
    """A flat table. Text is written as text: `=100%` is a target, never a formula."""

    extension: ClassVar[str] = XLSX
    content_type: ClassVar[str] = CONTENT_TYPES[XLSX]

    def export_data(self, dataset: Dataset) -> bytes:
        target = io.BytesIO()
        columns = [TableColumn(header, width=20) for header in dataset.headers]
        write_table(target, columns, dataset, name="导出")
        return target.getvalue()
