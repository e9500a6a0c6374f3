"""Who did something: the person himself, or in the place of somebody absent."""

from typing import NamedTuple


class Signature(NamedTuple):
    """As lists and prints show it: `李四`, or `李四（代张三）` of a deputy."""

    person_id: int
    name: str
    stood_in_for_id: int | None = None
    stood_in_for_name: str = ""

    def __str__(self) -> str:
        return f"{self.name}（代{self.stood_in_for_name}）" if self.stood_in_for_name else self.name

    @property
    def people(self) -> frozenset[int]:
        """All whose work it is."""
        return frozenset(one for one in (self.person_id, self.stood_in_for_id) if one is not None)

    def told_to(self, reader: int) -> str:
        """`您代张三`, `李四代您`: who did it, for the middle of a sentence."""
        name = "您" if self.person_id == reader else self.name
        if self.stood_in_for_id is None:
            return name
        return f"{name}代{'您' if self.stood_in_for_id == reader else self.stood_in_for_name}"
