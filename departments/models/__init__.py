"""WHO: divisions, departments and their offices, people and what they may do."""

from departments.models.deputation import Deputation
from departments.models.people import Membership, Person
from departments.models.register import Department, Division, Duty, Office

__all__ = ["Department", "Deputation", "Division", "Duty", "Membership", "Office", "Person"]
