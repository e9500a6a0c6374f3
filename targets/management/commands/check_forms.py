"""`manage.py check_forms`: the findings 系统校验 of every stored form."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from targets.findings import judge
from targets.models import Declaration


class Command(BaseCommand):
    help = "列出各表的系统校验结果"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, help="预算年度")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        forms = Declaration.objects.living().select_related("unit", "department", "budget_year__division")
        if options["year"]:
            forms = forms.filter(year=options["year"])
        rules: dict[int, Any] = {}
        told: list[dict[str, Any]] = []
        for form in forms.prefetch_related("indicators", "waivers").order_by("year", "-kind", "department__code", "id"):
            if form.budget_year_id not in rules:
                rules[form.budget_year_id] = form.budget_year.rules()
            record = form.record()
            names = {row.key: row.name for row in record.rows}
            for judged in judge(record, rules[form.budget_year_id], form.waivers.all()):
                found = judged.finding
                told.append(
                    {
                        "declaration": form.title,
                        "kind": form.kind,
                        "department": form.department.code,
                        "row": names.get(found.row, ""),
                        "field": found.field,
                        "rule": found.rule,
                        "level": found.level,
                        "message": found.message,
                        "evidence": dict(found.evidence),
                    }
                )
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for one in told:
            self.stdout.write(f"{one['declaration']}  {one['rule']}  {one['level']}  {one['message']}")
        self.stdout.write(f"共{len(told)}条")
