"""What is wrong with this installation: one finding a check, each with what to do about it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from config.errors import ConfigurationError
from notifications.models import LetterState
from notifications.outbox import count_letters, list_given_up
from runtime import heartbeats, migrations
from runtime.bootstrap import Application, NotReady
from tracker.clock import office_day
from tracker.queries.calendars import list_calendar_years
from tracker.queries.people import list_people
from tracker.queries.tasks import TaskFilter, count_tasks
from tracker.queries.trail import newest_event_at
from tracker.services.auditing import verify_chain
from workflows.task import TaskState

LOW_DISK_BYTES = 1 << 30
NO_DISK_BYTES = 100 << 20
PATIENCE = timedelta(seconds=10)
MAIL_WAIT_SECONDS = 10


class Level(StrEnum):
    GOOD = "正常"
    CAUTION = "注意"
    BAD = "异常"


@dataclass(frozen=True)
class Finding:
    """What one check found. `advice` says what to do, where there is something to do.

    `in_console` says it to whoever reads it there, with the page where it is done, where it differs.
    """

    level: Level
    topic: str
    text: str
    advice: str = ""
    in_console: str = ""
    page: str = ""


def examine(application: Application, *, at: datetime) -> list[Finding]:
    """Run every check. One that cannot run is a finding like any other; none stops the others."""
    findings = [*_policy(application), *_database(application)]
    if findings[-1].level is Level.BAD:
        return [*findings, *_disk(application), *_mail(application)]
    with application.reading() as session:
        for check in _CHECKS_OF_THE_REGISTER:
            findings += check(session, at)
    return [*findings, *_disk(application), *_mail(application)]


def glance(application: Application, *, at: datetime) -> list[Finding]:
    """Only the checks that take no time: without walking the trail, and without asking a server that may not answer."""
    with application.reading() as session:
        findings = [
            finding
            for check in _CHECKS_OF_THE_REGISTER
            if check is not _audit
            for finding in check(session, at)
        ]
    return [*findings, *_disk(application)]


def _database(application: Application) -> Iterator[Finding]:
    try:
        with application.reading() as session:
            session.connection().execute(text("SELECT 1"))
        application.demand_current_database()
    except NotReady as error:
        yield Finding(Level.BAD, "数据库", str(error), "按提示运行 dingban init。")
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        yield Finding(Level.BAD, "数据库", f"连不上：{reason}", "检查 DINGBAN_DATABASE_URL 和数据库服务。")
    else:
        yield Finding(Level.GOOD, "数据库", f"可以读写，版本 {migrations.newest_revision()}，是最新的。")


def _policy(application: Application) -> Iterator[Finding]:
    try:
        application.check_policy(with_columns=True)
    except ConfigurationError as error:
        yield Finding(Level.BAD, "规则文件", "；".join(error.problems), "改正上列文件。")
    else:
        folder = application.settings.policy_dir
        yield Finding(Level.GOOD, "规则文件", f"“{folder}”中的可用。" if folder else "用的是随程序附带的。")


def _audit(session: Session, _at: datetime) -> Iterator[Finding]:
    report = verify_chain(session)
    if report.is_intact:
        yield Finding(Level.GOOD, "办理记录", f"{report.events}条，没有改动。")
    else:
        yield Finding(
            Level.BAD, "办理记录", f"被改动：{report.finding}。", "保留现场，联系管理员和纪检审计人员。"
        )


def _calendar(session: Session, at: datetime) -> Iterator[Finding]:
    today = office_day(at)
    known = {row.year for row in list_calendar_years(session)}
    wanted = [today.year, *([today.year + 1] if today.month == 12 else [])]
    missing = [year for year in wanted if year not in known]
    if not missing:
        yield Finding(Level.GOOD, "工作日历", f"{'、'.join(map(str, wanted))}年已导入。")
        return
    years = "、".join(map(str, missing))
    yield Finding(
        Level.CAUTION,
        "工作日历",
        f"没有{years}年的放假安排，按周一至周五推算，日期均为暂定。",
        "国务院公布后运行 dingban calendar import 文件 --year 年份。",
        "国务院公布后在“工作日历”里导入。",
        "/admin/calendar",
    )


def _clock(session: Session, at: datetime) -> Iterator[Finding]:
    last = newest_event_at(session)
    if last is not None and at + PATIENCE < last:
        yield Finding(
            Level.BAD,
            "时钟",
            f"现在是 {at:%Y-%m-%d %H:%M}（UTC），比最后一条办理记录 {last:%Y-%m-%d %H:%M} 还早。",
            "校准本机时钟（timedatectl set-ntp true）。",
        )
    else:
        yield Finding(Level.GOOD, "时钟", f"办公日期为 {office_day(at)}。")


def _worker(session: Session, at: datetime) -> Iterator[Finding]:
    seen_at = heartbeats.last_seen(session)
    if heartbeats.is_fresh(seen_at, at=at):
        yield Finding(Level.GOOD, "提醒服务", "正在运行。")
        return
    past = "从未运行过或者已正常停止" if seen_at is None else f"最后一次在 {seen_at:%Y-%m-%d %H:%M}（UTC）"
    yield Finding(
        Level.CAUTION,
        "提醒服务",
        f"没有运行（{past}），到点的提醒不会自动发出。",
        "运行 dingban worker。",
        "在服务器上运行 dingban worker，它按时发出提醒。",
    )


def _letters(session: Session, _at: datetime) -> Iterator[Finding]:
    if given_up := count_letters(session)[LetterState.GIVEN_UP]:
        [newest] = list_given_up(session, most=1)
        yield Finding(
            Level.CAUTION,
            "发件箱",
            f"有{given_up}封信放弃投递，最近一封的原因：{newest.error}。",
            "改正地址或者渠道设置；内容请当面告知本人。",
        )
    else:
        yield Finding(Level.GOOD, "发件箱", "没有放弃投递的信。")


def _addresses(session: Session, _at: datetime) -> Iterator[Finding]:
    without = [person.name for person in list_people(session) if not person.email]
    if without:
        named = "、".join(without[:8]) + (f"等{len(without)}人" if len(without) > 8 else "")
        yield Finding(
            Level.CAUTION,
            "人员",
            f"没有邮箱：{named}，收不到邮件提醒。",
            "运行 dingban person change 姓名 --email 地址 补充。",
            "在“人员”里补充邮箱。",
            "/admin/people?lacks=address",
        )
    else:
        yield Finding(Level.GOOD, "人员", "在册人员都有邮箱。")


def _drafts(session: Session, _at: datetime) -> Iterator[Finding]:
    drafts = count_tasks(session, TaskFilter(states=(TaskState.DRAFT,)))
    if drafts:
        yield Finding(
            Level.CAUTION,
            "任务",
            f"有{drafts}项任务还没有下达，不会提醒任何人。",
            "运行 dingban task list --state draft 查看，dingban task issue 下达。",
            "由各专项工作的协调员核对后下达。",
        )
    else:
        yield Finding(Level.GOOD, "任务", "没有未下达的任务。")


_CHECKS_OF_THE_REGISTER: tuple[Callable[[Session, datetime], Iterator[Finding]], ...] = (
    _audit,
    _calendar,
    _clock,
    _worker,
    _letters,
    _addresses,
    _drafts,
)


def _disk(application: Application) -> Iterator[Finding]:
    folder = _nearest_folder(application.settings.evidence_dir)
    free = shutil.disk_usage(folder).free
    said = f"“{folder}”所在的磁盘还剩 {free / (1 << 30):.1f} GB。"
    if free >= LOW_DISK_BYTES:
        yield Finding(Level.GOOD, "磁盘", said)
    else:
        level = Level.BAD if free < NO_DISK_BYTES else Level.CAUTION
        yield Finding(level, "磁盘", said, "清理磁盘，或者把 DINGBAN_EVIDENCE_DIR 移到更大的磁盘。")


def _mail(application: Application) -> Iterator[Finding]:
    settings = application.settings
    match settings.channel:
        case "file":
            yield _check_outbox_folder(settings.outbox_dir)
        case "smtp":
            yield asyncio.run(_greet_mail_server(application))
        case _:
            assert settings.webhook_url is not None
            address = urlsplit(settings.webhook_url.get_secret_value())
            port = address.port or (80 if address.scheme == "http" else 443)
            yield asyncio.run(_reach(settings.channel, address.hostname or "", port))


def _check_outbox_folder(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=_nearest_folder(folder)):
            return Finding(Level.GOOD, "邮件", f"写成 .eml 文件，放在“{folder}”，不经过邮件服务器。")
    except OSError as error:
        return Finding(
            Level.BAD, "邮件", f"写不进“{folder}”：{error}", "改正文件夹的权限或者 DINGBAN_OUTBOX_DIR。"
        )


async def _greet_mail_server(application: Application) -> Finding:
    """Connect, agree on security as it is set, and say EHLO. Nothing is sent and nobody is logged in."""
    settings = application.settings
    client = aiosmtplib.SMTP(
        hostname=settings.mail_host,
        port=settings.mail_port,
        use_tls=settings.mail_security == "tls",
        start_tls=settings.mail_security == "starttls",
        timeout=min(settings.mail_timeout_seconds, MAIL_WAIT_SECONDS),
    )
    server = f"{settings.mail_host}:{settings.mail_port}（{settings.mail_security}）"
    try:
        await client.connect()
        await client.ehlo()
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return Finding(Level.BAD, "邮件", f"连不上 {server}：{error}", "检查 DINGBAN_MAIL_… 各项设置和网络。")
    return Finding(Level.GOOD, "邮件", f"{server} 可以连接。")


async def _reach(channel: str, host: str, port: int) -> Finding:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), MAIL_WAIT_SECONDS)
        writer.close()
    except (OSError, TimeoutError) as error:
        return Finding(
            Level.BAD, "消息", f"连不上 {channel} 的 {host}：{error}", "检查网络和 DINGBAN_WEBHOOK_URL。"
        )
    return Finding(Level.GOOD, "消息", f"{channel} 的 {host} 可以连接。")


def _nearest_folder(path: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    folder = path.resolve()
    while not folder.is_dir():
        folder = folder.parent
    return folder
