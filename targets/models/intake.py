"""An upload: kept with its bytes and with what was read from it, so that any process can show, store or undo it."""

from django.conf import settings
from django.db import models

from departments.models import Department
from targets.domain.checks.counted import Counted
from targets.domain.compose import MODES, REPLACE
from targets.models.year import BudgetYear

CREATE, UPDATE, UNCHANGED, REFUSED = "create", "update", "unchanged", "refused"
ACTIONS = {CREATE: "新增", UPDATE: "更新", UNCHANGED: "无变化", REFUSED: "不能导入"}


class ImportBatch(models.Model):
    """导入批次: one file, read and compared, then stored or given up, perhaps undone."""

    class State(models.TextChoices):
        READING = "reading", "正在读取"
        UNREADABLE = "unreadable", "读不了"
        PREVIEW = "preview", "待确认"
        STORING = "storing", "正在导入"
        STORED = "stored", "已导入"
        UNDOING = "undoing", "正在撤销"
        DISCARDED = "discarded", "已放弃"
        UNDONE = "undone", "已撤销"

    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("校验值", max_length=64, db_index=True)
    year = models.PositiveSmallIntegerField("预算年度", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="import_batches", verbose_name="导入人"
    )
    uploaded_name = models.CharField("导入人", max_length=200, blank=True)
    """With those in whose place the forms went in; by then it is known whose they are."""
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.READING)
    message = models.TextField("整个文件的问题", blank=True)
    problems = models.JSONField("文件的提醒", default=list, blank=True)
    causes = models.JSONField("问题按原因", default=dict, blank=True, editable=False)
    """Of all problems, those of the forms too, counted while the file is read (`Causes.as_json`)."""
    kept = models.PositiveIntegerField("已读出", default=0, editable=False)
    """Forms written down so far; whoever reads the file knows by it that nobody else does."""
    stored_at = models.DateTimeField("导入时间", null=True, blank=True)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    refused = models.PositiveIntegerField("不能导入", default=0)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    undone_name = models.CharField("撤销人姓名", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入记录"
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name

    def counts(self) -> dict[str, int]:
        """Forms by action, of the file as it was read."""
        found = dict(self.forms.order_by().values_list("action").annotate(number=models.Count("pk")))
        return {action: found.get(action, 0) for action in ACTIONS}


class ImportedFile(models.Model):
    """The bytes of an upload. A row of their own, since every step of an import writes the batch and nobody writes them again."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField("文件内容")

    def __str__(self) -> str:
        return str(self.batch)


class ImportedForm(models.Model):
    """One form of an upload: what was read, what it was compared with, what became of it."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="forms")
    place = models.PositiveIntegerField("次序")
    portion = models.PositiveIntegerField(default=0, editable=False)
    """Forms that were kept together, bounded in lines and bytes, are stored together: so much is in memory at one time."""
    kind = models.CharField("类型", max_length=8)
    title = models.CharField("名称", max_length=200, blank=True)
    sheet = models.CharField("工作表", max_length=255)
    cell = models.CharField("单元格", max_length=12)
    action = models.CharField("处理", max_length=10, choices=list(ACTIONS.items()))
    amount = models.DecimalField("年度资金总额", max_digits=18, decimal_places=2, null=True)
    """In 元; here as well, so that a page adds up thousands of forms without opening their text."""
    frozen = models.JSONField("读到的内容", null=True)
    """The record as the file has it, under the row keys it was matched with."""
    size = models.PositiveIntegerField("字节数", default=0)
    """Bytes of what was read, so that portions are cut and the worker is called without opening a text."""
    row_count = models.PositiveIntegerField("行数", default=0)
    problems = models.JSONField("问题", default=list, blank=True)
    findings = models.JSONField("校验结果", null=True, editable=False)
    """Their numbers, counted while the rest of the file was still being read (`Counted`)."""
    budget_year = models.ForeignKey(BudgetYear, models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    declaration = models.ForeignKey("targets.Declaration", models.PROTECT, null=True, related_name="+")
    seen = models.ForeignKey("targets.Revision", models.PROTECT, null=True, related_name="+")
    changes = models.PositiveIntegerField("不同处", default=0)
    is_chosen = models.BooleanField("导入", default=True)
    mode = models.CharField("方式", max_length=8, choices=list(MODES.items()), default=REPLACE)
    is_stored = models.BooleanField("已写入", default=False)
    kept_because = models.CharField("没有撤销的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件中的表"
        ordering = ["batch", "place"]
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="one_form_per_place")]

    def __str__(self) -> str:
        return self.title

    @property
    def counted(self) -> Counted | None:
        return Counted(**self.findings) if self.findings else None

    @property
    def can_go_in(self) -> bool:
        return self.action in (CREATE, UPDATE)

    @property
    def is_repeat(self) -> bool:
        """The same form stands in the file before, word for word: nothing stored was compared with this one."""
        return self.action == UNCHANGED and self.declaration_id is None
