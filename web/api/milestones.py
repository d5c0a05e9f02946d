"""时间节点 and 延期: reading them, and what may be done with them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path

from tracker.documents import extension_document, milestone_document
from tracker.errors import ExtensionNotFound, ValueRefused
from tracker.identity import LARGEST_ID
from tracker.models import Extension, Milestone, TokenScope
from tracker.queries.milestones import get_extension, get_milestone
from tracker.queries.served import lock_served_tasks
from tracker.services import extensions, milestones
from tracker.services.backfilling import backfill_milestone, explain_backfilling, take_back_milestone
from web.access import allow_scope
from web.api import bodies, shapes
from web.api.answers import ACT, ADD, READ_ONE, MilestoneId
from web.api.desk import ApiDesk, ReadingApiDesk, WritingApiDesk
from web.api.matching import IfMatch, tag_of_document
from workflows.extension import ExtensionTrigger
from workflows.kernel import Unmet
from workflows.milestone import MilestoneTrigger

router = APIRouter(prefix="/api/v1", tags=["节点和延期"])
_READ = [allow_scope(TokenScope.TASKS_READ)]
_WRITE = [allow_scope(TokenScope.TASKS_WRITE)]
ExtensionId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="延期申请编号")]


class MilestoneAct(StrEnum):
    """What people do with a milestone; archiving is the task's."""

    REPORT = MilestoneTrigger.REPORT.value
    CONFIRM = MilestoneTrigger.CONFIRM.value
    RETURN = MilestoneTrigger.RETURN.value
    WAIVE = MilestoneTrigger.WAIVE.value
    BACKFILL = MilestoneTrigger.BACKFILL.value
    TAKE_BACK = MilestoneTrigger.TAKE_BACK.value


class ExtensionAct(StrEnum):
    """What may be answered to a request; to request is to make one."""

    CONSENT = ExtensionTrigger.CONSENT.value
    GRANT = ExtensionTrigger.GRANT.value
    REFUSE = ExtensionTrigger.REFUSE.value


@router.get(
    "/milestones/{milestone_id}",
    summary="查看一个节点",
    dependencies=_READ,
    response_model=shapes.MilestoneState,
    responses=READ_ONE,
)
def read_milestone(desk: ReadingApiDesk, milestone_id: MilestoneId) -> dict[str, Any]:
    return _tell_milestone(desk, desk.milestone(milestone_id))


@router.get(
    "/milestones/{milestone_id}/transitions",
    summary="节点的各环节能不能办，缺什么",
    dependencies=_READ,
    response_model=shapes.Transitions,
    responses=READ_ONE,
)
def explain_milestone(desk: ReadingApiDesk, milestone_id: MilestoneId) -> dict[str, Any]:
    _tell_milestone(desk, desk.milestone(milestone_id))

    def lacking(trigger: MilestoneTrigger) -> list[Unmet]:
        if trigger in (MilestoneTrigger.BACKFILL, MilestoneTrigger.TAKE_BACK):
            return explain_backfilling(desk.session, milestone_id, trigger, actor=desk.actor(), at=desk.at)
        return milestones.explain_milestone(desk.session, milestone_id, trigger, actor=desk.actor())

    return _explanation([MilestoneTrigger(each) for each in MilestoneAct], lacking)


@router.post(
    "/milestones/{milestone_id}/transitions/{trigger}",
    summary="报告、确认、退回、豁免节点，补录和撤回补录",
    description=(
        "须带 If-Match。报告时 reason 写进展说明。补录（backfill）由协调员在下达之前办理："
        "done_on 写实际完成的日期，reason 写依据。"
    ),
    dependencies=_WRITE,
    response_model=shapes.MilestoneState,
    responses=ACT,
)
def move_milestone(
    desk: WritingApiDesk,
    milestone_id: MilestoneId,
    trigger: MilestoneAct,
    body: bodies.MilestoneAct,
    precondition: IfMatch,
) -> dict[str, Any]:
    milestone = desk.milestone(milestone_id)
    lock_served_tasks(desk.session, milestone.task_id)
    desk.session.refresh(milestone)
    precondition.demand(tag_of_document(milestone_document(milestone)))
    who: dict[str, Any] = {"actor": desk.actor(body.on_behalf_of), "at": desk.at}
    reason = body.reason or ""
    match trigger:
        case MilestoneAct.REPORT:
            milestones.report_milestone(desk.session, milestone_id, note=reason, **who)
        case MilestoneAct.CONFIRM:
            milestones.confirm_milestone(desk.session, milestone_id, note=body.reason, **who)
        case MilestoneAct.RETURN:
            milestones.return_milestone(desk.session, milestone_id, reason=reason, **who)
        case MilestoneAct.WAIVE:
            milestones.waive_milestone(desk.session, milestone_id, reason=reason, **who)
        case MilestoneAct.BACKFILL:
            if body.done_on is None:
                raise ValueRefused("补录须写明实际完成的日期（done_on）。")
            backfill_milestone(desk.session, milestone_id, done_on=body.done_on, basis=reason, **who)
        case MilestoneAct.TAKE_BACK:
            take_back_milestone(desk.session, milestone_id, **who)
    return _tell_milestone(desk, get_milestone(desk.session, milestone_id))


