"""`dingban account`: who may sign in at the console. Secrets are shown once; moments are the wall clock's."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from getpass import getpass
from typing import Annotated

import typer
from sqlmodel import Session

from notifications.account_letters import post_factor_reset
from runtime.cli.acting import Desk, acting
from runtime.cli.grammar import Commands
from runtime.cli.invocation import Refused, opened_application
from runtime.cli.options import AsAnybody, Json
from runtime.cli.output import office_time, print_json, print_table, say
from tracker.identity import id_of
from tracker.models import Account, Person
from tracker.queries.accounts import find_account, list_accounts
from tracker.queries.people import resolve_person
from tracker.services import accounts

app = Commands(help="账号：开通、查看、重置、锁定、解锁、设置密码、重置动态口令。")

WhoArgument = Annotated[str, typer.Argument(metavar="人员", help="姓名、编号或者邮箱")]


@app.command("create")
def create(
    who: WhoArgument,
    login_name: Annotated[
        str | None,
        typer.Option(
            "--login", metavar="登录名", help="登录名；不写时用邮箱，没有邮箱的用姓名，重名的加数字"
        ),
    ] = None,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """给一名人员开通账号，打印设置密码用的一次性代码。

    代码七天内有效，只打印这一次，请当面或者用别的可靠办法交给本人。
    """
    with acting(as_person) as desk:
        person = resolve_person(desk.session, who)
        account, code = accounts.create_account(
            desk.session, person_id=id_of(person), login_name=login_name, actor=desk.actor, at=_wall_clock()
        )
        document = _document(account, person) | {"code": code}
    if as_json:
        print_json(document)
    else:
        say(f"已为{document['name']}开通账号，登录名 {document['login_name']}。")
        tell_code(code, account)


@app.command("reset")
def reset(who: WhoArgument, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """作废现在的密码和登录，打印新的一次性代码。"""
    with acting(as_person) as desk:
        account, person = _account_of(desk.session, who)
        code = accounts.reset_account(desk.session, id_of(account), actor=desk.actor, at=_wall_clock())
        document = _document(account, person) | {"code": code}
    if as_json:
        print_json(document)
    else:
        say(f"已重置{document['name']}的账号，原密码作废，登录名 {document['login_name']}。")
        tell_code(code, account)


@app.command("reset-factor")
def reset_factor(who: WhoArgument, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """重置动态口令：手机和恢复码都丢了的，下次只凭密码登录。

    请先核实是本人提出的。登录的设备全部退出，办理留有记录，并发信告知本人。
    """
    with acting(as_person) as desk:
        account, person = _account_of(desk.session, who)
        accounts.reset_factor(desk.session, id_of(account), actor=desk.actor, at=_wall_clock())
        post_factor_reset(
            desk.session,
            account,
            actor_name=desk.actor.name,
            at=desk.at,
            console_url=desk.application.settings.console_url,
        )
        document = _document(account, person)
    print_json(document) if as_json else say(f"已重置{document['name']}的动态口令，下次登录只需密码。")


@app.command("lock")
def lock(who: WhoArgument, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """锁定账号：立即退出登录，接口令牌和日历订阅同时停用，直到解锁。"""
    with acting(as_person) as desk:
        account, person = _account_of(desk.session, who)
        accounts.lock_account(desk.session, id_of(account), actor=desk.actor, at=_wall_clock())
        document = _document(account, person)
    print_json(document) if as_json else say(f"已锁定{document['name']}的账号。")


@app.command("unlock")
def unlock(who: WhoArgument, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """解锁账号；因为密码输错太多次而暂停登录的，也用它恢复。"""
    with acting(as_person) as desk:
        account, person = _account_of(desk.session, who)
        accounts.unlock_account(desk.session, id_of(account), actor=desk.actor, at=_wall_clock())
        document = _document(account, person)
    print_json(document) if as_json else say(f"已解锁{document['name']}的账号。")


@app.command("password")
def set_password(
    who: WhoArgument,
    is_from_stdin: Annotated[
        bool, typer.Option("--stdin", help="从标准输入读一行作为密码，不提示；供脚本使用")
    ] = False,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """设置一个人的密码，并退出他在各处的登录。

    替别人设的密码，本人第一次登录时必须改掉；--as 写本人的，不必再改。
    """
    password = _read_password(is_from_stdin)
    with acting(as_person) as desk:
        account, person = _account_of(desk.session, who)
        accounts.set_password(
            desk.session,
            id_of(account),
            password=password,
            at=_wall_clock(),
            must_change=not _is_self(desk, person),
            actor=desk.actor,
        )
        document = _document(account, person)
    if as_json:
        print_json(document)
    else:
        ending = "，下次登录时须修改" if document["must_change_password"] else ""
        say(f"已设置{document['name']}的密码{ending}。")


@app.command("list")
def show_list(as_json: Json = False) -> None:
    """列出账号和它们的状态。"""
    with opened_application() as application, application.reading() as session:
        found = [_document(account, person) for account, person in list_accounts(session)]
    if as_json:
        print_json({"schema": "dingban.accounts/1", "accounts": found})
        return
    print_table(
        ["人员编号", "姓名", "登录名", "状态", "最近登录"],
        [
            (each["person_id"], each["name"], each["login_name"], each["state"], each["last_sign_in_at"])
            for each in found
        ],
    )


def tell_code(code: str, account: Account) -> None:
    """Print a one-time code as it is handed over."""
    say(f"一次性代码（只显示这一次，{office_time(account.invite_expires_at)}前有效）：{code}")
    say("本人打开登录页，点“用一次性代码设置密码”，设好密码后即可登录。")


def _account_of(session: Session, who: str) -> tuple[Account, Person]:
    person = resolve_person(session, who)
    account = find_account(session, id_of(person))
    if account is None:
        raise Refused(f"{person.name}还没有账号，请先运行 dingban account create {person.name}。")
    return account, person


def _read_password(is_from_stdin: bool) -> str:
    if is_from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not _is_terminal():
        raise Refused("这里不能提示输入密码，请加 --stdin，从标准输入读一行。")
    password = getpass("新密码（输入时不显示）：")
    if getpass("再输入一次：") != password:
        raise Refused("两次输入的密码不一样，没有修改。")
    return password


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _is_self(desk: Desk, person: Person) -> bool:
    return desk.actor.person_id == person.id


def _wall_clock() -> datetime:
    """Codes, locks and sessions run by the clock on the wall, also where `--now` stops the office's."""
    return datetime.now(UTC)


def _document(account: Account, person: Person) -> dict[str, object]:
    return {
        "account_id": account.id,
        "person_id": person.id,
        "name": person.name,
        "login_name": account.login_name,
        "state": describe_state(account, person),
        "must_change_password": account.must_change_password,
        "is_locked": account.is_locked,
        "has_second_factor": account.second_factor_at is not None,
        "last_sign_in_at": account.last_sign_in_at,
        "code_expires_at": account.invite_expires_at,
    }


def describe_state(account: Account, person: Person) -> str:
    """What an account is good for, in one word for a list."""
    if not person.is_active:
        return "人员已停用"
    if account.is_locked:
        return "已锁定"
    if account.password_hash is None:
        return "待设密码"
    return "须改密码" if account.must_change_password else "正常"
