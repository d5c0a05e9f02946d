"""通知: what was told to whom, why and when, and whether it arrived."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query

from notifications.rule_words import rule_words
from notifications.told import PER_PAGE, Arrival, ToldFilter, ToldLine, list_told
from tracker.figures import IsoWeek
from tracker.identity import LARGEST_ID
from tracker.models import TokenScope
from web.access import allow_scope
from web.api import shapes
from web.api.answers import READ_LIST
from web.api.desk import ApiDesk, ReadingApiDesk

router = APIRouter(prefix="/api/v1/notices", tags=["通知"])


@router.get(
    "",
    summary="列出通知，新的在前",
    description="每次最多五十条，下一页的地址在 Link 响应头里。",
    dependencies=[allow_scope(TokenScope.NOTICES_READ)],
    response_model=shapes.NoticeList,
    responses=READ_LIST,
)
def list_notices(
    desk: ReadingApiDesk,
    person: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="收件人")] = None,
    arrival: Annotated[Arrival | None, Query(description="送到没有")] = None,
    week: Annotated[str | None, Query(max_length=10, examples=["2024-W22"], description="ISO 周")] = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="只要编号更小的")] = None,
) -> dict[str, Any]:
    wanted = ToldFilter(person, arrival, None if week is None else IsoWeek.parse(week), before)
    lines = list_told(desk.session, wanted, desk.sight)
    if len(lines) > PER_PAGE:
        wanted = replace(wanted, before_id=lines[PER_PAGE - 1].id)
        url = desk.request.url.include_query_params(before=wanted.before_id)
        desk.answer.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return {
        "schema": "dingban.notices/1",
        "notices": [_document(desk, line) for line in lines[:PER_PAGE]],
    }


def _document(desk: ApiDesk, line: ToldLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "rule": line.rule,
        "rule_words": rule_words(line.rule, desk.house.reminder_policy),
        "role": line.role,
        "is_copy": line.is_copy,
        "recipient_id": line.recipient_id,
        "recipient": line.recipient,
        "office_day": line.office_day,
        "created_at": line.created_at,
        "task_id": line.task_id,
        "task": line.task,
        "milestone": line.milestone,
        "due_on": line.due_on,
        "arrival": line.arrival.value,
        "channel": line.channel,
        "sent_at": line.sent_at,
        "error": line.error,
    }
