"""Numbers of findings that were counted for later, and on what they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from msgspec.json import Encoder

from targets.domain.rules import YearRules

PROGRAM = Path(__file__).parent.parent
_canonical = Encoder(order="deterministic", enc_hook=dict).encode


@dataclass(frozen=True, slots=True)
class Counted:
    """How many findings of each level the checks make of a text; right as long as `basis` of its year's rules is still `under`."""

    levels: Mapping[str, int]
    under: str


def basis(rules: YearRules) -> str:
    """What the number of findings depends on beside the text, as one digest: the year's rules and the program that judges."""
    return sha256(_canonical(rules) + _program()).hexdigest()


def files() -> list[Path]:
    """The modules that checks may call: `targets.domain` without its sheets."""
    return sorted((*PROGRAM.glob("*.py"), *PROGRAM.glob("checks/*.py")))


@cache
def _program() -> bytes:
    """No other version of the program believes what this one counted."""
    return sha256(b"".join(file.read_bytes() for file in files())).digest()
