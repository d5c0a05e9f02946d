"""Checking a package without the register: nothing missing, nothing added, nothing changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker.archive.container import CHUNK_BYTES, ContainerDamaged, PackageReader, stamp_of
from tracker.archive.manifest import (
    MANIFEST_NAME,
    SEAL_NAME,
    Manifest,
    ManifestDamaged,
    Member,
    read_manifest,
    seal_bytes,
)
from tracker.errors import TrackerError

_MAX_MANIFEST_BYTES = 64 * 1024 * 1024
_MAX_SEAL_BYTES = 1024


class PackageMissing(TrackerError):
    """There is no such file to verify."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"找不到材料包“{path.name}”，或者没有读取权限，请检查路径。")


class PackageDamaged(TrackerError):
    """A package that was to be relied on does not verify. `problems` are all findings."""

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(
            f"材料包“{path.name}”校验未通过：{problems[0]}" + "。" * (not problems[0].endswith("。"))
        )


@dataclass(frozen=True)
class VerifiedPackage:
    """A package whose every byte was checked: whose it is, and for which closing of the task."""

    task_id: int
    closed_at: datetime
    sha256: str


@dataclass(frozen=True)
class PackageReport:
    """What a check found. `problems` are Chinese sentences; `sha256` is that of the whole file."""

    path: Path
    sha256: str
    members: int
    problems: tuple[str, ...]
    manifest: Manifest | None = None

    @property
    def is_intact(self) -> bool:
        return not self.problems

    def verified(self) -> VerifiedPackage:
        """Raises PackageDamaged unless nothing was found."""
        if self.problems or self.manifest is None:
            raise PackageDamaged(self.path, self.problems)
        return VerifiedPackage(self.manifest.task_id, self.manifest.closed_at, self.sha256)


def verify_package(path: Path) -> PackageReport:
    """Check a package by itself: offline, without the register, in constant memory. Raises PackageMissing."""
    try:
        sha256 = _checksum(path)
        reader = PackageReader(path)
    except OSError as error:
        raise PackageMissing(path) from error
    except ContainerDamaged as damage:
        return PackageReport(path, sha256, 0, (f"{damage}。",))
    try:
        manifest = _read_manifest(reader)
        problems = _problems(reader, manifest)
        return PackageReport(path, sha256, len(reader.sizes), tuple(problems), manifest)
    except (ContainerDamaged, ManifestDamaged) as damage:
        return PackageReport(path, sha256, len(reader.sizes), (f"{damage}。",))
    finally:
        reader.close()


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _read_manifest(reader: PackageReader) -> Manifest:
    for name in (MANIFEST_NAME, SEAL_NAME):
        if name not in reader.sizes:
            raise ManifestDamaged(f"材料包里没有“{name}”，不是本系统生成的归档材料包")
    content = reader.read(MANIFEST_NAME, max_bytes=_MAX_MANIFEST_BYTES)
    if reader.read(SEAL_NAME, max_bytes=_MAX_SEAL_BYTES) != seal_bytes(content):
        raise ManifestDamaged("清单 manifest.json 与它的校验码 manifest.sha256 不符，清单被改动过")
    manifest = read_manifest(content)
    if stamp_of(manifest.closed_at) != reader.stamp:
        raise ManifestDamaged("材料包的时间与清单中的销号时间不符，材料包被重新打包过")
    return manifest


def _problems(reader: PackageReader, manifest: Manifest) -> list[str]:
    listed = {member.path: member for member in manifest.members}
    present = [name for name in reader.sizes if name not in (MANIFEST_NAME, SEAL_NAME)]
    problems = [f"缺少清单中的文件“{path}”。" for path in listed if path not in reader.sizes]
    problems += [f"多出清单中没有的文件“{name}”。" for name in present if name not in listed]
    problems += [
        problem for name in present if name in listed for problem in _content_problems(reader, listed[name])
    ]
    return problems


def _content_problems(reader: PackageReader, member: Member) -> list[str]:
    digest = hashlib.sha256()
    try:
        for piece in reader.chunks(member.path):
            digest.update(piece)
    except ContainerDamaged as damage:
        return [f"{damage}。"]
    if (digest.hexdigest(), reader.sizes[member.path]) != (member.sha256, member.size):
        return [f"文件“{member.path}”的内容与清单中的校验码不符，文件被改动过。"]
    return []
