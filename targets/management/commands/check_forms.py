"""`manage.py check_forms`: the findings 系统校验 of every stored form."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from targets.findings import Years, judge, waivers_of
from targets.management.arguments import ArgumentsInChinese, year
from targets.models import Declaration, Indicator

READ_AT_ONCE = 200


class Command(ArgumentsInChinese):
    help = "列出各表的系统校验结果"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=year, help="预算年度")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        forms = Declaration.objects.living().order_by("year", "-kind", "department__code", "id")
        if options["year"]:
            forms = forms.filter(year=options["year"])
        keys = list(forms.values_list("pk", flat=True))
        years = Years()
        told = [
            found
            for start in range(0, len(keys), READ_AT_ONCE)
            for found in findings_of(keys[start : start + READ_AT_ONCE], years)
        ]
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for one in told:
            self.stdout.write(
                f"{one['department']} {one['declaration']}  {one['rule']}  {one['level']}  {one['message']}"
            )
        self.stdout.write(f"共{len(told)}条")


def findings_of(keys: Sequence[int], years: Years) -> Iterator[dict[str, Any]]:
    forms = Declaration.objects.select_related("department", "budget_year__division").in_bulk(keys)
    rows, waivers = Indicator.objects.rows_of(keys), waivers_of(keys)
    for pk in keys:
        form = forms[pk]
        record = form.record(line.row for line in rows[pk])
        names = {row.key: row.name for row in record.rows}
        for judged in judge(record, years.rules_of(form), waivers[pk]):
            found = judged.finding
            yield {
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
