"""`manage.py import_forms FILE...`: read, compare and store the forms of one or more workbooks."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from departments.models import Person
from departments.models.people import Membership
from departments.roles import ADMIN
from targets.domain.compose import MODES, REPLACE
from targets.domain.sheets.problems import REFUSED as PROBLEM_REFUSED
from targets.domain.sheets.problems import too_large
from targets.intake.batch import FILE_REFUSED, OK, Preview, choose_only, keep, open_batch, preview
from targets.intake.storing import ImportRefused, store_batch
from targets.management.arguments import ArgumentsInChinese, file_name, mode, words, year
from targets.models.intake import ACTIONS, REFUSED
from targets.tasks import READ_AND_STORE, start_job

EXIT = {OK: 0, FILE_REFUSED: 2}
"""Exit code by a file's outcome; every other outcome is 1. The worst of all files counts."""


class Command(ArgumentsInChinese):
    help = "导入绩效目标表（Excel 工作簿）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--year", type=year, help="预算年度；不写则按表上标题")
        parser.add_argument("--dry-run", action="store_true", help="只预览，不写入")
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--background", action="store_true", help="交后台程序读取和导入，立即返回")
        parser.add_argument(
            "--only", action="append", default=[], type=words, metavar="TITLE", help="只导入这个名称的表，可重复"
        )
        parser.add_argument(
            "--mode",
            type=mode,
            default=REPLACE,
            metavar="|".join(MODES),
            help="部门整体表：覆盖（默认）、追加、只更新本科室的行",
        )
        parser.add_argument("--as", dest="username", type=words, help="以谁的名义导入；不写则为系统管理员")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        by = acting_person(options["username"])
        told = [self._take(Path(name), by, options) for name in options["files"]]
        found = {form.title for shown, _ in told for form in shown.forms}
        told = [(_asked_for(shown, options["only"]), batch) for shown, batch in told]
        if options["json"]:
            files = [shown.as_json(batch) for shown, batch in told]
            report = {"files": files, "seconds": round(time.monotonic() - started, 3)}
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            for shown, batch in told:
                self._tell(shown, batch)
        missing = [] if options["background"] else [title for title in options["only"] if title not in found]
        for title in missing:
            self.stderr.write(f"文件里没有名称为“{title}”的表，没有导入。请核对 --only 的名称。")
        if code := max(*(EXIT.get(shown.outcome, 1) for shown, _ in told), int(bool(missing))):
            raise SystemExit(code)

    def _take(self, path: Path, by: Person, options: dict[str, Any]) -> tuple[Preview, int | None]:
        name = file_name(path)
        try:
            size = path.stat().st_size
            if size > settings.MAX_UPLOAD_BYTES:
                return Preview(name, message=too_large(name, size, settings.MAX_UPLOAD_BYTES)), None
            with path.open("rb") as file:
                content = file.read(settings.MAX_UPLOAD_BYTES + 1)  # a device has no size and no end
        except OSError:
            return Preview(name, message=f"找不到或不能读取文件“{words(str(path))}”。请核对路径。"), None
        if options["background"] and not options["dry_run"]:
            batch = open_batch(content, name, by=by, year=options["year"])
            start_job(READ_AND_STORE, batch, by, titles=options["only"], mode=options["mode"])
            return Preview(name), batch.pk
        shown = preview(content, name, by=by, year=options["year"])
        wanted = [
            form for form in shown.forms if form.can_go_in and (not options["only"] or form.title in options["only"])
        ]
        if options["dry_run"] or shown.message or not wanted:
            return shown, None
        batch = open_batch(content, name, by=by, year=options["year"])
        keep(batch, shown)
        choose_only(batch, options["only"], options["mode"])
        try:
            left_out = store_batch(batch, by=by)
        except ImportRefused as refusal:
            return Preview(name, shown.forms, shown.problems, message=str(refusal)), None
        for place, reason in left_out.items():
            shown.forms[place].refuse(reason)
        return shown, batch.pk

    def _tell(self, shown: Preview, batch: int | None) -> None:
        """What goes in, or is there already, is the answer; what does not is the fault."""
        where = f"（导入批次 {batch}）" if batch else "（未写入）"
        self.stdout.write(f"{shown.file}{where}")
        if shown.message:
            self.stderr.write(f"  {shown.message}")
        for problem in shown.problems:
            told = self.stderr if problem.level == PROBLEM_REFUSED else self.stdout
            told.write(f"  {problem.message}")
        for form in shown.forms:
            told = self.stderr if form.action == REFUSED else self.stdout
            told.write(f"  {ACTIONS[form.action]}  {form.heading or '（无名称）'}  {form.reading.sheet}")
            for problem in form.problems:
                told.write(f"      {problem.message}")


def _asked_for(shown: Preview, titles: Sequence[str]) -> Preview:
    """Of what else is in the file nothing was wanted, and nothing is told."""
    return replace(shown, forms=[form for form in shown.forms if form.title in titles]) if titles else shown


def acting_person(username: str | None) -> Person:
    """Who imports: the named person, else the first administrator."""
    if username:
        named = Person.objects.filter(username=username, is_active=True).first()
        if named is None:
            raise CommandError(f"没有用户“{username}”，或已停用。请核对用户名。")
        return named
    admin = Membership.objects.in_force().filter(role=ADMIN, person__is_active=True).order_by("pk").first()
    found = admin.person if admin else Person.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if found is None:
        raise CommandError("系统中还没有系统管理员。请先执行 createsuperuser，或用 --as 指定用户名。")
    return found
