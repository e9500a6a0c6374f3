"""`manage.py adopt_forms --year Y --document NO --date D`: take imported forms of a closed year for approved, each told."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Q

from targets.domain.steps import DRAFT
from targets.guards import Order
from targets.management.arguments import ArgumentsInChinese, batch_number, words, year
from targets.management.commands.import_forms import acting_person
from targets.models import Declaration
from targets.review import StepRefused, take_step


class Command(ArgumentsInChinese):
    help = "历史数据接收：把已关账年度中录入的表直接记为已批复"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=year, help="预算年度")
        parser.add_argument("--batch", type=batch_number, help="只接收这次导入（导入批次编号）的表")
        parser.add_argument("--department", type=words, metavar="CODE", help="主管部门或实施单位的代码")
        parser.add_argument(
            "--document", required=True, type=words, metavar="NUMBER", help="批复文号，如 川财绩〔2022〕1号"
        )
        parser.add_argument("--date", required=True, type=words, help="发文日期，如 2022-01-20")
        parser.add_argument("--dry-run", action="store_true", help="只列出，不接收")
        parser.add_argument("--as", dest="username", type=words, help="以谁的名义接收；不写则为系统管理员")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["year"] and not options["batch"]:
            raise CommandError("没有接收：请用 --year 或 --batch 说明接收哪些表。")
        by = acting_person(options["username"])
        order = Order(document_number=options["document"], document_date=_day(options["date"]))
        forms = _chosen(options)
        if not forms:
            raise CommandError("没有可接收的表：没有符合条件、还在编制中的表。")
        refused = 0
        for form in forms:
            refusal = "（未接收）" if options["dry_run"] else _adopt(form, order, by)
            refused += bool(refusal) and not options["dry_run"]
            self.stdout.write(f"{form.year}年 {form.heading}  {refusal or '已接收'}")
        if not options["dry_run"]:
            self.stdout.write(f"接收{len(forms) - refused}张，未接收{refused}张。")
        if refused:
            raise SystemExit(1)


def _adopt(form: Declaration, order: Order, by: Any) -> str:
    """ "" when done, else why not."""
    try:
        take_step(form, "adopt", by=by, order=order)
    except StepRefused as refusal:
        return str(refusal)
    return ""


def _chosen(options: dict[str, Any]) -> list[Declaration]:
    found = Declaration.objects.filter(state=DRAFT).select_related("unit")
    if options["year"]:
        found = found.filter(year=options["year"])
    if options["batch"]:
        found = found.filter(current_revision__batch=options["batch"])
    if code := options["department"]:
        found = found.filter(Q(department__code=code) | Q(unit__code=code))
    return list(found.order_by("year", "department__code", "kind", "pk"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"发文日期“{text}”不是日期，没有接收。请写成如 2022-01-20。") from None
