"""`dingban evidence`: hand in files and links, accept, reject, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.acting import Desk, acting
from runtime.cli.exits import REFUSED
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import AsPerson, Json, RecordedBy, RequiredReason, TaskId
from runtime.cli.output import print_json, say
from runtime.cli.progress import progress
from tracker.documents import evidence_document
from tracker.errors import ValueRefused
from tracker.identity import LARGEST_ID, id_of
from tracker.models import Evidence
from tracker.queries.evidence import list_deliverables
from tracker.queries.tasks import get_task
from tracker.services import evidence as handing_in
from tracker.services.evidence_verification import verify_evidence
from tracker.services.submissions import file_name_of

app = Commands(help="佐证材料：提交、审核、核对。")

Numbers = Annotated[str, typer.Argument(metavar="成果序号", help="第几项成果；一份材料用于几项时写成 1,3,5")]
EvidenceId = Annotated[
    int, typer.Argument(metavar="材料编号", min=1, max=LARGEST_ID, help="材料的编号，见 dingban task show")
]
Occurrence = Annotated[
    int | None,
    typer.Option("--milestone", metavar="节点编号", min=1, max=LARGEST_ID, help="周期性工作：材料属于哪一期"),
]
Name = Annotated[
    str | None, typer.Option("--name", metavar="名称", help="材料的名称，不写则用文件名；可以不写扩展名")
]


@app.command("add")
def add(
    task_id: TaskId,
    numbers: Numbers,
    file: Annotated[Path, typer.Argument(metavar="文件", help="要提交的文件")],
    as_person: AsPerson,
    name: Name = None,
    milestone_id: Occurrence = None,
    is_backfilled: Annotated[
        bool, typer.Option("--backfill", help="补录：下达之前，由协调员提交系统启用前已有的材料")
    ] = False,
    as_json: Json = False,
) -> None:
    """提交一份文件。同名的再次提交是新的一版，旧版仍然保留。"""
    with acting(as_person) as desk:
        handed_in = handing_in.hand_in_file(
            desk.session,
            desk.application.store,
            _deliverable_ids(desk, task_id, numbers),
            file,
            name=file_name_of(file, name),
            actor=desk.actor,
            at=desk.at,
            milestone_id=milestone_id,
            is_backfilled=is_backfilled,
        )
        _tell(handed_in, as_json)


@app.command("link")
def link(
    task_id: TaskId,
    numbers: Numbers,
    url: Annotated[str, typer.Argument(metavar="网址", help="http:// 或者 https:// 开头")],
    as_person: AsPerson,
    name: Annotated[str, typer.Option("--name", metavar="名称", help="材料的名称")],
    milestone_id: Occurrence = None,
    as_json: Json = False,
) -> None:
    """提交一个链接代替文件。"""
    with acting(as_person) as desk:
        handed_in = handing_in.hand_in_link(
            desk.session,
            _deliverable_ids(desk, task_id, numbers),
            url,
            name=name,
            actor=desk.actor,
            at=desk.at,
            milestone_id=milestone_id,
        )
        _tell(handed_in, as_json)


@app.command("accept")
def accept(
    evidence_id: EvidenceId, as_person: AsPerson, recorded_by: RecordedBy = None, as_json: Json = False
) -> None:
    """审核人通过一份材料。"""
    with acting(as_person, recorded_by) as desk:
        accepted = handing_in.accept_evidence(desk.session, evidence_id, actor=desk.actor, at=desk.at)
        _tell([accepted], as_json)


@app.command("reject")
def reject(
    evidence_id: EvidenceId,
    as_person: AsPerson,
    reason: RequiredReason,
    recorded_by: RecordedBy = None,
    as_json: Json = False,
) -> None:
    """审核人退回一份材料，须写明理由。"""
    with acting(as_person, recorded_by) as desk:
        rejected = handing_in.reject_evidence(
            desk.session, evidence_id, reason=reason, actor=desk.actor, at=desk.at
        )
        _tell([rejected], as_json)


@app.command("verify")
def verify(as_json: Json = False) -> None:
    """重新读取全部已存文件，逐一核对校验码。"""
    with (
        opened_application() as application,
        application.reading() as session,
        progress("核对文件") as on_progress,
    ):
        report = verify_evidence(session, application.store, on_progress=on_progress)
    if as_json:
        print_json(
            {
                "schema": "dingban.evidence-check/1",
                "checked": report.checked,
                "intact": report.is_intact,
                "missing": [{"sha256": each.sha256, "uses": each.uses} for each in report.missing],
                "altered": [{"sha256": each.sha256, "uses": each.uses} for each in report.altered],
                "orphaned": report.orphaned,
            }
        )
    else:
        for title, problems in (("缺失", report.missing), ("被改动", report.altered)):
            for problem in problems:
                say(f"{title}：{problem.sha256[:12]}…　{'；'.join(problem.uses)}")
        if report.orphaned:
            say(f"另有{len(report.orphaned)}个没有登记的文件，不影响使用。")
        say(
            f"核对了{report.checked}个文件，"
            + ("全部完好。" if report.is_intact else "发现问题，请从备份恢复上列文件。")
        )
    if not report.is_intact:
        raise typer.Exit(REFUSED)


def _deliverable_ids(desk: Desk, task_id: int, numbers: str) -> list[int]:
    """The ids of a task's deliverables by their numbers. Raises ValueRefused naming those that there are."""
    known = {
        each.number: id_of(each) for each in list_deliverables(desk.session, get_task(desk.session, task_id))
    }
    wanted = [
        part.strip() for part in numbers.replace("，", ",").replace("、", ",").split(",") if part.strip()
    ]
    unknown = [part for part in wanted if not (part.isdecimal() and int(part) in known)]
    if unknown or not wanted:
        have = "、".join(map(str, known)) or "（没有成果）"
        raise ValueRefused(f"任务{task_id}没有第{'、'.join(unknown) or '…'}项成果，现有的是：{have}。")
    return [known[int(part)] for part in wanted]


def _tell(handed_in: list[Evidence], as_json: bool) -> None:
    if as_json:
        print_json([evidence_document(each) for each in handed_in])
        return
    labels = {"submitted": "已提交，待审核", "accepted": "已通过", "rejected": "已退回", "superseded": "旧版"}
    for each in handed_in:
        say(f"材料{each.id}“{each.name}”第{each.version}版：{labels[each.state.value]}。")
