"""`manage.py load_demo`: tables, reference data, the 2023 forms and the demo accounts, on whatever database is set."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from targets.basics_file import BasicsRefused
from targets.demo import ACCOUNTS, FINANCE, PASSWORD, departments, load_demo
from targets.management.arguments import ArgumentsInChinese


class Command(ArgumentsInChinese):
    help = "装入演示数据（只在演示方式下可用，可重复执行）"
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "演示账号的密码是公开的，只能在演示方式下建立。试用请执行 make run；"
                "正式使用请执行 createsuperuser，登录后按首页指引设置区划、年度和部门。"
            )
        call_command("migrate", verbosity=0, interactive=False)
        try:
            loaded = load_demo()
        except BasicsRefused as refusal:
            raise CommandError(f"演示数据没有装入：{refusal}") from None
        if any((loaded.reference, loaded.accounts, loaded.forms)):
            self.stdout.write(
                f"演示数据：基础数据{loaded.reference}条，账号{loaded.accounts}个，绩效目标表{loaded.forms}张。\n"
            )
        self._tell_accounts()

    def _tell_accounts(self) -> None:
        register = departments()
        lines = [("用户名", "姓名", "角色", "单位")]
        for account in ACCOUNTS:
            department = register[account.department]
            lines.append((account.username, account.name, account.role_label, account.office or str(department)))
        widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            self.stdout.write("  ".join(pad(cell, size) for cell, size in zip(line, widths, strict=True)).rstrip())
        self.stdout.write(f"以上账号的密码都是 {PASSWORD}（财政科室均属{FINANCE}）。")


def width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, size: int) -> str:
    return text + " " * (size - width(text))
