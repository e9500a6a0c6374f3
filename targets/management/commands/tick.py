"""`manage.py tick`: what time demands. For cron or a systemd timer, once a minute."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from targets.decisions import forget_unconfirmed, release
from targets.editing import end_sittings
from targets.management.arguments import ArgumentsInChinese
from targets.models import DecidedForm
from targets.tasks import revive_jobs
from targets.trail import seal_the_day


class Command(ArgumentsInChinese):
    help = "定时维护：接手中断的后台工作，把停笔的填写存为一稿，到时下达暂存的决定，每天封存一次留痕（每分钟执行一次）"

    def handle(self, *args: Any, **options: Any) -> None:
        if number := revive_jobs():
            self.stdout.write(f"已重新安排{number}项中断的后台工作。")
        if number := end_sittings(idle=timedelta(minutes=settings.SITTING_MINUTES)):
            self.stdout.write(f"已将{number}张停笔的表存为一稿。")
        moved, tried = release(DecidedForm.objects.due(), by=None)
        if tried:
            self.stdout.write(f"定时下达：已下达{moved}张，{tried - moved}张不能办理，仍在待下达中。")
        forget_unconfirmed()
        if seal := seal_the_day():
            self.stdout.write(f"留痕已封存：{seal}，{len(seal.heads)}张表，摘要 {seal.digest}")
