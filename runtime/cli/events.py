"""`dingban event`: record what happened, from which relative deadlines count."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.choosing import resolve_campaign
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import AsAnybody, Json, read_day
from runtime.cli.output import print_json, print_table, say
from tracker.documents import milestone_document
from tracker.identity import LARGEST_ID, id_of
from tracker.queries.milestones import list_events
from tracker.services.events import record_event

app = Commands(help="登记事件（检查结束、收到意见书），相对期限由此起算。")

Campaign = Annotated[str, typer.Option("--campaign", metavar="名称", help="哪项专项工作（名称或编号）")]


@app.command("record")
def record(
    name: Annotated[str, typer.Argument(metavar="事件", help="例如：检查结束")],
    campaign: Campaign,
    on: Annotated[date, typer.Option("--on", metavar="日期", parser=read_day, help="事件发生的日期")],
    subject: Annotated[
        str, typer.Option("--subject", metavar="文字", help="同名事件有几次时用来区分，例如案号")
    ] = "",
    task_id: Annotated[
        int | None,
        typer.Option("--task", metavar="任务编号", min=1, max=LARGEST_ID, help="只对这一项任务登记"),
    ] = None,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """登记一个事件，并列出由它起算的时限。"""
    with acting(as_person) as desk:
        milestones = record_event(
            desk.session,
            campaign_id=id_of(resolve_campaign(desk.session, campaign)),
            name=name,
            on=on,
            subject=subject,
            task_id=task_id,
            actor=desk.actor,
            at=desk.at,
            calendar=desk.application.calendar(desk.session),
        )
        documents = [milestone_document(each) for each in milestones]
    if as_json:
        print_json({"schema": "dingban.event/1", "milestones": documents})
        return
    say(f"已登记“{name}”（{on}），由此确定{len(documents)}个时限：")
    print_table(
        ["节点", "任务", "内容", "时限"],
        [
            (
                each["id"],
                each["task_id"],
                each["text"],
                f"{each['due_on']}{'（暂定）' if each['is_provisional'] else ''}",
            )
            for each in documents
        ],
    )


@app.command("list")
def show_list(campaign: Campaign, as_json: Json = False) -> None:
    """列出一项专项工作登记过的事件。"""
    with opened_application() as application, application.reading() as session:
        events = list_events(session, id_of(resolve_campaign(session, campaign)))
    if as_json:
        print_json(
            {
                "schema": "dingban.events/1",
                "events": [
                    {
                        "id": each.id,
                        "name": each.name,
                        "subject": each.subject,
                        "on": each.on,
                        "task_id": each.task_id,
                    }
                    for each in events
                ],
            }
        )
        return
    print_table(
        ["编号", "事件", "区分", "日期", "任务"],
        [(each.id, each.name, each.subject, each.on, each.task_id) for each in events],
    )
