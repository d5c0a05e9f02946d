"""`dingban doctor`: what is wrong with this installation."""

from __future__ import annotations

import typer

from runtime.cli.exits import OUTSIDE
from runtime.cli.grammar import Commands
from runtime.cli.invocation import now, opened_application
from runtime.cli.options import Json
from runtime.cli.output import print_json, say
from runtime.doctor import Level, examine

app = Commands()


@app.command("doctor")
def doctor(as_json: Json = False) -> None:
    """体检：数据库、办理记录、邮件、工作日历、时钟、磁盘、提醒服务是否正常。

    有“异常”时退出码为 4；“注意”不影响使用。
    """
    with opened_application(migrated=False) as application:
        findings = examine(application, at=now())
    if as_json:
        print_json(
            {
                "schema": "dingban.doctor/1",
                "findings": [
                    {
                        "level": finding.level.name.lower(),
                        "topic": finding.topic,
                        "text": finding.text,
                        "advice": finding.advice or None,
                    }
                    for finding in findings
                ],
            }
        )
    else:
        for finding in findings:
            say(f"[{finding.level.value}] {finding.topic}：{finding.text}")
            if finding.advice:
                say(f"       怎么办：{finding.advice}")
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(OUTSIDE)
