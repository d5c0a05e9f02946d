"""补录: what was done before the office began with the program. The screens themselves are loaded when they are asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from web.access import Who, allow
from web.desk import ReadingDesk, WritingDesk
from web.opening import PageRouter
from web.streaming import Uploading
from web.task_desk import TaskAct, TaskPage

router = PageRouter()
ALLOWED = allow(Who.COORDINATOR)
PageNumber = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/tasks/{task_id:int}/before", dependencies=[ALLOWED])
def show_task(page: TaskPage) -> Response:
    from web.backfilling import screens

    return screens.show_task(page)


@router.post("/tasks/{task_id:int}/before", dependencies=[ALLOWED])
def record_of_task(act: TaskAct) -> Response:
    from web.backfilling import screens

    return screens.record_of_task(act)


@router.post("/tasks/{task_id:int}/before/{milestone_id:int}/take-back", dependencies=[ALLOWED])
def take_back(act: TaskAct, milestone_id: int) -> Response:
    from web.backfilling import screens

    return screens.take_back(act, milestone_id)


@router.post("/tasks/{task_id:int}/before/files", dependencies=[ALLOWED])
async def bring_files(upload: Uploading, task_id: int) -> Response:
    from web.backfilling import screens

    return await screens.bring_files(upload, task_id)


@router.get("/campaigns/{campaign_id:int}/before", dependencies=[ALLOWED])
def show_campaign(desk: ReadingDesk, campaign_id: int, page: PageNumber = 1) -> Response:
    from web.backfilling import screens

    return screens.show_campaign(desk, campaign_id, page)


@router.post("/campaigns/{campaign_id:int}/before", dependencies=[ALLOWED])
def record_of_campaign(desk: WritingDesk, campaign_id: int, page: PageNumber = 1) -> Response:
    from web.backfilling import screens

    return screens.record_of_campaign(desk, campaign_id, page)
