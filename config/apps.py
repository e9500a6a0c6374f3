from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PlatformConfig(AppConfig):
    """The frame itself as an app: owns the one table that belongs to no model (the shared cache)."""

    name = "config"
    label = "platform"
    verbose_name = "系统平台"


class PerformanceAdminConfig(AdminConfig):
    """Django's admin with our own site class as `admin.site`, so that third-party apps register on it too."""

    default_site = "targets.site.PerformanceSite"
