"""`dingban instruction`: a leader's note on a task, which the owner must acknowledge."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.options import AsPerson, Json, RecordedBy, TaskId
from runtime.cli.output import print_json, say
from tracker.documents import instruction_document
from tracker.identity import LARGEST_ID
from tracker.services.instructions import acknowledge_instruction, give_instruction

app = Commands(help="领导批示：下达、回应。")


@app.command("give")
def give(
    task_id: TaskId,
    as_person: AsPerson,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="批示的内容")],
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """分管领导对任务作批示，责任人须回应。"""
    with acting(as_person, recorded_by) as desk:
        instruction = give_instruction(desk.session, task_id, text=text, actor=desk.actor, at=desk.at)
        document = instruction_document(instruction)
    print_json(document) if as_json else say(f"批示{document['id']}已下达，等待责任人回应。")


@app.command("ack")
def acknowledge(
    instruction_id: Annotated[
        int, typer.Argument(metavar="批示编号", min=1, max=LARGEST_ID, help="见 dingban task show")
    ],
    as_person: AsPerson,
    as_json: Json = False,
) -> None:
    """责任人回应批示，表示知悉并办理。"""
    with acting(as_person) as desk:
        instruction = acknowledge_instruction(desk.session, instruction_id, actor=desk.actor, at=desk.at)
        document = instruction_document(instruction)
    print_json(document) if as_json else say(f"批示{document['id']}已回应。")
