"""Screens: importing this package registers them."""

from departments.admin import people, register

__all__ = ["people", "register"]
