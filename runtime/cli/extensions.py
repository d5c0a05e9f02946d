"""`dingban extension`: request, consent, grant, refuse."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.options import AsPerson, Json, MilestoneId, Reason, RecordedBy, RequiredReason, read_day
from runtime.cli.output import print_json, say
from tracker.documents import extension_document
from tracker.identity import LARGEST_ID
from tracker.models import Extension
from tracker.services import extensions
from workflows.extension import EXTENSION_WORKFLOW

app = Commands(help="延期：申请、同意再次延期、批准、不批准。")

ExtensionId = Annotated[
    int, typer.Argument(metavar="申请编号", min=1, max=LARGEST_ID, help="延期申请的编号，申请时给出")
]


@app.command("request")
def request(
    milestone_id: MilestoneId,
    as_person: AsPerson,
    to: Annotated[date, typer.Option("--to", metavar="日期", parser=read_day, help="申请延到哪一天")],
    reason: RequiredReason,
    as_json: Json = False,
) -> None:
    """责任人申请把节点延期。"""
    with acting(as_person) as desk:
        extension = extensions.request_extension(
            desk.session, milestone_id, to_due_on=to, reason=reason, actor=desk.actor, at=desk.at
        )
        _tell(extension, as_json)


@app.command("consent")
def consent(extension_id: ExtensionId, as_person: AsPerson, as_json: Json = False) -> None:
    """协调员同意同一节点再次延期，之后才能批准。"""
    with acting(as_person) as desk:
        extension = extensions.consent_extension(desk.session, extension_id, actor=desk.actor, at=desk.at)
        _tell(extension, as_json)


@app.command("grant")
def grant(
    extension_id: ExtensionId,
    as_person: AsPerson,
    reason: Reason = None,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """分管领导批准延期。"""
    with acting(as_person, recorded_by) as desk:
        extension = extensions.grant_extension(
            desk.session, extension_id, reason=reason, actor=desk.actor, at=desk.at
        )
        _tell(extension, as_json)


@app.command("refuse")
def refuse(
    extension_id: ExtensionId,
    as_person: AsPerson,
    reason: RequiredReason,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """分管领导不批准延期。"""
    with acting(as_person, recorded_by) as desk:
        extension = extensions.refuse_extension(
            desk.session, extension_id, reason=reason, actor=desk.actor, at=desk.at
        )
        _tell(extension, as_json)


def _tell(extension: Extension, as_json: bool) -> None:
    if as_json:
        print_json(extension_document(extension))
        return
    state = EXTENSION_WORKFLOW.state_labels[extension.state]
    late = "（时限过后才申请，按逾期记录）" if extension.is_late else ""
    say(
        f"延期申请{extension.id}（节点{extension.milestone_id}，"
        f"{extension.from_due_on} → {extension.to_due_on}）现在是“{state}”{late}。"
    )
