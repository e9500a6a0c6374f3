"""The other side of reading official workbooks: the values of a sheet with its merges filled, and nothing understood."""

import io
import zipfile
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook


def by_calamine(content: bytes) -> list[list[Any]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    values = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, bottom + 1):
            values[row][left : right + 1] = [values[top][left]] * (right + 1 - left)
    return values


def by_openpyxl(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    values = [list(row) for row in sheet.iter_rows(values_only=True)]
    for merge in sheet.merged_cells.ranges:
        value = values[merge.min_row - 1][merge.min_col - 1]
        for row in range(merge.min_row - 1, merge.max_row):
            values[row][merge.min_col - 1 : merge.max_col] = [value] * (merge.max_col + 1 - merge.min_col)
    return values


def unzipped(content: bytes) -> list[bytes]:
    """Less than this no reader can do."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]
