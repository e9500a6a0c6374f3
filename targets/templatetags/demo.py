"""Demo accounts on the log-in page; nothing outside demo mode."""

from django import template
from django.conf import settings

from targets.demo import ACCOUNTS, PASSWORD, Account

register = template.Library()


@register.simple_tag
def demo_accounts() -> tuple[Account, ...]:
    return tuple(account for account in ACCOUNTS if account.is_main) if settings.DEMO else ()


@register.simple_tag
def demo_password() -> str:
    return PASSWORD if settings.DEMO else ""