@router.post(
    "/milestones/{milestone_id}/extensions",
    summary="申请延期",
    status_code=201,
    dependencies=_WRITE,
    response_model=shapes.Extension,
    responses=ADD,
)
def request_extension(
    desk: WritingApiDesk, milestone_id: MilestoneId, body: bodies.NewExtension
) -> dict[str, Any]:
    desk.milestone(milestone_id)
    extension = extensions.request_extension(
        desk.session,
        milestone_id,
        to_due_on=body.to_due_on,
        reason=body.reason,
        actor=desk.actor(),
        at=desk.at,
    )
    return _tell_extension(desk, extension)


@router.get(
    "/extensions/{extension_id}",
    summary="查看一份延期申请",
    dependencies=_READ,
    response_model=shapes.Extension,
    responses=READ_ONE,
)
def read_extension(desk: ReadingApiDesk, extension_id: ExtensionId) -> dict[str, Any]:
    return _tell_extension(desk, _visible_extension(desk, extension_id)[0])


@router.get(
    "/extensions/{extension_id}/transitions",
    summary="延期申请的各环节能不能办，缺什么",
    dependencies=_READ,
    response_model=shapes.Transitions,
    responses=READ_ONE,
)
def explain_extension(desk: ReadingApiDesk, extension_id: ExtensionId) -> dict[str, Any]:
    _tell_extension(desk, _visible_extension(desk, extension_id)[0])
    return _explanation(
        [ExtensionTrigger(each) for each in ExtensionAct],
        lambda each: extensions.explain_extension(
            desk.session, extension_id, each, actor=desk.actor(), at=desk.at
        ),
    )


@router.post(
    "/extensions/{extension_id}/transitions/{trigger}",
    summary="同意再次延期、批准、不批准",
    description="须带 If-Match。",
    dependencies=_WRITE,
    response_model=shapes.Extension,
    responses=ACT,
)
def answer_extension(
    desk: WritingApiDesk,
    extension_id: ExtensionId,
    trigger: ExtensionAct,
    body: bodies.Act,
    precondition: IfMatch,
) -> dict[str, Any]:
    extension, milestone = _visible_extension(desk, extension_id)
    lock_served_tasks(desk.session, milestone.task_id)
    desk.session.refresh(extension)
    precondition.demand(tag_of_document(extension_document(extension)))
    who: dict[str, Any] = {"actor": desk.actor(body.on_behalf_of), "at": desk.at}
    match trigger:
        case ExtensionAct.CONSENT:
            extension = extensions.consent_extension(desk.session, extension_id, **who)
        case ExtensionAct.GRANT:
            extension = extensions.grant_extension(desk.session, extension_id, reason=body.reason, **who)
        case ExtensionAct.REFUSE:
            extension = extensions.refuse_extension(
                desk.session, extension_id, reason=body.reason or "", **who
            )
    return _tell_extension(desk, extension)


def _visible_extension(desk: ApiDesk, extension_id: int) -> tuple[Extension, Milestone]:
    """Raises ExtensionNotFound, alike for what is hidden and what is not there."""
    extension = get_extension(desk.session, extension_id)
    milestone = get_milestone(desk.session, extension.milestone_id)
    if not desk.sees_list(milestone.task_id):
        raise ExtensionNotFound(extension_id)
    return extension, milestone


def _tell_milestone(desk: ApiDesk, milestone: Milestone) -> dict[str, Any]:
    document = milestone_document(milestone)
    desk.answer.headers["ETag"] = tag_of_document(document)
    return document


def _tell_extension(desk: ApiDesk, extension: Extension) -> dict[str, Any]:
    document = extension_document(extension)
    desk.answer.headers["ETag"] = tag_of_document(document)
    return document


def _explanation(triggers: list[Any], lacking: Callable[[Any], list[Unmet]]) -> dict[str, Any]:
    """What each trigger lacks; a reason is asked for in the same step, and does not count."""
    listed = []
    for each in triggers:
        unmet = [one for one in lacking(each) if one.code != "missing-reason"]
        listed.append(
            {
                "trigger": each.value,
                "allowed": not unmet,
                "unmet": [{"code": one.code, "message": one.message} for one in unmet],
            }
        )
    return {"schema": "dingban.explain/1", "triggers": listed}
