"""`manage.py undo_import BATCH`: take an import back, form by form told."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from targets.intake.storing import ImportRefused
from targets.intake.undo import undo_batch
from targets.management.arguments import ArgumentsInChinese, batch_number, words
from targets.management.commands.import_forms import acting_person
from targets.models import ImportBatch


class Command(ArgumentsInChinese):
    help = "撤销一次导入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=batch_number, metavar="BATCH", help="导入批次编号")
        parser.add_argument("--as", dest="username", type=words, help="以谁的名义撤销；不写则为系统管理员")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"没有导入批次{options['batch']}。请核对编号。")
        try:
            told = undo_batch(batch, by=acting_person(options["username"]))
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from None
        for one in told:
            done = (one.kept_because and f"没有撤销：{one.kept_because}") or ("已作废" if one.was_created else "已恢复")
            self.stdout.write(f"{one.declaration.heading}  {done}")
        kept = sum(bool(one.kept_because) for one in told)
        if kept == len(told):
            raise CommandError(f"导入批次{batch.pk}没有撤销：{kept}张表都不能恢复到导入前，原因见上。")
        self.stdout.write(f"导入批次{batch.pk}：撤销{len(told) - kept}张，保留{kept}张。")
