"""`manage.py verify_trail`: does every chain hold? Names the first broken link of each that does not."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection

from targets.checks import close_tables
from targets.management.arguments import ArgumentsInChinese
from targets.trail import verify


class Command(ArgumentsInChinese):
    help = "核验留痕：逐环核对修改记录、办理记录和每日封存，指出断开的第一环（完好时退出码为0，否则为1）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出JSON")
        parser.add_argument("--noted", metavar="摘要", help="系统外记下的一次封存的摘要：它须仍在封存之中")
        parser.add_argument("--close", action="store_true", help="先补上缺少的触发器（PostgreSQL）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["close"]:
            close_tables(connection)
        report = verify(noted=options["noted"] or "")
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            for one in report.breaks:
                self.stdout.write(str(one))
            seal = f"最近一次是{report.newest_seal}，摘要 {report.newest_digest}" if report.seals else "还没有封存"
            self.stdout.write(f"核对了{report.forms}张表的{report.links}环，{report.seals}次封存（{seal}）。")
        if report.breaks:
            raise CommandError(f"留痕有{len(report.breaks)}处断开。请保留现状，与备份比对后查明原因。", returncode=1)
        if not options["json"]:
            self.stdout.write("留痕完好。")
