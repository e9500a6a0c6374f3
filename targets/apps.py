from django.apps import AppConfig
from django.core.checks import Tags, register

from targets.checks import trail_is_closed


class TargetsConfig(AppConfig):
    name = "targets"
    verbose_name = "绩效目标"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        super().ready()
        register(trail_is_closed, Tags.database)
