"""Evidence: handing in links, looking at what was handed in, downloading, accepting and rejecting."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from tracker.models import Evidence, StoredFile
from tracker.queries.evidence import find_stored_file
from tracker.services.evidence import accept_evidence, hand_in_link, reject_evidence
from web.access import Who, allow
from web.opening import PageRouter
from web.pages.handing_in import occurrence_of
from web.previews import DOWNLOAD_HEADERS, PDF_HEADERS, PICTURE_HEADERS, Preview, preview_of, read_text
from web.task_desk import TaskAct, TaskDesk, TaskPage

router = PageRouter(prefix="/tasks/{task_id:int}")


@router.post("/deliverables/{deliverable_id:int}/links", dependencies=[allow(Who.SIGNED_IN)])
def hand_in_one_link(act: TaskAct, deliverable_id: int) -> Response:
    desk = act.desk
    act.deliverable(deliverable_id)
    hand_in_link(
        desk.session,
        [deliverable_id],
        desk.form.text("link", "网址"),
        name=desk.form.text("name", "名称", limit=255),
        actor=desk.actor,
        at=desk.at,
        milestone_id=occurrence_of(act),
    )
    return act.done("已提交链接，等待审核。", f"deliverable-{deliverable_id}")


@router.post("/evidence/{evidence_id:int}/accept", dependencies=[allow(Who.SIGNED_IN)])
def accept(act: TaskAct, evidence_id: int) -> Response:
    evidence = act.evidence(evidence_id)
    accept_evidence(act.desk.session, evidence_id, actor=act.desk.actor, at=act.desk.at)
    return act.done(f"已审核通过“{evidence.name}”。", f"evidence-{evidence_id}")


@router.post("/evidence/{evidence_id:int}/reject", dependencies=[allow(Who.SIGNED_IN)])
def reject(act: TaskAct, evidence_id: int) -> Response:
    desk = act.desk
    evidence = act.evidence(evidence_id)
    reason = desk.form.text("reason", "理由")
    reject_evidence(desk.session, evidence_id, reason=reason, actor=desk.actor, at=desk.at)
    return act.done(f"已退回“{evidence.name}”。", f"evidence-{evidence_id}")


@router.get("/evidence/{evidence_id:int}", dependencies=[allow(Who.SIGNED_IN)])
def show_evidence(page: TaskPage, evidence_id: int) -> Response:
    """A page around what is previewed; text stands in it, pictures and PDF are asked for by it."""
    evidence = page.evidence(evidence_id)
    stored = _stored(page, evidence)
    kind = preview_of(stored.media_type) if stored else None
    text, is_whole = "", True
    if kind is Preview.TEXT and stored is not None:
        text, is_whole = read_text(page.desk.house.store.path_of(stored.sha256))
    return page.desk.page(
        "task/evidence.html",
        task=page.task,
        evidence=evidence,
        stored=stored,
        kind=kind,
        text=text,
        is_whole=is_whole,
    )


@router.get("/evidence/{evidence_id:int}/download", dependencies=[allow(Who.SIGNED_IN)])
def download(page: TaskPage, evidence_id: int) -> Response:
    return _file(page, page.evidence(evidence_id), DOWNLOAD_HEADERS, is_inline=False)


@router.get("/evidence/{evidence_id:int}/inline", dependencies=[allow(Who.SIGNED_IN)])
def show_inline(page: TaskPage, evidence_id: int) -> Response:
    """The file itself, where a browser shows its kind without running anything."""
    evidence = page.evidence(evidence_id)
    stored = _stored(page, evidence)
    kind = preview_of(stored.media_type) if stored else None
    if kind not in (Preview.PDF, Preview.PICTURE):
        raise HTTPException(404)
    return _file(page, evidence, PDF_HEADERS if kind is Preview.PDF else PICTURE_HEADERS, is_inline=True)


def _stored(page: TaskDesk, evidence: Evidence) -> StoredFile | None:
    """What is known of its file; None for a link."""
    return find_stored_file(page.desk.session, evidence.sha256) if evidence.sha256 else None


def _file(page: TaskDesk, evidence: Evidence, headers: dict[str, str], *, is_inline: bool) -> Response:
    stored = _stored(page, evidence)
    if stored is None:
        raise HTTPException(404)
    page.desk.house.store.open(stored.sha256).close()  # raises ContentMissing where the file is gone
    return FileResponse(
        page.desk.house.store.path_of(stored.sha256),
        media_type=stored.media_type if is_inline else "application/octet-stream",
        filename=evidence.name,
        content_disposition_type="inline" if is_inline else "attachment",
        headers=headers,
    )
