"""What an attached file really is, by its first bytes and parts, never by its name. Nothing here is parsed or unpacked."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

LONGEST_NAME = 120
READ_KINDS = "pdf、docx、xlsx、png、jpg"


@dataclass(frozen=True, slots=True)
class FileKind:
    extension: str
    content_type: str


PDF = FileKind("pdf", "application/pdf")
PNG = FileKind("png", "image/png")
JPEG = FileKind("jpg", "image/jpeg")
DOCX = FileKind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

STARTS: tuple[tuple[bytes, FileKind], ...] = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
MAIN_PARTS: tuple[tuple[str, FileKind], ...] = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX))
MACROS = "vbaProject.bin"


class NotAttachable(Exception):
    """Why a file is not taken, as the end of a sentence that begins with its name."""


def kind_of(content: bytes) -> FileKind:
    """Raises NotAttachable."""
    for start, kind in STARTS:
        if content.startswith(start):
            return kind
    if not content:
        raise NotAttachable("是空文件。请重新选择文件。")
    if content.startswith(b"PK"):
        return _kind_of_package(content)
    raise NotAttachable(f"不是可以上传的附件。请转换为 {READ_KINDS} 后重新上传。")


def _kind_of_package(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotAttachable("已损坏，打不开。请重新保存后上传。") from error
    if any(name.endswith(MACROS) for name in names):
        raise NotAttachable("含有宏。请另存为不含宏的 docx 或 xlsx 后重新上传。")
    found = next((kind for part, kind in MAIN_PARTS if part in names), None)
    if found is None:
        raise NotAttachable(f"是压缩包。请解压后分别上传其中的文件（{READ_KINDS}）。")
    return found


def attachment_name(name: str, kind: FileKind) -> str:
    """The last part of an uploaded name, of printable characters, ending as its content says."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(char for char in last if char.isprintable() and char not in '<>:"|?*').strip(". ")
    stem, dot, extension = shown.rpartition(".")
    same = extension.lower() in (kind.extension, "jpeg" if kind is JPEG else kind.extension)
    bare = stem if dot and (same or len(extension) <= 5) else shown
    return f"{bare[:LONGEST_NAME].strip() or '附件'}.{kind.extension}"
