"""What every step of the wizard needs: the import, its draft, and where it stands among the steps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Any

from starlette.responses import Response

from tracker.importers.draft import Draft, Severity
from tracker.importers.readers import ReadLimits
from tracker.models import ImportSession, ImportStep
from tracker.parked_files import ParkedFiles
from tracker.queries.import_sessions import get_visible_import, lock_visible_import
from tracker.services.import_sessions.committing import campaign_name, has_unwritten_decisions
from tracker.services.import_sessions.deciding import STEPS, Decision, note_key
from tracker.services.import_sessions.reading import ImportReader
from web.asking import Asked
from web.desk import Desk
from web.import_wizard.findings import placed_findings

STEP_LABELS = {
    ImportStep.COLUMNS: "识别结果",
    ImportStep.ROWS: "逐行核对",
    ImportStep.NAMES: "人员单位",
    ImportStep.DIFFERENCES: "核对写入",
    ImportStep.ISSUING: "下达",
}
SEVERITY_LABELS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.INFO: "说明"}
SEVERITY_TONES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "grey"}
SEVERITY_ICONS = {
    Severity.ERROR: "exclamation-triangle-fill",
    Severity.WARNING: "info-circle",
    Severity.INFO: "info-circle",
}
_MAKING = Lock()


@dataclass(frozen=True)
class StepView:
    """One step in the line above the page; without an address while it is not reached."""

    label: str
    href: str | None
    is_current: bool
    is_done: bool


def reader_of(desk: Asked) -> ImportReader:
    """The console's reader of imports, which remembers the drafts it made last."""
    state = desk.request.app.state
    with _MAKING:
        if not hasattr(state, "import_reader"):
            house = desk.house
            state.import_reader = ImportReader(
                ParkedFiles(house.parked_dir),
                limits=ReadLimits(max_bytes=house.import_limit),
                synonyms=house.columns(),
            )
    reader: ImportReader = state.import_reader
    return reader


def opened(desk: Desk, import_id: int) -> tuple[ImportSession, Draft]:
    """The import and its draft. Raises ImportSessionNotFound, or what the reader raises."""
    run = get_visible_import(desk.session, desk.visitor.sight, import_id)
    return run, reader_of(desk).draft(desk.session, run, today=desk.today)


def locked(desk: Desk, import_id: int) -> tuple[ImportSession, Draft]:
    """As `opened`, held until the decision is taken."""
    run = lock_visible_import(desk.session, desk.visitor.sight, import_id)
    return run, reader_of(desk).draft(desk.session, run, today=desk.today)


def decision_of(desk: Desk) -> Decision:
    return Decision(desk.actor, desk.at)


def path_of(run: ImportSession, step: ImportStep | str) -> str:
    return f"/imports/{run.id}/{step}"


def steps_of(run: ImportSession, current: ImportStep) -> list[StepView]:
    """Every step; those that were reached, and the one after them, are links."""
    reached = STEPS.index(run.step)
    views = []
    for number, step in enumerate(STEPS):
        is_open = step is not ImportStep.ISSUING or bool(run.committed_at)
        href = (
            path_of(run, step) if is_open and number <= max(reached + 1, STEPS.index(current) + 1) else None
        )
        views.append(StepView(STEP_LABELS[step], href, step is current, number < STEPS.index(current)))
    return views


def count_open(run: ImportSession, draft: Draft) -> Counter[Severity]:
    """How many findings nobody has settled yet, by severity."""
    noted = {note_key(each) for each in run.notes}
    return Counter(each.diagnostic.severity for each in placed_findings(draft) if each.key not in noted)


def show(
    desk: Desk, run: ImportSession, draft: Draft, step: ImportStep, template: str, **context: Any
) -> Response:
    """Render a step with the frame that all of them have."""
    return desk.page(
        f"imports/{template}",
        run=run,
        draft=draft,
        base=f"/imports/{run.id}",
        steps=steps_of(run, step),
        campaign=campaign_name(desk.session, run),
        open_counts=count_open(run, draft),
        is_unwritten=has_unwritten_decisions(run),
        severities=list(Severity),
        severity_labels=SEVERITY_LABELS,
        severity_tones=SEVERITY_TONES,
        severity_icons=SEVERITY_ICONS,
        **context,
    )
