"""`dingban archive TASK --out FILE` and `dingban archive verify FILE`: the closing package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.acting import find_actor
from runtime.cli.exits import REFUSED
from runtime.cli.grammar import Commands
from runtime.cli.invocation import now, opened_application
from runtime.cli.options import AsAnybody, Json
from runtime.cli.output import print_json, say
from tracker.archive import build_package, record_package, verify_package

app = Commands()


@app.command("archive")
def archive(
    what: Annotated[str, typer.Argument(metavar="任务编号|verify", help="任务的编号；核对材料包时写 verify")],
    file: Annotated[Path | None, typer.Argument(metavar="[文件]", help="要核对的材料包")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件", help="材料包写到哪个文件（.zip）")
    ] = None,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """生成一项已销号任务的归档材料包，或者核对一个材料包。

    生成：dingban archive 12 --out 任务12.zip
    核对：dingban archive verify 任务12.zip（不需要数据库）
    """
    if what == "verify":
        if file is None:
            raise typer.BadParameter("核对时须写明文件：dingban archive verify 文件")
        _verify(file, as_json)
    elif what.isdecimal():
        if out is None:
            raise typer.BadParameter("生成时须写明文件：dingban archive 任务编号 --out 文件")
        _build(int(what), out, as_person, as_json)
    else:
        raise typer.BadParameter(f"“{what}”不是任务编号；核对材料包时写 verify")


def _build(task_id: int, out: Path, as_person: str | None, as_json: bool) -> None:
    with opened_application() as application:
        with application.reading() as session:
            actor = find_actor(session, as_person)
            built = build_package(session, application.store, task_id, out=out, actor=actor)
        with application.writing() as session:
            record_package(session, built, actor=actor, at=now())
    if as_json:
        print_json(
            {
                "schema": "dingban.archive/1",
                "file": str(out),
                "sha256": built.sha256,
                "members": built.members,
            }
        )
        return
    say(f"已生成“{out}”，内有{built.members}个文件，校验通过。")
    say(f"SHA-256：{built.sha256}")
    say(f"下一步：dingban task archive {task_id} --package {out} --as 协调员")


def _verify(file: Path, as_json: bool) -> None:
    report = verify_package(file)
    if as_json:
        print_json(
            {
                "schema": "dingban.archive-check/1",
                "file": str(file),
                "sha256": report.sha256,
                "members": report.members,
                "intact": report.is_intact,
                "problems": report.problems,
            }
        )
    elif report.is_intact:
        say(f"材料包完好，{report.members}个文件全部与清单相符。")
    else:
        say("材料包校验未通过：")
        for problem in report.problems:
            say(f"  - {problem}")
    if not report.is_intact:
        raise typer.Exit(REFUSED)
