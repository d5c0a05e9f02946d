"""The list of imports under way, and taking a file in."""

from __future__ import annotations

from starlette.responses import Response

from tracker.identity import id_of
from tracker.models import ImportSession, ImportStep
from tracker.queries.import_sessions import list_visible_imports, lock_visible_import
from tracker.queries.people import names_of
from tracker.services.import_sessions.beginning import begin_import
from tracker.services.import_sessions.committing import campaign_name, has_unwritten_decisions
from tracker.services.import_sessions.deciding import reach
from tracker.services.import_sessions.ending import discard_idle_imports, discard_import
from web.desk import Desk
from web.import_wizard.carried import summary_of
from web.import_wizard.frame import STEP_LABELS, decision_of, path_of, reader_of
from web.uploads import Upload


def show_list(desk: Desk) -> Response:
    runs = list_visible_imports(desk.session, desk.visitor.sight)
    return desk.page(
        "imports/list.html",
        runs=runs,
        names=names_of(desk.session, {run.updated_by_id for run in runs}),
        campaigns={id_of(run): campaign_name(desk.session, run) for run in runs},
        states={id_of(run): _state(run) for run in runs},
        limit=desk.house.import_limit >> 20,
    )


def take_in(desk: Desk, upload: Upload) -> Response:
    reader = reader_of(desk)
    discard_idle_imports(desk.session, reader.files, at=desk.at)
    run = begin_import(
        desk.session,
        upload.file,
        upload.name,
        reader=reader,
        sight=desk.visitor.sight,
        actor=desk.actor,
        at=desk.at,
    )
    draft = reader.draft(desk.session, run, today=desk.today)
    sentence = summary_of(run, draft).sentence
    known = f"以前导入过，上次的改动：{sentence}。" if sentence else ""
    return desk.done(path_of(run, run.step), f"已读取“{run.source_name}”，还没有写入任何任务。{known}")


def advance(desk: Desk, import_id: int) -> Response:
    """Go on to a step, so that the import is taken up there next time."""
    run = lock_visible_import(desk.session, desk.visitor.sight, import_id)
    step = ImportStep(desk.form.choice("step", "步骤", set(map(str, ImportStep))))
    reach(desk.session, run, step, decision_of(desk))
    return desk.done(path_of(run, step))


def discard(desk: Desk, import_id: int) -> Response:
    run = lock_visible_import(desk.session, desk.visitor.sight, import_id)
    name = run.source_name
    discard_import(desk.session, run, actor=desk.actor, at=desk.at)
    return desk.done("/imports", f"已放弃“{name}”的导入。")


def _state(run: ImportSession) -> str:
    if run.committed_at is None:
        return f"办到“{STEP_LABELS[run.step]}”，尚未写入"
    return "已写入，其后又有改动" if has_unwritten_decisions(run) else "已写入"
