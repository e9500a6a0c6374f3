"""The parts of a Word document that are read, and what makes one unsafe; judged on the bytes, before a parser sees them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath

from targets.domain.sheets.docx_table import DEEPEST_TABLE, MOST_TABLES

USUAL = "word/document.xml"
RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
ATTRIBUTE = re.compile(rb"""(\w+)\s*=\s*["']([^"']*)["']""")
TABLE = re.compile(rb"<(/?)(?:\w+:)?tbl(?=[\s>])[^>]*(?<!/)>")
FETCHED = ("attachedTemplate", "subDocument", "frame", "oleObject", "aFChunk", "package")
"""What an office program loads by itself when it opens the document."""
ELSEWHERE = re.compile(rb"(?:https?|ftp|smb|mhtml):|\\\\|//|file:/*(?:\\\\|//)?[\w.-]+@", re.IGNORECASE)
CHUNK = re.compile(rb"<(?:\w+:)?altChunk\b")
LARGEST = 40 * 1024 * 1024
SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为“.docx”后重新上传。"


@dataclass(frozen=True, slots=True)
class DocxParts:
    """The text, the definitions of its numbers, and by relation what pages say at their top and bottom."""

    document: bytes
    numbering: bytes
    related: Mapping[str, bytes]


def main_part(parts: Mapping[str, bytes]) -> str:
    """The name of the text's part; "" if the zip is no Word document."""
    for relation in _relations(parts.get("_rels/.rels", b"")):
        target = relation.get("Target", "").lstrip("/")
        if relation.get("Type", "").endswith("/officeDocument") and target.startswith("word/") and target in parts:
            return target
    return USUAL if USUAL in parts else ""


def docx_parts(parts: Mapping[str, bytes]) -> DocxParts:
    main = main_part(parts)
    folder = dirname(main)
    found = {
        relation.get("Id", ""): (
            relation.get("Type", ""),
            normpath(join(folder, relation.get("Target", ""))).lstrip("/"),
        )
        for relation in _relations(parts.get(_relations_of(main), b""))
    }
    numbering = next((target for kind, target in found.values() if kind.endswith("/numbering")), "")
    related = {
        identity: parts[target]
        for identity, (kind, target) in found.items()
        if kind.endswith(("/header", "/footer")) and target in parts
    }
    return DocxParts(parts[main], parts.get(numbering, b""), related)


def unsafe(parts: Mapping[str, bytes]) -> str:
    """Why the document is not read, as the end of a sentence about it; "" if it may be."""
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        return f"是带宏的 Word 文档（.docm）。{SAVE_AGAIN}"
    for part, data in parts.items():
        if part.endswith(".rels") and any(map(_is_fetched, _relations(data))):
            return "引用了网络上的模板或文件，不安全。请去掉外部引用，另存为“.docx”后重新上传。"
    main = main_part(parts)
    texts = [data for part, data in parts.items() if part.startswith("word/") and part.endswith(".xml")]
    if len(parts[main]) > LARGEST:
        return "内容过多，不像绩效目标表。请拆分后分次上传。"
    if CHUNK.search(parts[main]):
        return f"里面嵌入了其他格式的文件，读不了。{SAVE_AGAIN}"
    for data in texts:
        count, depth = _tables(data)
        if count > MOST_TABLES:
            return f"里有 {MOST_TABLES} 个以上的表格，不像绩效目标表。请拆分后分次上传。"
        if depth > DEEPEST_TABLE:
            return "的表格里套着很多层表格，不像绩效目标表。请删除多余的表格，保存后重新上传。"
    return ""


def _is_fetched(relation: Mapping[str, str]) -> bool:
    kind = relation.get("Type", "").rpartition("/")[2]
    target = relation.get("Target", "").encode()
    return relation.get("TargetMode") == "External" and kind in FETCHED and ELSEWHERE.match(target) is not None


def _tables(data: bytes) -> tuple[int, int]:
    """How many tables there are, and how many stand in one another at most."""
    count = depth = deepest = 0
    for closing in TABLE.findall(data):
        if closing:
            depth -= 1
            continue
        count += 1
        depth += 1
        deepest = max(deepest, depth)
    return count, deepest


def _relations_of(part: str) -> str:
    return join(dirname(part), "_rels", f"{part.rpartition('/')[2]}.rels")


def _relations(data: bytes) -> Iterator[dict[str, str]]:
    for found in RELATIONSHIP.findall(data):
        yield {name.decode(): value.decode("utf-8", "replace") for name, value in ATTRIBUTE.findall(found)}
