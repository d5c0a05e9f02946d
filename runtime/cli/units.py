"""`dingban unit`: sections, brigades, branches."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import AsAnybody, AsPerson, Json, TaskId
from runtime.cli.output import print_json, print_table, say
from tracker.identity import id_of
from tracker.queries.people import list_units, resolve_unit
from tracker.services.people import create_unit
from tracker.services.unit_progress import report_unit_progress

app = Commands(help="单位：登记、报送进展、查看。")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="名称", help="科室、大队、分局……")],
    parent: Annotated[str | None, typer.Option("--parent", metavar="单位", help="上级单位")] = None,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """登记一个单位。"""
    with acting(as_person) as desk:
        parent_id = None if parent is None else id_of(resolve_unit(desk.session, parent))
        unit = create_unit(desk.session, name=name, parent_id=parent_id, actor=desk.actor, at=desk.at)
        document = {"id": unit.id, "name": unit.name, "parent_id": unit.parent_id}
    print_json(document) if as_json else say(f"已登记“{name}”，编号{document['id']}。")


@app.command("progress")
def progress(
    task_id: TaskId,
    name: Annotated[str, typer.Argument(metavar="单位", help="任务的责任单位之一")],
    text: Annotated[str, typer.Option("--text", metavar="文字", help="进展情况")],
    as_person: AsPerson,
    as_json: Json = False,
) -> None:
    """协办单位报送自己在一项任务上的进展。"""
    with acting(as_person) as desk:
        unit_id = id_of(resolve_unit(desk.session, name))
        row = report_unit_progress(desk.session, task_id, unit_id, text=text, actor=desk.actor, at=desk.at)
        document = {
            "task_id": row.task_id,
            "unit": name,
            "progress": row.progress,
            "progress_at": row.progress_at,
        }
    print_json(document) if as_json else say(f"已登记“{name}”在任务{task_id}上的进展。")


@app.command("list")
def show_list(as_json: Json = False) -> None:
    """列出单位。"""
    with opened_application() as application, application.reading() as session:
        units = list_units(session)
    if as_json:
        print_json(
            {
                "schema": "dingban.units/1",
                "units": [{"id": each.id, "name": each.name, "parent_id": each.parent_id} for each in units],
            }
        )
        return
    names = {each.id: each.name for each in units}
    print_table(["编号", "名称", "上级"], [(each.id, each.name, names.get(each.parent_id)) for each in units])
