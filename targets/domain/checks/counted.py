"""Numbers of findings that are counted for later, and on what they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from msgspec.json import Encoder

from targets.domain.checks.engine import count
from targets.domain.record import Record
from targets.domain.rules import YearRules

DOMAIN = Path(__file__).parent.parent
FILES = sorted((*DOMAIN.glob("*.py"), *DOMAIN.glob("checks/*.py")))
"""The modules that checks may call: `targets.domain` without its sheets."""
_PROGRAM = sha256(b"".join(file.read_bytes() for file in FILES)).digest()
"""Taken when they are loaded: no other version of the program believes what this one counts."""
_canonical = Encoder(order="deterministic", enc_hook=dict).encode


@dataclass(frozen=True, slots=True)
class Counted:
    """How many findings of each level the checks make of a text; right as long as its year's judge has the same `basis`."""

    levels: Mapping[str, int]
    basis: str


@dataclass(frozen=True)
class Judge:
    """Counts findings under the rules of one year."""

    rules: YearRules
    basis: str = field(init=False)
    """What the numbers depend on beside the text, as one digest: these rules and the program."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "basis", sha256(_canonical(self.rules) + _PROGRAM).hexdigest())

    def count(self, record: Record) -> Counted:
        return Counted(dict(count(record, self.rules)), self.basis)
