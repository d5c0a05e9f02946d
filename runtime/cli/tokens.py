"""`dingban token`: what programs show to act as a person through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import AsAnybody, AsPerson, Json
from runtime.cli.output import office_time, print_json, print_table, say
from tracker.identity import LARGEST_ID, id_of
from tracker.models import ApiToken, Person, TokenScope
from tracker.models.accounts import SCOPE_LABELS
from tracker.queries.accounts import list_tokens
from tracker.queries.people import resolve_person
from tracker.services import accounts

app = Commands(help="接口令牌：签发、查看、作废。")

_SCOPES = "、".join(f"{scope.value} {label}" for scope, label in SCOPE_LABELS.items())


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="名称", help="给哪个程序用，例如“办公平台同步”")],
    as_person: AsPerson,
    scopes: Annotated[list[str], typer.Option("--scope", metavar="范围", help=f"可以写多次：{_SCOPES}")],
    days: Annotated[int, typer.Option("--days", metavar="天数", help="有效期，最多366天")] = 90,
    as_json: Json = False,
) -> None:
    """以一名人员的身份签发令牌，只打印这一次。程序能做的不超过他本人能做的。"""
    chosen = [_scope(each) for each in scopes]
    with acting(as_person) as desk:
        token, secret = accounts.create_token(
            desk.session,
            person_id=desk.actor.person_id or 0,
            name=name,
            scopes=chosen,
            days=days,
            actor=desk.actor,
            at=datetime.now(UTC),
        )
        owner = desk.actor.name
        document = _document(token, owner) | {"token": secret}
    if as_json:
        print_json(document)
    else:
        say(f"已为{owner}签发令牌“{document['name']}”，{office_time(token.expires_at)}前有效。")
        say(f"令牌（只显示这一次）：{secret}")


@app.command("list")
def show_list(
    who: Annotated[
        str | None, typer.Option("--person", metavar="人员", help="只看一个人的：姓名、编号或者邮箱")
    ] = None,
    as_json: Json = False,
) -> None:
    """列出令牌；令牌本身不保存，只显示开头几个字符。"""
    with opened_application() as application, application.reading() as session:
        person_id = None if who is None else id_of(resolve_person(session, who))
        found = [_document(token, person.name) for token, person in list_tokens(session, person_id=person_id)]
    if as_json:
        print_json({"schema": "dingban.tokens/1", "tokens": found})
        return
    print_table(
        ["编号", "名称", "人员", "开头", "范围", "状态", "最近使用"],
        [
            (
                each["id"],
                each["name"],
                each["person"],
                each["prefix"],
                " ".join(each["scopes"]),
                each["state"],
                each["last_used_at"],
            )
            for each in found
        ],
    )


@app.command("revoke")
def revoke(
    number: Annotated[
        int,
        typer.Argument(metavar="令牌编号", min=1, max=LARGEST_ID, help="见 dingban token list"),
    ],
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """作废一个令牌，立即生效。"""
    with acting(as_person) as desk:
        token = accounts.revoke_token(desk.session, number, actor=desk.actor, at=datetime.now(UTC))
        document = _document(token, desk.session.get_one(Person, token.person_id).name)
    print_json(document) if as_json else say(f"已作废令牌“{document['name']}”。")


def _scope(text: str) -> TokenScope:
    try:
        return TokenScope(text)
    except ValueError:
        raise typer.BadParameter(
            f"没有“{text}”这个范围，--scope 只能是 {'、'.join(each.value for each in TokenScope)}"
        ) from None


def _document(token: ApiToken, owner: str) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "person_id": token.person_id,
        "person": owner,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "state": _state(token),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "已作废"
    return "已过期" if token.expires_at <= datetime.now(UTC) else "有效"
