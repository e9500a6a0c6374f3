"""常用语: sentences that reviewers use again and again, one's own or shared by the division."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.models import Division, Person


class StockPhraseQuerySet(models.QuerySet["StockPhrase"]):
    def visible_to(self, user: Person) -> "StockPhraseQuerySet":
        """One's own, and those shared in the divisions one works for."""
        if user.is_superuser:
            return self
        shared = Q(owner=None, division__departments__in=user.scope.reach())
        return self.filter(Q(owner=user) | shared).distinct()


class StockPhrase(models.Model):
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="财政区划")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁的"
    )
    text = models.CharField("常用语", max_length=300)
    is_used = models.BooleanField("使用", default=True)

    objects = StockPhraseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核常用语"
        ordering = ["owner", "id"]

    def __str__(self) -> str:
        return self.text
