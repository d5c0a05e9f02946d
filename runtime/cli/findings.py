"""`dingban finding`: what imports found, and how it was settled."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.choosing import resolve_campaign
from runtime.cli.grammar import Commands
from runtime.cli.invocation import Refused, opened_application
from runtime.cli.options import AsAnybody, Json
from runtime.cli.output import note, print_json, print_table, say
from runtime.cli.task_page import SEVERITY_LABELS
from tracker.identity import LARGEST_ID, id_of
from tracker.queries.findings import list_findings
from tracker.services.findings import settle_finding

app = Commands(help="导入时发现的问题：查看、处理。错误处理完，任务才能下达。")


@app.command("list")
def show_list(
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="名称", help="只看某项专项工作")
    ] = None,
    task_id: Annotated[
        int | None, typer.Option("--task", metavar="任务编号", min=1, max=LARGEST_ID, help="只看某项任务")
    ] = None,
    is_all: Annotated[bool, typer.Option("--all", help="包括已处理的")] = False,
    as_json: Json = False,
) -> None:
    """列出导入时发现的问题，重的在前。"""
    with opened_application() as application, application.reading() as session:
        found = list_findings(
            session,
            task_id=task_id,
            campaign_id=None if campaign is None else id_of(resolve_campaign(session, campaign)),
            only_open=not is_all,
        )
    if as_json:
        print_json(
            {
                "schema": "dingban.findings/1",
                "findings": [
                    {
                        "id": each.id,
                        "task_id": each.task_id,
                        "code": each.code,
                        "severity": each.severity.value,
                        "message": each.message,
                        "repair": each.repair,
                        "where": each.where,
                        "settled_at": each.settled_at,
                        "settlement": each.settlement,
                    }
                    for each in found
                ],
            }
        )
        return
    print_table(
        ["编号", "轻重", "任务", "位置", "问题"],
        [
            (
                each.id,
                SEVERITY_LABELS[each.severity.value] + ("（已处理）" if each.settled_at else ""),
                each.task_id,
                each.where,
                each.message,
            )
            for each in found
        ],
    )


@app.command("settle")
def settle(
    settlement: Annotated[str, typer.Option("--note", metavar="文字", help="怎样处理的")],
    finding_ids: Annotated[
        list[int] | None, typer.Argument(metavar="问题编号…", min=1, max=LARGEST_ID, help="可以写几个")
    ] = None,
    task_id: Annotated[
        int | None,
        typer.Option("--task", metavar="任务编号", min=1, max=LARGEST_ID, help="这项任务的全部未处理问题"),
    ] = None,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """由协调员写明怎样处理，把问题了结。"""
    with acting(as_person) as desk:
        chosen = list(finding_ids or [])
        if task_id is not None:
            chosen += [id_of(each) for each in list_findings(desk.session, task_id=task_id, only_open=True)]
        if not chosen:
            raise Refused("没有要处理的问题：请写明问题编号，或者用 --task 写明任务。")
        for finding_id in chosen:
            settle_finding(desk.session, finding_id, note=settlement, actor=desk.actor, at=desk.at)
    if as_json:
        print_json({"settled": chosen})
    else:
        say(f"已处理{len(chosen)}个问题。")
    note("全部错误处理完的任务可以下达：dingban task issue 任务编号")
