"""导入: a table comes in as a draft, is looked at, and written all of it or nothing.

What has to be decided cell by cell is decided in the wizard: an import begun here is taken up there, and the other way.
What reads tables is loaded when the first one comes.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from tracker.documents import import_document
from tracker.errors import ValueRefused
from tracker.identity import LARGEST_ID, id_of
from tracker.models import ImportSession, TokenScope
from tracker.queries.import_sessions import get_visible_import, list_visible_imports, lock_visible_import
from tracker.services.submissions import tidy_name
from web.access import allow_scope
from web.api import shapes
from web.api.answers import BINARY_BODY, problems
from web.api.callers import ApiCaller, Caller
from web.api.desk import ApiDesk, ReadingApiDesk, WritingApiDesk, opened_desk
from web.api.matching import IfMatch, tag_of_version
from web.house import House
from web.receiving import PIECE_BYTES, Arrival

if TYPE_CHECKING:
    from tracker.services.import_sessions.reading import ImportReader

router = APIRouter(prefix="/api/v1/imports", tags=["导入"])
_ALLOWED = [allow_scope(TokenScope.IMPORTS_WRITE)]
ImportId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="导入编号")]
_TAG = {"ETag": {"description": "写进 If-Match 以写入", "schema": {"type": "string"}}}


@router.get(
    "", summary="列出导入", dependencies=_ALLOWED, response_model=shapes.ImportList, responses=problems()
)
def list_imports(desk: ReadingApiDesk) -> dict[str, Any]:
    return {"imports": [_head(desk, each) for each in list_visible_imports(desk.session, desk.sight)]}


@router.post(
    "",
    summary="读取一份责任分解表，暂不写入",
    description="正文就是文件的内容。答复是草稿（dingban.draft/1）和写入之前还缺什么。",
    status_code=201,
    dependencies=_ALLOWED,
    response_model=shapes.ImportDraft,
    responses=problems(404, 409, 413, 422, headers=_TAG, status=201),
    openapi_extra=BINARY_BODY,
)
async def begin(
    request: Request,
    answer: Response,
    caller: ApiCaller,
    name: Annotated[str, Query(min_length=1, max_length=255, description="文件名，带扩展名")],
    campaign: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="归入哪项专项工作；不写则按标题")
    ] = None,
    campaign_name: Annotated[str, Query(max_length=200, description="新建的专项工作的名称")] = "",
    year: Annotated[int | None, Query(ge=2000, le=2100, description="哪一年；不写则按文件")] = None,
) -> dict[str, Any]:
    house: House = request.app.state.house
    arrival = Arrival(request, house.import_limit)
    if arrival.declared_bytes > arrival.limit:
        raise HTTPException(413)
    with SpooledTemporaryFile(max_size=PIECE_BYTES) as parked:
        async for piece in arrival.pieces():
            await run_in_threadpool(parked.write, piece)
        parked.seek(0)
        place = (campaign, campaign_name, year)
        return await run_in_threadpool(_begin, request, answer, caller, parked, tidy_name(name), place)


@router.get(
    "/{import_id}",
    summary="查看一次导入的草稿",
    dependencies=_ALLOWED,
    response_model=shapes.ImportDraft,
    responses=problems(404, 409, 422, headers=_TAG),
)
def read_import(desk: ReadingApiDesk, import_id: ImportId) -> dict[str, Any]:
    return _tell(desk, get_visible_import(desk.session, desk.sight, import_id))


@router.post(
    "/{import_id}/commit",
    summary="写入：全部，或者什么也不写",
    description="须带 If-Match。写入的任务是草稿，下达以前不通知任何人。",
    dependencies=_ALLOWED,
    response_model=shapes.ImportOutcome,
    responses=problems(404, 409, 412, 422, 428),
)
def commit(desk: WritingApiDesk, import_id: ImportId, precondition: IfMatch) -> dict[str, Any]:
    from tracker.services.import_sessions.committing import commit_import

    run = lock_visible_import(desk.session, desk.sight, import_id)
    precondition.demand(tag_of_version(run.version))
    reader = _reader(desk)
    draft = reader.draft(desk.session, run, today=desk.today)
    outcome = commit_import(
        desk.session,
        run,
        reader=reader,
        actor=desk.actor(),
        at=desk.at,
        calendar=desk.house.calendar(desk.session),
    )
    return import_document(draft.source.to_json(), outcome)


@router.delete(
    "/{import_id}",
    summary="放弃一次还没有写入的导入",
    status_code=204,
    dependencies=_ALLOWED,
    responses=problems(404, 409, 422),
)
def discard(desk: WritingApiDesk, import_id: ImportId) -> None:
    from tracker.services.import_sessions.ending import discard_import

    run = lock_visible_import(desk.session, desk.sight, import_id)
    discard_import(desk.session, run, actor=desk.actor(), at=desk.at)


def _begin(
    request: Request,
    answer: Response,
    caller: Caller,
    parked: Any,
    name: str,
    place: tuple[int | None, str, int | None],
) -> dict[str, Any]:
    from tracker.services.import_sessions.beginning import begin_import
    from tracker.services.import_sessions.deciding import Decision, choose_place

    campaign_id, campaign_name, year = place
    if campaign_id is not None and campaign_name:
        raise ValueRefused("campaign 和 campaign_name 只能写一个：归入已有的专项工作，或者新建一项。")
    with opened_desk(request, answer, caller, writing=True) as desk:
        actor, reader = desk.actor(), _reader(desk)
        run = begin_import(
            desk.session, parked, name, reader=reader, sight=desk.sight, actor=actor, at=desk.at
        )
        if campaign_id is not None or campaign_name or year is not None:
            chosen = campaign_id if campaign_id is not None or campaign_name else run.campaign_id
            title = campaign_name or run.campaign_name
            decision = Decision(actor, desk.at)
            choose_place(desk.session, run, decision, campaign_id=chosen, campaign_name=title, year=year)
        return _tell(desk, run)


def _tell(desk: ApiDesk, run: ImportSession) -> dict[str, Any]:
    from tracker.services.import_sessions.committing import explain_commit

    draft = _reader(desk).draft(desk.session, run, today=desk.today)
    unmet = explain_commit(desk.session, run, draft)
    desk.answer.headers["ETag"] = tag_of_version(run.version)
    return {
        **_head(desk, run),
        "unmet": [{"code": each.code, "message": each.message} for each in unmet],
        "draft": draft.to_json(),
    }


def _head(desk: ApiDesk, run: ImportSession) -> dict[str, Any]:
    from tracker.services.import_sessions.committing import campaign_name, has_unwritten_decisions

    return {
        "id": id_of(run),
        "source_name": run.source_name,
        "campaign_id": run.campaign_id,
        "campaign": campaign_name(desk.session, run),
        "year": run.year,
        "version": run.version,
        "updated_at": run.updated_at,
        "committed_at": run.committed_at,
        "is_unwritten": has_unwritten_decisions(run),
    }


def _reader(desk: ApiDesk) -> ImportReader:
    from web.import_wizard.frame import reader_of

    return reader_of(desk)
