"""What binds the trail from outside the forms: the daily seal."""

from django.db import models


class TrailSeal(models.Model):
    """封存: the ends of all chains on one day. Seals are a chain themselves, so no form's chain can be replaced unseen."""

    number = models.PositiveIntegerField("序号", unique=True)
    day = models.DateField("日期", unique=True)
    made_at = models.DateTimeField("封存时间")
    heads = models.JSONField("链头")
    """Key of each form whose chain grew since the seal before → its length and last digest."""
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "留痕封存"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"第{self.number}次封存（{self.day}）"
