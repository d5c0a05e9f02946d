"""佐证材料: what was handed in, handing in files and links, reviewing them, and the files themselves."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from tracker.documents import evidence_document
from tracker.errors import NotFound
from tracker.evidence_store import ContentMissing, EvidenceStore, FileTooLarge, StoredContent
from tracker.identity import LARGEST_ID, id_of
from tracker.models import Evidence, StoredFile, TokenScope
from tracker.queries.evidence import (
    DeliverableNotFound,
    EvidenceNotFound,
    find_stored_file,
    get_deliverable,
    get_evidence,
    list_deliverables,
    list_evidence,
)
from tracker.queries.served import SharedList, lock_served_tasks
from tracker.services import evidence as handing_in
from tracker.services.submissions import tidy_name
from web.access import allow_scope
from web.api import bodies, shapes
from web.api.answers import ACT, BINARY_BODY, READ_ONE, TaskId, problems
from web.api.callers import ApiCaller, Caller
from web.api.desk import ApiDesk, ReadingApiDesk, WritingApiDesk, opened_desk
from web.api.matching import IfMatch, tag_of_document
from web.house import House
from web.receiving import Arrival

router = APIRouter(prefix="/api/v1", tags=["佐证材料"])
_READ = [allow_scope(TokenScope.EVIDENCE_READ)]
_WRITE = [allow_scope(TokenScope.EVIDENCE_WRITE)]
EvidenceId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="材料编号")]
_Deliverables = Annotated[
    list[Annotated[int, Path(ge=1, le=LARGEST_ID)]],
    Query(min_length=1, max_length=100, description="成果编号；一份材料用于几项时写多次"),
]
_Occurrence = Annotated[
    int | None, Query(ge=1, le=LARGEST_ID, description="周期性工作：材料属于哪一期（节点编号）")
]
# What was handed in may be anything: a browser that opens it must not run it here.
_SANDBOX = {"Content-Security-Policy": "default-src 'none'; sandbox"}


class ContentNotFound(NotFound):
    """A link has no content of its own."""

    noun = "文件（这份材料是链接）"


@router.get(
    "/tasks/{task_id}/evidence",
    summary="列出任务的材料，含旧版",
    dependencies=_READ,
    response_model=shapes.EvidenceList,
    responses=problems(404, 422),
)
def list_all_evidence(desk: ReadingApiDesk, task_id: TaskId) -> dict[str, Any]:
    found = list_evidence(desk.session, desk.task(task_id))
    return {"evidence": [evidence_document(each) for _, each in found]}


@router.post(
    "/tasks/{task_id}/evidence",
    summary="提交一份文件",
    description="正文就是文件的内容，边收边存；同名的再次提交是新的一版，旧版仍然保留。",
    status_code=201,
    dependencies=_WRITE,
    response_model=shapes.EvidenceList,
    responses=problems(404, 409, 413, 415, 422),
    openapi_extra=BINARY_BODY,
)
async def hand_in_file(
    request: Request,
    answer: Response,
    caller: ApiCaller,
    task_id: TaskId,
    name: Annotated[str, Query(min_length=1, max_length=255, description="文件名，带扩展名")],
    deliverable_id: _Deliverables,
    milestone_id: _Occurrence = None,
) -> dict[str, Any]:
    """No transaction waits for the upload: who may hand in is asked before it, and again when it is there."""
    await run_in_threadpool(_demand_deliverables, request, answer, caller, task_id, deliverable_id)
    stored = await _take_in(request, tidy_name(name))
    return await run_in_threadpool(
        _hand_in, request, answer, caller, deliverable_id, stored, tidy_name(name), milestone_id
    )


@router.post(
    "/tasks/{task_id}/evidence/links",
    summary="提交一个链接代替文件",
    status_code=201,
    dependencies=_WRITE,
    response_model=shapes.EvidenceList,
    responses=problems(404, 409, 422),
)
def hand_in_link(desk: WritingApiDesk, task_id: TaskId, body: bodies.NewLink) -> dict[str, Any]:
    _require_deliverables(desk, task_id, body.deliverable_ids)
    handed_in = handing_in.hand_in_link(
        desk.session,
        body.deliverable_ids,
        body.link,
        name=body.name,
        actor=desk.actor(),
        at=desk.at,
        milestone_id=body.milestone_id,
    )
    return {"evidence": [evidence_document(each) for each in handed_in]}


@router.get(
    "/evidence/{evidence_id}",
    summary="查看一份材料",
    dependencies=_READ,
    response_model=shapes.EvidenceVersion,
    responses=READ_ONE,
)
def read_evidence(desk: ReadingApiDesk, evidence_id: EvidenceId) -> dict[str, Any]:
    return _tell(desk, _visible(desk, evidence_id))


@router.get(
    "/evidence/{evidence_id}/content",
    summary="下载文件",
    dependencies=_READ,
    response_class=FileResponse,
    responses=problems(404, 422)
    | {
        200: {
            "description": "文件的内容",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        206: {"description": "用 Range 请求的一部分"},
    },
)
def download(desk: ReadingApiDesk, evidence_id: EvidenceId) -> FileResponse:
    evidence = _visible(desk, evidence_id)
    stored = _stored_file(desk, evidence)
    store: EvidenceStore = desk.house.store
    if not store.has(stored.sha256):
        raise ContentMissing(stored.sha256)
    return FileResponse(
        store.path_of(stored.sha256),
        media_type=stored.media_type,
        filename=evidence.name,
        headers={**_SANDBOX, "ETag": f'"{stored.sha256}"'},
    )


@router.post(
    "/evidence/{evidence_id}/transitions/accept",
    summary="审核通过一份材料",
    description="须带 If-Match。",
    dependencies=_WRITE,
    response_model=shapes.EvidenceVersion,
    responses=ACT,
)
def accept(
    desk: WritingApiDesk, evidence_id: EvidenceId, body: bodies.Act, precondition: IfMatch
) -> dict[str, Any]:
    _lock(desk, evidence_id, precondition)
    actor = desk.actor(body.on_behalf_of)
    return _tell(desk, handing_in.accept_evidence(desk.session, evidence_id, actor=actor, at=desk.at))


@router.post(
    "/evidence/{evidence_id}/transitions/reject",
    summary="退回一份材料",
    description="须带 If-Match，须写明理由。",
    dependencies=_WRITE,
    response_model=shapes.EvidenceVersion,
    responses=ACT,
)
def reject(
    desk: WritingApiDesk, evidence_id: EvidenceId, body: bodies.Act, precondition: IfMatch
) -> dict[str, Any]:
    _lock(desk, evidence_id, precondition)
    return _tell(
        desk,
        handing_in.reject_evidence(
            desk.session,
            evidence_id,
            reason=body.reason or "",
            actor=desk.actor(body.on_behalf_of),
            at=desk.at,
        ),
    )


def _require_deliverables(desk: ApiDesk, task_id: int, deliverable_ids: list[int]) -> None:
    """Raise TaskNotFound or DeliverableNotFound unless they are deliverables of this task, which he may see."""
    known = {id_of(each) for each in list_deliverables(desk.session, desk.task(task_id))}
    for number in deliverable_ids:
        if number not in known:
            raise DeliverableNotFound(number)


def _demand_deliverables(
    request: Request, answer: Response, caller: Caller, task_id: int, deliverable_ids: list[int]
) -> None:
    with opened_desk(request, answer, caller, writing=False) as desk:
        _require_deliverables(desk, task_id, deliverable_ids)


async def _take_in(request: Request, name: str) -> StoredContent:
    """Stream the body into the store; what is broken off or refused leaves nothing behind."""
    house: House = request.app.state.house
    store = house.store
    arrival = Arrival(request, store.max_bytes)
    if arrival.declared_bytes > arrival.limit:
        raise FileTooLarge(name, arrival.limit)
    with store.receive(name) as incoming:
        async for piece in arrival.pieces():
            await run_in_threadpool(incoming.write, piece)
        return await run_in_threadpool(incoming.keep)


def _hand_in(
    request: Request,
    answer: Response,
    caller: Caller,
    deliverable_ids: list[int],
    stored: StoredContent,
    name: str,
    milestone_id: int | None,
) -> dict[str, Any]:
    with opened_desk(request, answer, caller, writing=True) as desk:
        handed_in = handing_in.hand_in_content(
            desk.session,
            deliverable_ids,
            stored,
            name=name,
            actor=desk.actor(),
            at=desk.at,
            milestone_id=milestone_id,
        )
        return {"evidence": [evidence_document(each) for each in handed_in]}


def _visible(desk: ApiDesk, evidence_id: int) -> Evidence:
    """Raises EvidenceNotFound, alike for what is hidden and what is not there."""
    evidence = get_evidence(desk.session, evidence_id)
    holder = get_deliverable(desk.session, evidence.deliverable_id).task_id
    if not desk.sees_list(holder, SharedList.DELIVERABLES):
        raise EvidenceNotFound(evidence_id)
    return evidence


def _lock(desk: ApiDesk, evidence_id: int, precondition: IfMatch) -> None:
    """Hold the evidence until the answer, and demand that it is still as it was read."""
    evidence = _visible(desk, evidence_id)
    holder = get_deliverable(desk.session, evidence.deliverable_id).task_id
    lock_served_tasks(desk.session, holder, SharedList.DELIVERABLES)
    desk.session.refresh(evidence)
    precondition.demand(tag_of_document(evidence_document(evidence)))


def _stored_file(desk: ApiDesk, evidence: Evidence) -> StoredFile:
    stored = find_stored_file(desk.session, evidence.sha256) if evidence.sha256 else None
    if stored is None:
        raise ContentNotFound(id_of(evidence))
    return stored


def _tell(desk: ApiDesk, evidence: Evidence) -> dict[str, Any]:
    document = evidence_document(evidence)
    desk.answer.headers["ETag"] = tag_of_document(document)
    return document
