"""Which process does something, and whether it is gone for certain."""

import hashlib
import os
import secrets
import socket
from pathlib import Path

BOOT, NUMBERING = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
LENGTH = 12


def new_owner() -> str:
    """Names one hold of this process, like no other: where it runs, its number there, and something of its own."""
    return f"{_place()}-{os.getpid()}-{secrets.token_hex(LENGTH // 2)}"


def is_gone(owner: str) -> bool:
    """Whether the process that this names has ended. Only of one that ran in the same place can that be known; a number that
    another process has by now says nothing, and neither does one whose remains nobody has fetched."""
    place, _, rest = owner.partition("-")
    number = rest.partition("-")[0]
    if not place or place != _place() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except OSError as fault:  # another user's is there, and not to be asked
        return isinstance(fault, ProcessLookupError)
    return False


def _place() -> str:
    """Where numbers of processes mean the same: one start of one machine, and one container on it; "" where that is not told."""
    try:
        place = f"{socket.gethostname()} {BOOT.read_text()} {NUMBERING.readlink()}"
    except OSError:
        return ""
    return hashlib.sha256(place.encode()).hexdigest()[:LENGTH]
