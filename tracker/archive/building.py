"""Building the closing package of a task: the same task closed once gives the same bytes, whenever it is built."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session

from tracker.archive.container import MAX_MEMBERS, PackageWriter, stamp_of
from tracker.archive.contents import PackageContents, PackagedEvidence
from tracker.archive.documents import COVER_NAME, HISTORY_NAME, INDEX_NAME, cover, history, index, link_text
from tracker.archive.gathering import gather_package
from tracker.archive.manifest import MANIFEST_NAME, SEAL_NAME, Member, manifest_bytes, seal_bytes
from tracker.archive.verifying import VerifiedPackage, verify_package
from tracker.errors import ActRefused, TrackerError
from tracker.evidence_store import CHUNK_BYTES, EvidenceStore
from tracker.models import Task
from tracker.queries.parts import get_parts
from tracker.queries.tasks import get_task
from tracker.services.acting import require_part
from tracker.services.auditing import Actor, record
from workflows.kernel import Unmet
from workflows.roles import Role
from workflows.task import TASK_WORKFLOW, TaskState

_ACT = "生成归档材料包"


class EvidenceAltered(TrackerError):
    """A stored file is no longer what was accepted; no package is built from it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"材料“{name}”的存储文件与登记的校验码不符，不能归档，请管理员核对存储的材料。")


class PlaceNotWritable(TrackerError):
    """The package cannot be written where it was asked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"不能写入“{path}”，请检查文件夹是否存在、是否有写入权限、磁盘是否已满。")


@dataclass(frozen=True)
class BuiltPackage:
    """A package that was written and verified. `size` in bytes."""

    path: Path
    size: int
    members: int
    verified: VerifiedPackage

    @property
    def sha256(self) -> str:
        return self.verified.sha256


def build_package(
    session: Session, store: EvidenceStore, task_id: int, *, out: Path, actor: Actor
) -> BuiltPackage:
    """Write the package of a closed task to `out` and verify it.

    Takes as long as its files are large, and only reads: the session should hold no lock for which others wait.
    `record_package` puts it on record. The file appears whole or not at all. What is in it depends on the task alone.
    Raises TaskNotFound, ActRefused, ContentMissing, EvidenceAltered, PlaceNotWritable.
    """
    task = get_task(session, task_id)
    contents = gather_package(session, task, closed_at=_closed_at(session, task, actor))
    try:
        return _write(contents, store, out)
    except OSError as error:
        raise PlaceNotWritable(out) from error


def record_package(session: Session, built: BuiltPackage, *, actor: Actor, at: datetime) -> None:
    """Put on record that a package was built. The caller commits.

    Raises TaskNotFound, and ActRefused where the task is not any more as it was closed then.
    """
    task_id = built.verified.task_id
    if _closed_at(session, get_task(session, task_id), actor) != built.verified.closed_at:
        raise ActRefused(_ACT, [Unmet("closed-anew", "生成期间任务重新办理过，请重新生成材料包")])
    record(
        session,
        kind="package.build",
        actor=actor,
        at=at,
        subject="task",
        subject_id=task_id,
        task_id=task_id,
        data={"sha256": built.sha256, "size": built.size, "members": built.members},
    )


def _closed_at(session: Session, task: Task, actor: Actor) -> datetime:
    require_part(get_parts(session, task), actor, (Role.COORDINATOR,), _ACT)
    if task.closed_at is None or task.state not in (TaskState.CLOSED, TaskState.ARCHIVED):
        state = TASK_WORKFLOW.state_labels[task.state]
        raise ActRefused(_ACT, [Unmet("wrong-state", f"任务现在是“{state}”，“已销号”之后才能生成材料包")])
    return task.closed_at


def _write(contents: PackageContents, store: EvidenceStore, out: Path) -> BuiltPackage:
    handle, temporary_name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name[:40]}.")
    temporary = Path(temporary_name)
    try:
        with os.fdopen(handle, "wb") as target:
            _write_members(contents, store, target)
            target.flush()
            os.fsync(target.fileno())
        report = verify_package(temporary)
        built = BuiltPackage(out, temporary.stat().st_size, report.members, report.verified())
        temporary.chmod(0o640)  # it holds what the evidence store keeps from strangers
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)
    return built


def _write_members(contents: PackageContents, store: EvidenceStore, target: BinaryIO) -> None:
    documents = _documents(contents)
    files = {each.path: each for each in contents.evidence if each.sha256}
    if len(files) + len(documents) > MAX_MEMBERS:
        raise ActRefused(_ACT, [Unmet("too-many-files", f"材料超过{MAX_MEMBERS}件，请合并后再归档")])
    members = []
    with closing(PackageWriter(target, stamp_of(contents.closed_at))) as writer:
        for path in sorted([*documents, *files]):
            if path in documents:
                writer.write(path, documents[path])
                digest = hashlib.sha256(documents[path]).hexdigest()
                members.append(Member(path, len(documents[path]), digest))
            else:
                members.append(_copy(store, files[path], writer))
        manifest = manifest_bytes(contents, tuple(members))
        writer.write(MANIFEST_NAME, manifest)
        writer.write(SEAL_NAME, seal_bytes(manifest))


def _documents(contents: PackageContents) -> Mapping[str, bytes]:
    links = {each.path: link_text(each) for each in contents.evidence if not each.sha256}
    return {
        COVER_NAME: cover(contents),
        INDEX_NAME: index(contents),
        HISTORY_NAME: history(contents),
        **links,
    }


def _copy(store: EvidenceStore, evidence: PackagedEvidence, writer: PackageWriter) -> Member:
    """Copy a stored file into the package and refuse it where it is not what was accepted."""
    assert evidence.sha256 is not None
    assert evidence.size is not None
    digest, copied = hashlib.sha256(), 0
    with store.open(evidence.sha256) as source, writer.member(evidence.path, size=evidence.size) as target:
        while copied <= evidence.size and (piece := source.read(CHUNK_BYTES)):
            copied += len(piece)
            digest.update(piece)
            target.write(piece)
    if (copied, digest.hexdigest()) != (evidence.size, evidence.sha256):
        raise EvidenceAltered(evidence.name)
    return Member(evidence.path, evidence.size, evidence.sha256)
