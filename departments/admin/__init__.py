"""Screens: importing this package registers them."""

from departments.admin import deputations, people, register

__all__ = ["deputations", "people", "register"]
