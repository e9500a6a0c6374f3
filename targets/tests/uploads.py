"""A person at the page 导入: uploads, looks, confirms."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from targets.domain.record import IndicatorRow, Record
from targets.domain.sheets.flat_writer import FlatForm, write_flat_workbook
from targets.domain.sheets.writer import write_official

GOOD_ROW = IndicatorRow(level1="产出指标", level2="数量指标", target="≥1人")
UPLOAD = "/admin/targets/importbatch/upload/"


def workbook(*records: Record) -> bytes:
    return write_official(records)


def flat_list(records: list[Record]) -> bytes:
    target = io.BytesIO()
    write_flat_workbook(target, (FlatForm(record) for record in records))
    return target.getvalue()


def page_text(response: Any) -> str:
    return response.content.decode()


def upload(client: Client, content: bytes, name: str = "绩效目标表.xlsx", **fields: str) -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content), **fields}, follow=True)


def confirm(client: Client, page: Any, *, without: tuple[int, ...] = ()) -> Any:
    """Press the button as the preview was shown, with the boxes of `without` cleared."""
    lines = page.context["lines"]
    ticked = [str(line.form.place) for line in lines if line.form.can_go_in and line.form.place not in without]
    shown = [str(line.form.place) for line in lines]
    batch = page.context["batch"]
    return client.post(
        reverse("admin:targets_importbatch_confirm", args=[batch.pk]), {"form": ticked, "shown": shown}, follow=True
    )


def actions(page: Any) -> list[tuple[str, str]]:
    return [(line.form.title, line.form.get_action_display()) for line in page.context["lines"]]
