from django.apps import AppConfig, apps
from django.contrib.admin import site
from django.contrib.admin.apps import AdminConfig

NO_SCREENS = ("auth.Group", "django_tasks_database.DBTaskResult")
"""Registered by their packages: groups give nobody anything here, and jobs are told in the log."""


class PlatformConfig(AppConfig):
    """The frame itself as an app: owns the one table that belongs to no model (the shared cache)."""

    name = "config"
    label = "platform"
    verbose_name = "系统平台"


class PerformanceAdminConfig(AdminConfig):
    """Django's admin with our own site class as `admin.site`, so that third-party apps register on it too."""

    default_site = "targets.site.PerformanceSite"

    def ready(self) -> None:
        super().ready()
        site.unregister([apps.get_model(label) for label in NO_SCREENS])
