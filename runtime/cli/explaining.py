"""`dingban explain`: what a step still lacks, without taking it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from runtime.cli.acting import find_actor
from runtime.cli.exits import REFUSED
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import AsPerson, Json, Reason, TaskId
from runtime.cli.output import print_json, say
from tracker.documents import explanation_document
from tracker.queries.tasks import get_task
from tracker.services.lifecycle import explain_task, list_triggers
from workflows.kernel import Unmet
from workflows.registry import workflow_named
from workflows.task import TaskTrigger

app = Commands()


@app.command("explain")
def explain(
    task_id: TaskId,
    as_person: AsPerson,
    trigger: Annotated[
        TaskTrigger | None,
        typer.Argument(metavar="[步骤]", help=f"{'、'.join(TaskTrigger)}；不写则列出现在可以走的每一步"),
    ] = None,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """办理某一步还缺什么，只看不办。缺条件时退出码为 1。"""
    with opened_application() as application, application.reading() as session:
        actor = find_actor(session, as_person)
        labels = workflow_named(get_task(session, task_id).workflow).trigger_labels
        if trigger is not None:
            found: dict[StrEnum, list[Unmet]] = {
                trigger: explain_task(session, task_id, trigger, actor=actor, reason=reason)
            }
        else:
            found = list_triggers(session, task_id, actor=actor)
    if as_json:
        print_json(explanation_document(task_id, found))
    else:
        for each, unmet in found.items():
            say(f"{labels[each]}（{each.value}）：{'还缺：' if unmet else '可以办理。'}")
            for one in unmet:
                say(f"  - {one.message}")
    if trigger is not None and found[trigger]:
        raise typer.Exit(REFUSED)
