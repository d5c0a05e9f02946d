"""`manifest.json`: what a package holds, for programs, with the SHA-256 of every member (dingban.package/1)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tracker.archive.contents import PackageContents, PackagedEvidence

SCHEMA = "dingban.package/1"
MANIFEST_NAME = "manifest.json"
SEAL_NAME = "manifest.sha256"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ManifestDamaged(Exception):
    """The manifest is not one of ours. Says why, in Chinese, without a full stop."""


@dataclass(frozen=True)
class Member:
    """One file of a package: its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a package says of itself, as far as checking it needs."""

    task_id: int
    closed_at: datetime
    audit_hash: str
    members: tuple[Member, ...]


def manifest_bytes(contents: PackageContents, members: tuple[Member, ...]) -> bytes:
    """The manifest as it stands in the package. The same contents give the same bytes."""
    document = {
        "schema": SCHEMA,
        "task": _task(contents),
        "audit": {"event": contents.audit_event_id, "hash": contents.audit_hash},
        "deliverables": [
            {
                "number": deliverable.number,
                "text": deliverable.text,
                "required": deliverable.is_required,
                "evidence": [_evidence(evidence) for evidence in deliverable.evidence],
            }
            for deliverable in contents.deliverables
        ],
        "members": [{"path": each.path, "size": each.size, "sha256": each.sha256} for each in members],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def seal_bytes(manifest: bytes) -> bytes:
    """The manifest's own checksum, in the form that `sha256sum --check` reads."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST_NAME}\n".encode()


def read_manifest(content: bytes) -> Manifest:
    """Raises ManifestDamaged for anything that this version does not understand."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ManifestDamaged("清单 manifest.json 读不懂") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ManifestDamaged(f"清单 manifest.json 不是“{SCHEMA}”格式")
    try:
        return Manifest(
            task_id=int(document["task"]["id"]),
            closed_at=_read_moment(document["task"]["closed_at"]),
            audit_hash=str(document["audit"]["hash"]),
            members=tuple(_member(each) for each in document["members"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ManifestDamaged("清单 manifest.json 缺少必需的内容") from error


def _read_moment(text: str) -> datetime:
    """A moment as `_moment` writes it. Raises ValueError for one without a zone, OverflowError for one out of time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _member(entry: Mapping[str, Any]) -> Member:
    if not _DIGEST.fullmatch(entry["sha256"]):
        raise ValueError(entry["sha256"])
    return Member(str(entry["path"]), int(entry["size"]), entry["sha256"])


def _task(contents: PackageContents) -> dict[str, Any]:
    return {
        "id": contents.task_id,
        "campaign": contents.campaign,
        "year": contents.year,
        "seq": contents.seq,
        "group": contents.group,
        "title": contents.title,
        "requirement": contents.requirement,
        "lead_unit": contents.lead_unit,
        "units": list(contents.units),
        "people": {part: list(names) for part, names in contents.people},
        "issued_at": _moment(contents.issued_at),
        "submitted_at": _moment(contents.submitted_at),
        "closed_at": _moment(contents.closed_at),
        "deliverables_of": contents.holder,
        "deliverables_for": list(contents.sharers),
        "milestones": [
            {
                "number": step.number,
                "text": step.text,
                "state": step.state,
                "first_due_on": _day(step.first_due_on),
                "due_on": _day(step.due_on),
                "done_on": _day(step.done_on),
            }
            for step in contents.milestones
        ],
    }


def _evidence(evidence: PackagedEvidence) -> dict[str, Any]:
    return {
        "id": evidence.evidence_id,
        "name": evidence.name,
        "version": evidence.version,
        "path": evidence.path,
        "link": evidence.link,
        "occurrence": _day(evidence.occurrence),
        "submitted_by": evidence.submitted_by,
        "submitted_on": _day(evidence.submitted_on),
        "reviewed_by": evidence.reviewed_by,
        "reviewed_on": _day(evidence.reviewed_on),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
