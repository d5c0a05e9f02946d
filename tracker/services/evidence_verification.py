"""Checking that every stored file is there and untouched, and sweeping what belongs to nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from tracker.evidence_store import ContentMissing, EvidenceStore
from tracker.queries.evidence import list_stored_files, list_uses


@dataclass(frozen=True)
class FileProblem:
    """A stored file that is missing or altered, and where it is used, in Chinese."""

    sha256: str
    uses: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceReport:
    """What a walk through the store found. `orphaned` contents belong to nothing; `sweep_evidence` removes them."""

    checked: int
    missing: tuple[FileProblem, ...]
    altered: tuple[FileProblem, ...]
    orphaned: tuple[str, ...]

    @property
    def is_intact(self) -> bool:
        return not (self.missing or self.altered)


def verify_evidence(
    session: Session, store: EvidenceStore, *, on_progress: Callable[[int, int], None] | None = None
) -> EvidenceReport:
    """Read every stored file again and compare its checksum. `on_progress` is told how many of how many are read."""
    known = [file.sha256 for file in list_stored_files(session)]
    missing, altered = [], []
    for count, sha256 in enumerate(known, start=1):
        try:
            if store.checksum(sha256) != sha256:
                altered.append(sha256)
        except ContentMissing:
            missing.append(sha256)
        if on_progress:
            on_progress(count, len(known))
    uses = _uses_of(session, [*missing, *altered])
    orphaned = sorted(set(store.list_stored()) - set(known))
    return EvidenceReport(
        checked=len(known),
        missing=tuple(FileProblem(sha256, uses[sha256]) for sha256 in missing),
        altered=tuple(FileProblem(sha256, uses[sha256]) for sha256 in altered),
        orphaned=tuple(orphaned),
    )


def sweep_evidence(session: Session, store: EvidenceStore, *, at: datetime) -> list[str]:
    """Delete stored contents older than a day that no row of the register names. Returns their checksums."""
    return store.sweep(referenced={file.sha256 for file in list_stored_files(session)}, at=at)


def _uses_of(session: Session, checksums: Sequence[str]) -> dict[str, tuple[str, ...]]:
    uses: dict[str, list[str]] = {sha256: [] for sha256 in checksums}
    for evidence, deliverable, task, person in list_uses(session, checksums):
        assert evidence.sha256 is not None
        uses[evidence.sha256].append(
            f"任务{task.id}“{task.title}”第{deliverable.number}项成果“{evidence.name}”第{evidence.version}版（{person.name}提交）"
        )
    return {sha256: tuple(lines) for sha256, lines in uses.items()}
