"""`dingban init`: creates or migrates the database, and opens the first account."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import Json
from runtime.cli.output import office_time, print_json, say
from runtime.setting_up import set_up_office

app = Commands()


@app.command("init")
def set_up(
    name: Annotated[
        str | None, typer.Option("--administrator", metavar="姓名", help="第一个账号的姓名（默认“管理员”）")
    ] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="邮箱", help="第一个账号的邮箱")] = None,
    as_json: Json = False,
) -> None:
    """建立数据库，或者升级到本版程序；登记管理员并开通账号，装入已公布的放假安排。

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
        say(f"已登记管理员“{document['administrator']}”。")
    if first := document["account"]:
        say(f"已为管理员“{first['name']}”开通账号，登录名 {first['login_name']}。")
        say(f"一次性代码（只显示这一次，{office_time(first['code_expires_at'])}前有效）：{first['code']}")
        say("下一步：运行 dingban serve，打开它给出的网址，点“用一次性代码设置密码”，设好密码后登录。")
        say("登录后在“管理”中登记协调员、开通账号，由协调员在“导入”中上传责任分解表。")
        say("代码丢了，运行 dingban account reset。")
