"""每周工作情况通报: the figures as JSON and as files, for those scopes of which the person may see every task."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from notifications.reports.snapshot import Snapshot
from tracker.figures import IsoWeek, Scope
from tracker.figures.choosing import get_scope, list_scopes
from tracker.models import TokenScope
from web.access import allow_scope
from web.api import shapes
from web.api.answers import problems
from web.api.desk import ApiDesk, ReadingApiDesk
from web.figures import snapshot_of

if TYPE_CHECKING:
    from notifications.reports.drawing import DrawnReport

router = APIRouter(prefix="/api/v1/reports", tags=["通报"])
_ALLOWED = [allow_scope(TokenScope.REPORTS_READ)]
Week = Annotated[
    str | None, Query(max_length=10, examples=["2024-W22"], description="ISO 周；不写则为上一周")
]
ScopeKey = Annotated[
    str | None, Query(max_length=40, examples=["campaign:1"], description="范围，见 scopes；不写则为第一个")
]


class FileKind(StrEnum):
    HTML = "html"
    DOCX = "docx"
    XLSX = "xlsx"


_MEDIA_TYPES = {
    FileKind.HTML: "text/html; charset=utf-8",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get(
    "/scopes",
    summary="可以查看的通报范围",
    dependencies=_ALLOWED,
    response_model=shapes.ScopeList,
    responses=problems(),
)
def show_scopes(desk: ReadingApiDesk) -> dict[str, Any]:
    scopes = list_scopes(desk.session, desk.sight)
    return {"scopes": [{"key": key, "label": scope.label} for key, scope in scopes.items()]}


@router.get(
    "/weekly",
    summary="一周的数字",
    description="过去的一周按当时的情况。数字的含义见文档。",
    dependencies=_ALLOWED,
    response_model=Snapshot,
    responses=problems(404, 422),
)
def read_weekly(desk: ReadingApiDesk, week: Week = None, scope: ScopeKey = None) -> dict[str, Any]:
    return snapshot_of(desk, _week(desk, week), _scope(desk, scope))


@router.get(
    "/weekly/files/{kind}",
    summary="一周的通报文件",
    dependencies=_ALLOWED,
    response_class=Response,
    responses=problems(404, 422)
    | {
        200: {
            "description": "文件的内容",
            "content": {
                media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for media_type in _MEDIA_TYPES.values()
            },
        }
    },
)
def download_weekly(
    desk: ReadingApiDesk, kind: FileKind, week: Week = None, scope: ScopeKey = None
) -> Response:
    from notifications.reports import (
        draw_report,  # brings python-docx along, for the first file that is asked for
    )

    drawn = draw_report(snapshot_of(desk, _week(desk, week), _scope(desk, scope)))
    name = quote(f"{drawn.name}.{kind}", safe="")
    return Response(
        _content(drawn, kind),
        media_type=_MEDIA_TYPES[kind],
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def _content(drawn: DrawnReport, kind: FileKind) -> bytes:
    match kind:
        case FileKind.HTML:
            return drawn.html.encode()
        case FileKind.DOCX:
            return drawn.word
        case FileKind.XLSX:
            return drawn.workbook


def _week(desk: ApiDesk, asked: str | None) -> IsoWeek:
    return IsoWeek.parse(asked) if asked else IsoWeek.of(desk.today).shift(-1)


def _scope(desk: ApiDesk, asked: str | None) -> Scope:
    return get_scope(desk.session, desk.sight, asked)
