"""`dingban urge`: a reminder that a person sends by hand, on record."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.options import AsPerson, Json, RecordedBy, TaskId
from runtime.cli.output import print_json, say
from tracker.services.instructions import urge_task

app = Commands()


@app.command("urge")
def urge(
    task_id: TaskId,
    as_person: AsPerson,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="催办的话")],
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """催办一项任务：记录在案，并通知责任人。"""
    with acting(as_person, recorded_by) as desk:
        urge_task(desk.session, task_id, text=text, actor=desk.actor, at=desk.at)
    print_json({"task_id": task_id, "urged": True}) if as_json else say(f"已催办任务{task_id}。")
