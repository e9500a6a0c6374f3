"""An archive of workbooks (one zip from a department): its members, within limits, under names a person can read."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from targets.domain.sheets.guard import MEGABYTE
from targets.domain.sheets.problems import FileRefused, quoted

MEMBERS_AT_MOST = 3_000
MEMBER_BYTES = 20 * MEGABYTE
ALL_BYTES = 400 * MEGABYTE
PARTS_OF_ONE_DOCUMENT = ("[Content_Types].xml", "mimetype", "content.xml")
"""What stands in the zip that is itself one document (xlsx, ods, docx)."""
IGNORED = ("__MACOSX/", "Thumbs.db", ".DS_Store", "desktop.ini")
UTF8_FLAG = 0x800


def is_archive(content: bytes) -> bool:
    """A zip of files, as against a workbook (which is a zip as well)."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return bool(names) and not any(name in PARTS_OF_ONE_DOCUMENT for name in names)


def members(content: bytes, name: str) -> Iterator[tuple[str, bytes, int, int]]:
    """(name, bytes, number, of how many) of each file inside; raises FileRefused for an archive as such."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [info for info in archive.infolist() if not info.is_dir() and not _is_ignored(info.filename)]
            _check(files, name)
            for number, info in enumerate(files, start=1):
                yield _readable_name(info), archive.read(info), number, len(files)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileRefused(
            f"{quoted(name, 80)}是压缩包，但解不开（可能损坏或有密码）。请重新压缩为 zip 后上传。"
        ) from error


def _check(files: list[zipfile.ZipInfo], name: str) -> None:
    if not files:
        raise FileRefused(f"{quoted(name, 80)}是空的压缩包。请重新压缩后上传。")
    if len(files) > MEMBERS_AT_MOST:
        raise FileRefused(f"{quoted(name, 80)}里有{len(files)}个文件，最多{MEMBERS_AT_MOST}个。请分成几个压缩包上传。")
    too_large = next((info for info in files if info.file_size > MEMBER_BYTES), None)
    if too_large is not None or sum(info.file_size for info in files) > ALL_BYTES:
        raise FileRefused(f"{quoted(name, 80)}解压后太大。请分成几个压缩包上传。")


def _is_ignored(path: str) -> bool:
    last = PurePosixPath(path.replace("\\", "/")).name
    return path.startswith(IGNORED[0]) or last in IGNORED or last.startswith("~$")


def _readable_name(info: zipfile.ZipInfo) -> str:
    """The last part of the name; Windows writes names in GBK without saying so."""
    name = info.filename
    if not info.flag_bits & UTF8_FLAG:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[:80] or "未命名"
