"""The two pages of 补录, and what their forms do: one draft, or all drafts of a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tracker.errors import ActRefused, MilestoneNotFound
from tracker.identity import id_of
from tracker.lights import Light, light_of
from tracker.models import Campaign, Task
from tracker.queries.backfilling import Candidate, count_backfillable, list_backfillable, list_backfilled
from tracker.queries.campaign_sight import get_visible_campaign
from tracker.queries.evidence import list_deliverables
from tracker.queries.milestones import get_milestone
from tracker.queries.people import names_of
from tracker.queries.served import SharedList, get_served_tasks, holder_of
from tracker.queries.sight import get_visible_task, may_see_list
from tracker.services.backfilling import (
    BASIS_CHARACTERS,
    Backfill,
    backfill_milestones,
    take_back_milestone,
)
from tracker.services.evidence_duties import bringing_unmet
from web.backfilling.sheet import Refusal, read_sheet, refusal_of
from web.desk import Desk, own_path
from web.forms import InputRefused
from web.pages.handing_in import FIELD, deliverable_of, hand_in_all
from web.streaming import MOST_FILES, Received, UploadDesk
from web.task_desk import TaskDesk
from web.task_view import task_view
from workflows.kernel import Unmet

ROWS_A_PAGE, RECORDED_SHOWN = 60, 40


@dataclass(frozen=True)
class Recorded:
    """What was recorded and may still be taken back: its light, and who recorded it."""

    candidate: Candidate
    light: Light
    recorder: str


def show_task(page: TaskDesk) -> Response:
    """One draft: the steps whose day has passed, what was recorded of it, and files that show it."""
    return _task_page(page)


def record_of_task(act: TaskDesk) -> Response:
    desk = act.desk
    sheet = read_sheet(desk.form, _of_task(act))
    for each in _filled(sheet):
        act.milestone(each.milestone_id)
    if refusal := refusal_of(desk, sheet, act.actor):
        _tell_scripts(desk, refusal)
        return _task_page(act, refusal)
    done = backfill_milestones(desk.session, _filled(sheet), actor=act.actor, at=desk.at)
    return desk.done(f"/tasks/{act.task_id}/before", f"已补录{len(done)}个节点。")


def take_back(act: TaskDesk, milestone_id: int) -> Response:
    desk, milestone = act.desk, act.milestone(milestone_id)
    take_back_milestone(desk.session, milestone_id, actor=desk.actor, at=desk.at)
    return desk.back(f"/tasks/{act.task_id}/before", f"已撤回“{milestone.text[:40]}”的补录。")


async def bring_files(upload: UploadDesk, task_id: int) -> Response:
    received = await upload.receive(lambda: _require_may_bring(upload, task_id))
    return await run_in_threadpool(_bring, upload, received, task_id)


def show_campaign(desk: Desk, campaign_id: int, page: int) -> Response:
    """All drafts of a campaign, a page at a time: nobody records fifty steps task by task."""
    return _campaign_page(desk, _own_campaign(desk, campaign_id), page)


def record_of_campaign(desk: Desk, campaign_id: int, page: int) -> Response:
    campaign = _own_campaign(desk, campaign_id)
    offered = list_backfillable(desk.session, today=desk.today, campaign_id=campaign_id)
    sheet = read_sheet(desk.form, offered)
    for each in _filled(sheet):
        _require_visible(desk, each.milestone_id)
    if refusal := refusal_of(desk, sheet, desk.actor):
        _tell_scripts(desk, refusal)
        return _campaign_page(desk, campaign, page, refusal)
    done = backfill_milestones(desk.session, _filled(sheet), actor=desk.actor, at=desk.at)
    return desk.done(_address(desk, campaign_id, page), f"已补录{len(done)}个节点。")


def _filled(sheet: Sequence[Backfill] | InputRefused) -> Sequence[Backfill]:
    return () if isinstance(sheet, InputRefused) else sheet


def _tell_scripts(desk: Desk, refusal: Refusal) -> None:
    """Raise it where scripts leave the form as it is; without them the page is shown again with what was typed."""
    if "hx-request" in desk.request.headers:
        raise refusal


def _of_task(page: TaskDesk) -> list[Candidate]:
    desk = page.desk
    return list_backfillable(desk.session, today=desk.today, holder_id=holder_of(page.task))


def _task_page(page: TaskDesk, refusal: Refusal | None = None) -> Response:
    desk = page.desk
    rows, acts = page.read()
    offered = _of_task(page)
    recorded = list_backfilled(desk.session, holder_id=holder_of(page.task), limit=RECORDED_SHOWN + 1)
    return desk.page(
        "backfilling/task.html",
        status=_status(refusal),
        refusal=refusal,
        task=page.task,
        rows=rows,
        view=task_view(rows, acts, today=desk.today, rules=desk.house.rules),
        may_backfill=_runs(desk, page.task.campaign_id) and rows.served_by_milestones.is_in_draft,
        may_bring=rows.served_by_deliverables.is_in_draft,
        groups=_by_task(offered[:ROWS_A_PAGE]),
        more=len(offered[ROWS_A_PAGE:]),
        recorded=_recorded(desk, recorded[:RECORDED_SHOWN]),
        has_more_recorded=len(recorded) > RECORDED_SHOWN,
        leaders=[(person, rows.names[person]) for person in rows.parts.leaders],
        BASIS_CHARACTERS=BASIS_CHARACTERS,
        FIELD=FIELD,
        MOST_FILES=MOST_FILES,
    )


def _campaign_page(desk: Desk, campaign: Campaign, page: int, refusal: Refusal | None = None) -> Response:
    campaign_id = id_of(campaign)
    total = count_backfillable(desk.session, today=desk.today, campaign_id=campaign_id)
    page = min(page, max(1, -(-total // ROWS_A_PAGE)))
    first = ROWS_A_PAGE * (page - 1)
    offered = list_backfillable(
        desk.session, today=desk.today, campaign_id=campaign_id, limit=ROWS_A_PAGE, offset=first
    )
    recorded = list_backfilled(desk.session, campaign_id=campaign_id, limit=RECORDED_SHOWN + 1)
    return desk.page(
        "backfilling/campaign.html",
        status=_status(refusal),
        refusal=refusal,
        campaign=campaign,
        total=total,
        groups=_by_task(offered),
        place=f"第 {first + 1}–{first + len(offered)} 个，共 {total} 个",
        here=_address(desk, campaign_id, page),
        previous=_address(desk, campaign_id, page - 1) if page > 1 else None,
        following=_address(desk, campaign_id, page + 1) if first + ROWS_A_PAGE < total else None,
        back=_came_from(desk),
        recorded=_recorded(desk, recorded[:RECORDED_SHOWN]),
        has_more_recorded=len(recorded) > RECORDED_SHOWN,
        BASIS_CHARACTERS=BASIS_CHARACTERS,
    )


def _came_from(desk: Desk) -> str | None:
    """The page that led here: the last step of an import."""
    return own_path(desk.request.query_params.get("back", ""))


def _address(desk: Desk, campaign_id: int, page: int) -> str:
    back = _came_from(desk)
    return f"/campaigns/{campaign_id}/before?{urlencode({'page': page} | ({'back': back} if back else {}))}"


def _status(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return 422 if isinstance(refusal, InputRefused) else 409


def _own_campaign(desk: Desk, campaign_id: int) -> Campaign:
    """Raises CampaignNotFound for what he may not see, ActRefused for what he does not run."""
    campaign = get_visible_campaign(desk.session, desk.visitor.sight, campaign_id)
    if not _runs(desk, campaign_id):
        raise ActRefused("补录", [Unmet("wrong-role", "补录须由本专项工作的协调员办理")])
    return campaign


def _require_visible(desk: Desk, milestone_id: int) -> None:
    """Raises MilestoneNotFound, alike for what is hidden and what is not there: a refusal names the task."""
    milestone = get_milestone(desk.session, milestone_id)
    if not may_see_list(desk.session, desk.visitor.sight, milestone.task_id):
        raise MilestoneNotFound(milestone_id)


def _runs(desk: Desk, campaign_id: int) -> bool:
    return campaign_id in desk.visitor.sight.coordinated


def _by_task(candidates: Sequence[Candidate]) -> list[tuple[Candidate, list[Candidate]]]:
    """The steps under the task that holds them; the first stands for the task."""
    groups = [list(group) for _, group in groupby(candidates, key=lambda each: each.task_id)]
    return [(group[0], group) for group in groups]


def _recorded(desk: Desk, candidates: Sequence[Candidate]) -> list[Recorded]:
    rules = desk.house.rules
    recorders = {each.milestone.id: each.milestone.met_by_id or 0 for each in candidates}
    names = names_of(desk.session, set(recorders.values()))
    return [
        Recorded(
            each,
            light_of(each.milestone, today=desk.today, thresholds=rules.lights, measure=rules.measure),
            names.get(recorders[each.milestone.id], ""),
        )
        for each in candidates
    ]


def _require_may_bring(upload: UploadDesk, task_id: int) -> None:
    """Raise what bringing files would be refused with, before anything is taken in."""

    def ask(desk: Desk) -> None:
        task = get_visible_task(desk.session, desk.visitor.sight, task_id)
        _first_unmet(desk, task)

    upload.with_desk(ask, is_writing=False)


def _first_unmet(desk: Desk, task: Task) -> None:
    deliverable = next(iter(list_deliverables(desk.session, task)), None)
    if deliverable is None:
        raise ActRefused("提交材料", [Unmet("no-deliverable", "这项任务没有要求提交成果")])
    holder = holder_of(task, SharedList.DELIVERABLES)
    served = get_served_tasks(desk.session, holder, SharedList.DELIVERABLES)
    if unmet := bringing_unmet(served, deliverable, desk.actor):
        raise ActRefused("提交材料", unmet)


def _bring(upload: UploadDesk, received: Received, task_id: int) -> Response:
    """Hand everything in, or nothing."""
    sent = [(deliverable_of(file), file) for file in received.files]
    if not sent:
        raise InputRefused("file", "请先选择要提交的文件。")
    answers: list[Response] = []

    def act(desk: Desk) -> None:
        at_task = TaskDesk(desk, get_visible_task(desk.session, desk.visitor.sight, task_id))
        hand_in_all(at_task, sent, is_backfilled=True)
        answers.append(
            desk.done(f"/tasks/{task_id}/before#files", f"已提交{len(sent)}个文件，下达后由审核人审核。")
        )

    upload.with_desk(act, received.form, is_writing=True)
    return answers[0]
