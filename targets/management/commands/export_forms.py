"""`manage.py export_forms -o FILE`: the chosen forms as one official workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from targets.domain.record import KINDS
from targets.domain.steps import STATES
from targets.models import Declaration
from targets.outgoing import official_workbook


class Command(BaseCommand):
    help = "导出绩效目标表（官方样式）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, help="预算年度")
        parser.add_argument("--kind", choices=[*KINDS, "all"], default="all")
        parser.add_argument("--department", metavar="CODE", help="部门或单位代码")
        parser.add_argument("--state", choices=list(STATES))
        parser.add_argument("--layout", choices=["official"], default="official")
        parser.add_argument("-o", "--output", required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Declaration.objects.living() if options["state"] != "void" else Declaration.objects.all()
        if options["year"]:
            chosen = chosen.filter(year=options["year"])
        if options["kind"] != "all":
            chosen = chosen.filter(kind=options["kind"])
        if code := options["department"]:
            chosen = chosen.filter(Q(department__code=code) | Q(unit__code=code))
        if options["state"]:
            chosen = chosen.filter(state=options["state"])
        forms = list(chosen.select_related("current_revision").prefetch_related("indicators").order_by(*EXPORT_ORDER))
        if not forms:
            raise CommandError("没有符合条件的绩效目标表，没有写出文件。请放宽条件。")
        content = official_workbook([(form, form.record()) for form in forms])
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as error:
            raise CommandError(f"不能写入“{options['output']}”：{error.strerror}。请换一个位置。") from None
        self.stdout.write(f"已导出{len(forms)}张表：{options['output']}")


EXPORT_ORDER = ("year", "-kind", "department__code", "unit__code", "id")
