"""`dingban init`: creates or migrates the database, and the first account."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from runtime import migrations
from runtime.bootstrap import Application
from runtime.cli.grammar import Commands
from runtime.cli.invocation import now, opened_application
from runtime.cli.options import Json
from runtime.cli.output import print_json, say
from tracker.queries.people import list_people
from tracker.services.auditing import SYSTEM
from tracker.services.calendars import seed_calendar
from tracker.services.people import create_person

app = Commands()


@app.command("init")
def set_up(
    name: Annotated[
        str | None, typer.Option("--administrator", metavar="姓名", help="第一个账号的姓名（默认“管理员”）")
    ] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="邮箱", help="第一个账号的邮箱")] = None,
    as_json: Json = False,
) -> None:
    """建立数据库，或者升级到本版程序；登记管理员，装入已公布的放假安排。

    再次运行不会重复登记，也不会改动已有的数据。
    """
    with opened_application(migrated=False) as application:
        document = set_up_office(application, name=name, email=email)
    if as_json:
        print_json(document)
        return
    before = document["from_revision"]
    say(
        "数据库已建立。"
        if before is None
        else f"数据库已从版本 {before} 升级。"
        if document["upgraded"]
        else "数据库已是最新。"
    )
    if document["calendar_years"]:
        years = document["calendar_years"]
        say(f"已装入{min(years)}—{max(years)}年的放假安排。")
    if document["administrator"]:
        say(f"已登记管理员“{document['administrator']}”。下一步：dingban import 责任分解表文件")


def set_up_office(application: Application, *, name: str | None, email: str | None) -> dict[str, Any]:
    """Migrate, seed the calendar, enter the first account where there is none; say what was done."""
    before = migrations.current_revision(application.engine)
    if before != migrations.newest_revision():
        from runtime.migrations.running import upgrade  # 0.5 s, and only where there is something to do

        upgrade(application.engine)
    with application.writing() as session:
        years = seed_calendar(session, at=now())
        administrator = None
        if not any(person.is_administrator for person in list_people(session)):
            administrator = create_person(
                session,
                name=name or "管理员",
                email=email,
                is_administrator=True,
                actor=SYSTEM,
                at=now(),
            ).name
    return {
        "schema": "dingban.init/1",
        "from_revision": before,
        "revision": migrations.newest_revision(),
        "upgraded": before != migrations.newest_revision(),
        "calendar_years": years,
        "administrator": administrator,
    }
