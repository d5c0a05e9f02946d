"""`dingban audit verify`: walks the event chain and says whether anything was altered, and where."""

from __future__ import annotations

import typer

from runtime.cli.exits import REFUSED
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import Json
from runtime.cli.output import print_json, say
from tracker.services.auditing import verify_chain

app = Commands(help="办理记录：核对有没有被改动。")


@app.callback()
def audit() -> None:
    """办理记录：核对有没有被改动。"""


@app.command("verify")
def verify(as_json: Json = False) -> None:
    """从头核对全部办理记录，指出第一条被改动、删除或者插入的。"""
    with opened_application() as application, application.reading() as session:
        report = verify_chain(session)
    if as_json:
        print_json(
            {
                "schema": "dingban.audit/1",
                "events": report.events,
                "intact": report.is_intact,
                "altered_id": report.altered_id,
                "finding": report.finding,
            }
        )
    elif report.is_intact:
        say(f"办理记录完好，共{report.events}条，没有改动。")
    else:
        say(
            f"办理记录被改动：{report.finding}。此前的{report.events}条完好。请保留现场，联系管理员和纪检审计人员。"
        )
    if not report.is_intact:
        raise typer.Exit(REFUSED)
