"""`manage.py build_library`: gather the indicators of approved forms, for one division or for each."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from departments.models import Division
from targets.library import build_library
from targets.management.arguments import ArgumentsInChinese


class Command(ArgumentsInChinese):
    help = "绩效指标库：从已批复的表重新汇集指标，新的待绩效科确认"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--division", metavar="CODE", help="财政区划代码；不写则为全部区划")

    def handle(self, *args: Any, **options: Any) -> None:
        divisions = Division.objects.all()
        if code := options["division"]:
            divisions = divisions.filter(code=code)
            if not divisions:
                raise CommandError(f"没有代码为“{code}”的财政区划。请核对代码。")
        for division in divisions:
            self.stdout.write(f"{division}：{build_library(division).message}")
