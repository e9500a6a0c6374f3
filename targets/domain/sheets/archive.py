"""An archive of workbooks (one zip from a department): its members, within limits, under names a person can read."""

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from targets.domain.sheets.problems import MEGABYTE, FileRefused, quoted

MEMBERS_AT_MOST = 3_000
LONGEST_NAME = 80
MEMBER_BYTES = 20 * MEGABYTE
ALL_BYTES = 400 * MEGABYTE
PARTS_OF_ONE_DOCUMENT = ("[Content_Types].xml", "_rels/.rels", "mimetype", "content.xml")
"""What stands in the zip that is itself one document (xlsx, ods, docx)."""
IGNORED = ("__MACOSX/", "Thumbs.db", ".DS_Store", "desktop.ini")
UTF8_FLAG = 0x800
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What the standard library raises for an archive or a member that is broken, packed in an unknown way or has a password."""


def is_archive(content: bytes) -> bool:
    """A zip of files, as against a workbook (which is a zip as well)."""
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return False
    return not any(name in PARTS_OF_ONE_DOCUMENT for name in names)


def members(content: bytes, name: str, first: int = 0) -> Iterator[tuple[str, bytes | None, int, int]]:
    """(name, bytes, number, of how many) of each file inside, from number `first` on; no bytes of one that cannot be unpacked.

    Raises FileRefused for an archive as such.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [info for info in archive.infolist() if not info.is_dir() and not _is_ignored(info.filename)]
            _check(files, name)
            paths = [_readable_path(info) for info in files]
            often = Counter(map(_last_part, paths))
            for number, (info, path) in enumerate(zip(files, paths, strict=True), start=1):
                if number >= first:
                    shown = path[-LONGEST_NAME:] if often[_last_part(path)] > 1 else _last_part(path)
                    yield shown, _unpacked(archive, info), number, len(files)
    except DAMAGE as error:
        raise sealed(name) from error


def sealed(name: str) -> FileRefused:
    return FileRefused(f"{quoted(name, 80)}解不开（可能损坏或有密码）。请重新压缩为 zip 后上传。")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    try:
        return archive.read(info)
    except DAMAGE:
        return None


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


def _readable_path(info: zipfile.ZipInfo) -> str:
    """The name with its folders, which tell apart many a 绩效目标表.xlsx; Windows writes it in GBK without saying so."""
    name = info.filename
    if not info.flag_bits & UTF8_FLAG:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "".join(char for char in "/".join(parts) if char.isprintable()) or "未命名"


def _last_part(path: str) -> str:
    return path.rpartition("/")[2][:LONGEST_NAME]
