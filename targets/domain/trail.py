"""The trail: what a form's revisions and events say, each bound to the one before by SHA-256. One chain for each form.

No Django: rows are any objects with these attributes, so that a migration may chain rows of historical models.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from msgspec.json import Encoder

Names = tuple[str, ...]

REVISION: Names = (
    *("declaration_id", "link", "id", "number", "version", "schema", "frozen", "reason", "note"),
    *("author_id", "author_name", "by_finance", "batch_id", "created_at"),
)
EVENT: Names = (
    *("declaration_id", "link", "number", "version", "revision_id", "step", "label", "from_state", "to_state"),
    *("person_id", "person_name", "role", "opinion", "document_number", "document_date", "findings", "at"),
)
SEAL: Names = ("number", "day", "made_at", "heads")
"""What of a row goes into its digest: everything it says. Changing these tuples breaks every chain that there is."""
LATER: Names = ("stood_in_for_id", "stood_in_for_name", "particulars", "rolls")
"""Came after the first chains: a row that says nothing there has the digest it would have had before."""

_canonical = Encoder(order="sorted").encode
"""Keys in their order, no spaces, Chinese as it is: what `json.dumps` says with these three wishes, byte for byte."""


def facts(row: Any, names: Names) -> dict[str, Any]:
    later = {name: value for name in LATER if (value := getattr(row, name, None))}
    return {name: plain(getattr(row, name)) for name in names} | later


def plain(value: Any) -> Any:
    """Times as they are stored, in any time zone and by any database: UTC with microseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def digest(previous: str, said: Mapping[str, Any]) -> str:
    """Of what is said now, upon all that was said before (`previous`, "" at the beginning)."""
    return sha256(previous.encode() + b"\n" + _canonical(said)).hexdigest()


def add_link(form: Any, row: Any, names: Names) -> None:
    """Hang the row, complete but for its place, on the end of the form's chain. Store both under the form's lock."""
    row.link = form.trail_length + 1
    row.digest = digest(form.trail_head, facts(row, names))
    form.trail_length, form.trail_head = row.link, row.digest
