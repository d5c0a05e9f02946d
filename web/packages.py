"""Where closing packages are kept between being built and being downloaded or archived: beside the evidence.

A package depends on the task and its closing alone, so that building it again gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from tracker.evidence_store import EvidenceStore
from tracker.models import Task

FOLDER = "packages"


class PackageShelf:
    """The packages of one installation."""

    def __init__(self, store: EvidenceStore) -> None:
        self._folder = store.root / FOLDER

    def place_of(self, task: Task) -> Path | None:
        """Where the package of the task's last closing belongs; None where it was never closed."""
        if task.closed_at is None:
            return None
        return self._folder / f"{task.id}-{task.closed_at:%Y%m%dT%H%M%S%f}.zip"

    def find(self, task: Task) -> Path | None:
        """The package of the task's last closing, if it was built."""
        place = self.place_of(task)
        return place if place is not None and place.is_file() else None

    def prepare(self, task: Task) -> Path:
        """The place for a package about to be built; the builder refuses a task that is not closed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self.place_of(task) or self._folder / f"{task.id}.zip"
