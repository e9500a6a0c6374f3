"""`manage.py tick`: what time demands. For cron or a systemd timer, once a minute."""

from typing import Any

from django.core.management.base import BaseCommand

from targets.tasks import revive_jobs


class Command(BaseCommand):
    help = "定时维护：接手中断的后台工作（每分钟执行一次）"

    def handle(self, *args: Any, **options: Any) -> None:
        if number := revive_jobs():
            self.stdout.write(f"已重新安排{number}项中断的后台工作。")
