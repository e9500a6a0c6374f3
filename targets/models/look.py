"""看过了: up to which text a reviewer has read a form, where no step and no remark of his says so."""

from django.conf import settings
from django.db import models

from targets.models.declaration import Declaration
from targets.models.revision import Revision


class Look(models.Model):
    """One for each person and form, the latest. A convenience of the reader, no part of the trail."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="looks")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="looks", verbose_name="看过的稿")
    at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "看过的稿"
        constraints = [models.UniqueConstraint(fields=["declaration", "person"], name="one_look_per_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.revision}"
