"""No room left: how a full disk shows, wherever it is met: a temporary file, SQLite, PostgreSQL, the shared cache."""

import errno
from collections.abc import Iterator

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_ROOM_OF_SQLITE = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"})
NO_ROOM_OF_POSTGRESQL = "53100"
NO_TEMPORARY_FOLDER = "No usable temporary directory"
"""Python's words when it could not write a few letters into any of the folders that it knows."""
FULL = "服务器的磁盘已满（或超出了配额）"
SENTENCE = f"{FULL}，这次操作没有完成，没有写入任何数据。请系统管理员清理或扩充临时目录和数据库所在的磁盘，然后再试。"


class NotKept(Exception):
    """The shared cache did not take a file; the database, that could not write, has told it nothing more."""


def is_without_room(fault: BaseException) -> bool:
    """Whether the fault, or one that led to it, says that something could not be written for lack of room."""
    return any(_says_so(one) for one in _chain(fault))


def _says_so(fault: BaseException) -> bool:
    return (
        isinstance(fault, NotKept)
        or (isinstance(fault, OSError) and (fault.errno in NO_ROOM or NO_TEMPORARY_FOLDER in str(fault)))
        or getattr(fault, "sqlite_errorname", "") in NO_ROOM_OF_SQLITE
        or getattr(fault, "sqlstate", "") == NO_ROOM_OF_POSTGRESQL
    )


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
