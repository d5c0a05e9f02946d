"""`dingban deduction`: occurrences of a deduction item."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.options import AsPerson, Json, TaskId, read_day
from runtime.cli.output import print_json, say
from tracker.queries.campaigns import sum_deductions
from tracker.queries.tasks import get_task
from tracker.services.deductions import record_deduction

app = Commands(help="扣分项：登记一次扣分。")


@app.callback()
def deduction() -> None:
    """扣分项：登记一次扣分。"""


@app.command("record")
def record(
    task_id: TaskId,
    as_person: AsPerson,
    points: Annotated[float, typer.Option("--points", metavar="分数", help="扣几分，写正数")],
    note: Annotated[str, typer.Option("--note", metavar="文字", help="因为什么")],
    on: Annotated[
        date | None, typer.Option("--on", metavar="日期", parser=read_day, help="发生的日期，不写则为今天")
    ] = None,
    as_json: Json = False,
) -> None:
    """登记一次扣分；累计不超过这一项的上限。"""
    with acting(as_person) as desk:
        record_deduction(
            desk.session, task_id, points=points, note=note, on=on or desk.today, actor=desk.actor, at=desk.at
        )
        desk.session.flush()
        lost = sum_deductions(desk.session, get_task(desk.session, task_id))
    if as_json:
        print_json({"task_id": task_id, "points": points, "points_lost": lost})
    else:
        say(f"任务{task_id}扣{points:g}分，累计扣{lost:g}分。")
