"""The nursery: a process that knows all modules of the reading and forks a fresh child for each upload.

`python -m targets.domain.sheets.nursery`, a socket as its standard input; who asks is `targets.intake.nursery`. To start anew for
each upload would cost a quarter of a second, a fork costs some thousandths. No Django, no database, nothing of another
upload is in here; a child sets itself the limits from which there is no way back.

Asked for `BIRTH`, with standard input, output and error of the child as descriptors, it answers with the child's number,
which no other gets. Asked for a number it kills that child if it lives and answers with its exit status. Where the socket
ends, all end.
"""

import gc
import os
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from itertools import count
from struct import Struct
from typing import NoReturn

from targets.domain.sheets.child import main as read

NUMBER = Struct("!i")
BIRTH, UNKNOWN = 0, -1
IDLE_SECONDS = 900
"""So long without work, and the memory is given back."""


def main() -> None:
    children: dict[int, int] = {}
    with socket.socket(fileno=os.dup(0)) as asked:
        asked.settimeout(IDLE_SECONDS)
        gc.collect()
        gc.freeze()  # what is here now is not looked through again by any child, so it stays shared
        numbers = count(BIRTH + 1)
        try:
            while request := _request(asked, waits=bool(children)):
                number, streams = request
                if number == BIRTH:
                    answer = next(numbers)
                    children[answer] = _born(asked, streams)
                else:
                    answer = _buried(children.pop(number)) if number in children else UNKNOWN
                asked.sendall(NUMBER.pack(answer))
        finally:
            for child in children.values():
                _buried(child)


def _request(asked: socket.socket, *, waits: bool) -> tuple[int, Sequence[int]] | None:
    """The next one; None when there will be none."""
    while True:
        try:
            message, streams, _, _ = socket.recv_fds(asked, NUMBER.size, 3)
        except TimeoutError:
            if not waits:
                return None
        except ConnectionError:
            return None
        else:
            return (NUMBER.unpack(message)[0], streams) if message else None


def _born(asked: socket.socket, streams: Sequence[int]) -> int:
    child = os.fork()
    if not child:
        asked.close()
        _live(streams)
    for stream in streams:
        os.close(stream)
    return child


def _live(streams: Sequence[int]) -> NoReturn:
    """All that a child does: whatever happens, it never goes on as a nursery."""
    status = 1
    try:
        for standard, stream in enumerate(streams):
            os.dup2(stream, standard)
            os.close(stream)
        with open(0, "rb") as asked, open(1, "wb") as told:
            try:
                read(asked, told)
                status = 0
            except BaseException:
                traceback.print_exc()  # before the end of what it tells, at which it is killed
                sys.stderr.flush()
    finally:
        os._exit(status)


def _buried(child: int) -> int:
    """How it ended."""
    os.kill(child, signal.SIGKILL)  # harmless where it has ended: nobody has waited for it yet
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
