"""`dingban milestone`: report, confirm, return, waive; record what was done before the program came, and take it back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.options import AsPerson, Json, MilestoneId, RecordedBy, RequiredReason, read_day
from runtime.cli.output import print_json, say
from tracker.documents import milestone_document
from tracker.lights import BACKFILLED
from tracker.models import Milestone
from tracker.services import milestones
from tracker.services.backfilling import backfill_milestone, take_back_milestone
from tracker.services.dating import set_milestone_day
from workflows.milestone import MILESTONE_WORKFLOW

app = Commands(help="时间节点：报告、定日期、确认、退回、豁免、补录。节点编号见 dingban task show。")


@app.command("report")
def report(
    milestone_id: MilestoneId,
    as_person: AsPerson,
    note: Annotated[str, typer.Option("--note", metavar="文字", help="完成情况")],
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """责任人报告节点完成情况（常态化工作：报告进展）。"""
    with acting(as_person, recorded_by) as desk:
        milestone = milestones.report_milestone(
            desk.session, milestone_id, note=note, actor=desk.actor, at=desk.at
        )
        _tell(milestone, as_json)


@app.command("date")
def date_it(
    milestone_id: MilestoneId,
    on: Annotated[date, typer.Option("--on", metavar="日期", parser=read_day, help="时限是哪一天")],
    as_person: AsPerson,
    as_json: Json = False,
) -> None:
    """协调员给没有日期的节点（“尽快”“按要求”等）定一个时限。"""
    with acting(as_person) as desk:
        milestone = set_milestone_day(desk.session, milestone_id, on=on, actor=desk.actor, at=desk.at)
        _tell(milestone, as_json)


@app.command("confirm")
def confirm(
    milestone_id: MilestoneId,
    as_person: AsPerson,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="审核意见")] = None,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """审核人确认已报告的节点。"""
    with acting(as_person, recorded_by) as desk:
        milestone = milestones.confirm_milestone(
            desk.session, milestone_id, note=note, actor=desk.actor, at=desk.at
        )
        _tell(milestone, as_json)


@app.command("return")
def send_back(
    milestone_id: MilestoneId,
    as_person: AsPerson,
    reason: RequiredReason,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """审核人退回已报告的节点。"""
    with acting(as_person, recorded_by) as desk:
        milestone = milestones.return_milestone(
            desk.session, milestone_id, reason=reason, actor=desk.actor, at=desk.at
        )
        _tell(milestone, as_json)


@app.command("waive")
def waive(
    milestone_id: MilestoneId,
    as_person: AsPerson,
    reason: RequiredReason,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """分管领导豁免节点。"""
    with acting(as_person, recorded_by) as desk:
        milestone = milestones.waive_milestone(
            desk.session, milestone_id, reason=reason, actor=desk.actor, at=desk.at
        )
        _tell(milestone, as_json)


@app.command("backfill")
def backfill(
    milestone_id: MilestoneId,
    on: Annotated[date, typer.Option("--on", metavar="日期", parser=read_day, help="实际在哪一天完成")],
    basis: Annotated[
        str, typer.Option("--basis", metavar="文字", help="依据：从哪里看出已经完成，如文号、会议纪要")
    ],
    as_person: AsPerson,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """补录：下达之前，协调员记下系统启用前已经完成的节点。只限首次下达之前时限已过的节点。"""
    with acting(as_person, recorded_by) as desk:
        milestone = backfill_milestone(
            desk.session, milestone_id, done_on=on, basis=basis, actor=desk.actor, at=desk.at
        )
        _tell(milestone, as_json)


@app.command("take_back")
def take_back(
    milestone_id: MilestoneId,
    as_person: AsPerson,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """撤回补录：下达之前可以撤回，节点恢复为未完成。"""
    with acting(as_person, recorded_by) as desk:
        milestone = take_back_milestone(desk.session, milestone_id, actor=desk.actor, at=desk.at)
        _tell(milestone, as_json)


def _tell(milestone: Milestone, as_json: bool) -> None:
    if as_json:
        print_json(milestone_document(milestone))
    else:
        state = MILESTONE_WORKFLOW.state_labels[milestone.state]
        done = f"（{BACKFILLED}，{milestone.done_on}完成）" if milestone.done_on else ""
        say(f"节点{milestone.id}“{milestone.text}”现在是“{state}”{done}。")
