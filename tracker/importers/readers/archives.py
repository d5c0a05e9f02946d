"""An office file is a zip of XML. Both are opened here and nowhere else, as files that may be hostile.

Sizes are checked before anything is inflated and again while inflating, because a zip may lie about them. XML is
parsed without entities, network or the parser's own size exemptions, and a part with a DOCTYPE is refused: no
office program writes one.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from tracker.importers.errors import SourceDamaged, SourceEncrypted, SourceTooLarge, SourceUnsupported
from tracker.importers.readers.limits import ReadLimits

_CHUNK = 256 * 1024
_STRICT_NAMESPACE = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")  # ISO 29500 strict, as Word may save
_USUAL_NAMESPACE = rb"http://schemas.openxmlformats.org/\1/2006/"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True)
class Relationship:
    """One link of a part: its kind (the last word of the type's address), and the part it leads to."""

    id: str
    kind: str
    target: str


class OfficeArchive:
    """The members of one zip, inflated under a common budget."""

    def __init__(self, data: bytes, name: str, limits: ReadLimits) -> None:
        self.name = name
        self.limits = limits
        self._inflated: dict[str, bytes] = {}
        self._budget = limits.max_unzipped_bytes
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError) as error:
            raise _damaged(name) from error
        self._members = {info.filename: info for info in self._zip.infolist()}
        self._check_directory(len(data))

    def _check_directory(self, size: int) -> None:
        members = self._zip.infolist()
        if len(members) > self.limits.max_members:
            raise SourceTooLarge(
                f"文件“{self.name}”的压缩包内有{len(members)}个文件，超过上限{self.limits.max_members}个，"
                "请用 Word 或 WPS 另存为新文件后再导入。"
            )
        if any(info.flag_bits & 0x1 for info in members):
            raise SourceEncrypted(f"文件“{self.name}”的压缩包有密码，请去掉密码后再导入。")
        if len(self._members) != len(members):
            raise _damaged(self.name)
        self._check_inflation(sum(info.file_size for info in members), size)

    def _check_inflation(self, unzipped: int, zipped: int) -> None:
        limits = self.limits
        swollen = unzipped > limits.free_unzipped_bytes and unzipped > zipped * limits.max_ratio
        if swollen or unzipped > limits.max_unzipped_bytes:
            raise _bomb(self.name, limits)

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(self._members)

    def has(self, member: str) -> bool:
        return member in self._members

    def read(self, member: str) -> bytes:
        """Inflate one member. Raises SourceTooLarge or SourceDamaged."""
        if member not in self._inflated:
            self._inflated[member] = self._inflate(member)
        return self._inflated[member]

    def _inflate(self, member: str) -> bytes:
        info = self._members[member]
        ceiling = min(self._budget, self.limits.max_part_bytes)
        pieces: list[bytes] = []
        total = 0
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(_CHUNK):
                    total += len(piece)
                    if total > ceiling:
                        raise _bomb(self.name, self.limits)
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise _damaged(self.name) from error
        except RuntimeError as error:
            raise SourceEncrypted(f"文件“{self.name}”的压缩包有密码，请去掉密码后再导入。") from error
        self._budget -= total
        return b"".join(pieces)

    def inflate_all(self, folder: str) -> None:
        """Inflate every XML member of a folder, so that a library which does it again finds no surprise."""
        for member in self._members:
            if member.lower().startswith(folder) and member.lower().endswith((".xml", ".rels")):
                self.read(member)

    def parse(self, member: str) -> etree._Element:
        """The XML of one member. Raises SourceDamaged, SourceTooLarge, or SourceUnsupported for a DOCTYPE."""
        try:
            root = etree.fromstring(self._usual(member), _parser())
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._damaged_part(member) from error
        self._refuse_doctype(root, member)
        return root

    def stream(self, member: str, tags: Sequence[str]) -> Iterator[etree._Element]:
        """Elements of one large member, each given up after it was looked at. Raises what `parse` raises."""
        source = io.BytesIO(self._usual(member))
        events = etree.iterparse(
            source, tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            for _, element in events:
                self._refuse_doctype(element, member)
                yield element
                element.clear()
                while (earlier := element.getprevious()) is not None:
                    earlier.getparent().remove(earlier)  # type: ignore[union-attr]
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._damaged_part(member) from error

    def _usual(self, member: str) -> bytes:
        return _STRICT_NAMESPACE.sub(_USUAL_NAMESPACE, self.read(member))

    def _damaged_part(self, member: str) -> SourceDamaged:
        return SourceDamaged(
            f"文件“{self.name}”内部的{member}不完整、已损坏或内容异常（单段文字过长、嵌套过深），请用 Word 或 WPS 打开并另存后再导入。"
        )

    def _refuse_doctype(self, element: etree._Element, member: str) -> None:
        if element.getroottree().docinfo.doctype:
            raise SourceUnsupported(
                f"文件“{self.name}”内部的{member}含有实体声明，正常的办公文件没有，已拒绝读取，请用 Word 或 WPS 另存后再导入。"
            )

    def relationships(self, part: str) -> tuple[Relationship, ...]:
        """Where a part (or, for an empty name, the package) leads to, in the file's order."""
        folder, base = posixpath.split(part)
        member = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(member):
            return ()
        return tuple(
            Relationship(
                id=link.get("Id", ""),
                kind=link.get("Type", "").rsplit("/", 1)[-1],
                target=_resolve(folder, link.get("Target", "")),
            )
            for link in self.parse(member).iter(_RELATIONSHIP)
            if link.get("TargetMode") != "External"
        )


def _resolve(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _damaged(name: str) -> SourceDamaged:
    return SourceDamaged(
        f"文件“{name}”不完整或已损坏，请重新取得原件，或用 Word、Excel、WPS 打开并另存后再导入。"
    )


def _bomb(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”解压后过大（上限{limits.max_unzipped_bytes // (1024 * 1024)} MB）或压缩比异常，已拒绝读取，"
        "请删去多余的图片和空行，另存后再导入。"
    )
