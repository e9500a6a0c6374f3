"""WHO: divisions, departments and their offices, people and what they may do."""

from departments.models.people import Membership, Person
from departments.models.register import Department, Division, Duty, Office

__all__ = ["Department", "Division", "Duty", "Membership", "Office", "Person"]
