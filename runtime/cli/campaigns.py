"""`dingban campaign`: list, open, appoint, close."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from runtime.cli.acting import acting
from runtime.cli.choosing import resolve_campaign
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import AsAnybody, Json
from runtime.cli.output import print_json, print_table, say
from tracker.identity import id_of
from tracker.queries.campaigns import list_campaigns
from tracker.queries.parts import get_campaign_parts
from tracker.queries.people import names_of, resolve_person
from tracker.queries.tasks import TaskFilter, count_tasks_by_state
from tracker.services import campaigns
from workflows.roles import Role
from workflows.task import TASK_WORKFLOW

app = Commands(help="专项工作：查看、新建、指定协调员、结束。")

CampaignArgument = Annotated[str, typer.Argument(metavar="名称", help="专项工作的名称或编号")]


@app.command("add")
def add(
    name: CampaignArgument,
    year: Annotated[int, typer.Option("--year", metavar="年份", min=2000, max=2100, help="哪一年")],
    kind: Annotated[str, typer.Option("--kind", metavar="类别", help="大练兵、稽查、双随机……")] = "一般督办",
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """新建一项专项工作；谁建谁是协调员。导入责任分解表时会自动新建。"""
    with acting(as_person) as desk:
        campaign = campaigns.create_campaign(
            desk.session, name=name, year=year, kind=kind, actor=desk.actor, at=desk.at
        )
        document = {"id": campaign.id, "name": campaign.name, "year": campaign.year}
    print_json(document) if as_json else say(f"已新建“{name}”，编号{document['id']}。")


@app.command("list")
def show_list(as_json: Json = False) -> None:
    """列出专项工作和各状态的任务数。"""
    with opened_application() as application, application.reading() as session:
        found: list[dict[str, Any]] = [
            {
                "id": each.id,
                "name": each.name,
                "year": each.year,
                "kind": each.kind,
                "closed_at": each.closed_at,
                "coordinators": list(
                    names_of(session, get_campaign_parts(session, id_of(each)).coordinators).values()
                ),
                "tasks": {
                    state.value: count
                    for state, count in count_tasks_by_state(session, TaskFilter(campaign_id=each.id)).items()
                },
            }
            for each in list_campaigns(session)
        ]
    if as_json:
        print_json({"schema": "dingban.campaigns/1", "campaigns": found})
        return
    labels = {state.value: label for state, label in TASK_WORKFLOW.state_labels.items()}
    print_table(
        ["编号", "名称", "年份", "协调员", "任务", "结束"],
        [
            (
                each["id"],
                each["name"],
                each["year"],
                "、".join(each["coordinators"]),
                "，".join(f"{labels[state]}{count}" for state, count in each["tasks"].items()),
                each["closed_at"],
            )
            for each in found
        ],
    )


@app.command("appoint")
def appoint(
    name: CampaignArgument,
    who: Annotated[str, typer.Argument(metavar="人员", help="姓名、编号或者邮箱")],
    is_auditor: Annotated[bool, typer.Option("--auditor", help="作为纪检审计人员，只看不办")] = False,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """指定协调员，或者纪检审计人员。"""
    role = Role.AUDITOR if is_auditor else Role.COORDINATOR
    with acting(as_person) as desk:
        campaign, person = resolve_campaign(desk.session, name), resolve_person(desk.session, who)
        campaigns.appoint_coordinator(
            desk.session,
            id_of(campaign),
            id_of(person),
            actor=desk.actor,
            at=desk.at,
            role=role,
        )
    if as_json:
        print_json({"campaign_id": campaign.id, "person_id": person.id, "role": role.value})
    else:
        say(f"{person.name}为“{campaign.name}”的{'纪检审计人员' if is_auditor else '协调员'}。")


@app.command("close")
def close(name: CampaignArgument, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """结束一项专项工作；常态化工作随之办结，还有任务没办完时不能结束。"""
    with acting(as_person) as desk:
        campaign = campaigns.close_campaign(
            desk.session, id_of(resolve_campaign(desk.session, name)), actor=desk.actor, at=desk.at
        )
        document = {"id": campaign.id, "name": campaign.name, "closed_at": campaign.closed_at}
    print_json(document) if as_json else say(f"“{document['name']}”已结束。")
