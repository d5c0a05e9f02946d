"""What the console is told of the installation around it: checks, versions and sizes, a message to try the channel."""

from __future__ import annotations

import asyncio
import platform
import secrets
import tomllib
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from notifications.channels import ChannelError, Message
from notifications.policy import ReminderPolicy
from notifications.policy_reading import PolicyRefused
from runtime import doctor, migrations
from runtime.bootstrap import Application
from runtime.channels import create_channel
from web.installation import Check, Installation, Level

CHANNEL_LABELS = {
    "file": "写成邮件文件（不经过邮件服务器）",
    "smtp": "邮件服务器",
    "wecom": "企业微信",
    "dingtalk": "钉钉",
    "feishu": "飞书",
}
_LEVELS = {
    doctor.Level.GOOD: Level.GOOD,
    doctor.Level.CAUTION: Level.CAUTION,
    doctor.Level.BAD: Level.BAD,
}


def installation_of(application: Application) -> Installation:
    """The doors of one installation. Each opens its own session."""
    settings = application.settings
    return Installation(
        glance=lambda at: _checks(doctor.glance(application, at=at)),
        examine=lambda at: _checks(doctor.examine(application, at=at)),
        facts=lambda: list_facts(application),
        channel=CHANNEL_LABELS[settings.channel],
        needs_address=create_channel(settings).needs_address,
        send_test=lambda name, address, at: send_test(application, name, address, at=at),
        policy_files=application.policy.paths,
        policy_is_own=settings.policy_dir is not None,
        read_policy=read_policy,
    )


def read_policy(content: str) -> ReminderPolicy:
    """Understand a text of reminders.toml that nobody saved yet. Raises PolicyRefused with every finding."""
    try:
        return ReminderPolicy.from_mapping(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise PolicyRefused([f"写法不对（TOML）：{error}"]) from None


def send_test(application: Application, name: str, address: str | None, *, at: datetime) -> str | None:
    """Send one message by the channel that is set; a sentence where it failed. Nothing is kept of it."""
    message = Message(
        id=f"dingban-test-{secrets.token_hex(8)}",
        written_at=at,
        name=name,
        address=address,
        subject="盯办测试邮件",
        text=f"{name}：\n\n这是盯办发出的测试消息。收到它，说明提醒可以送达您这里。\n",
    )
    try:
        asyncio.run(_deliver(application, message))
    except ChannelError as error:
        return str(error)
    return None


async def _deliver(application: Application, message: Message) -> None:
    async with create_channel(application.settings).open() as delivery:
        await delivery.deliver(message)


def list_facts(application: Application) -> list[tuple[str, str]]:
    """Versions and sizes, as pairs. Never an address with a password in it."""
    url = make_url(application.settings.database_url)
    return [
        ("程序版本", version("dingban")),
        ("Python", platform.python_version()),
        ("操作系统", f"{platform.system()} {platform.release()}"),
        ("数据库", f"{_database_version(application)}，结构版本 {migrations.newest_revision()}"),
        ("数据库大小", _size(_database_bytes(application, url.database))),
        ("数据库位置", url.render_as_string(hide_password=True)),
        ("佐证材料位置", str(application.settings.evidence_dir.resolve())),
        ("网页地址", application.settings.console_url),
    ]


def _database_version(application: Application) -> str:
    with application.reading() as session:
        if application.engine.dialect.name == "sqlite":
            return f"SQLite {session.connection().execute(text('SELECT sqlite_version()')).scalar()}"
        return f"PostgreSQL {session.connection().execute(text('SHOW server_version')).scalar()}"


def _database_bytes(application: Application, name: str | None) -> int:
    if application.engine.dialect.name == "sqlite":
        path = Path(str(name)).expanduser()
        files = (path, path.with_name(f"{path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.is_file())
    with application.reading() as session:
        size = text("SELECT pg_database_size(current_database())")
        return int(session.connection().execute(size).scalar_one())


def _size(count: int) -> str:
    return f"{count / (1 << 20):.1f} MB" if count < 1 << 30 else f"{count / (1 << 30):.1f} GB"


def _checks(findings: Iterable[doctor.Finding]) -> list[Check]:
    return [
        Check(
            _LEVELS[finding.level],
            finding.topic,
            finding.text,
            finding.in_console or finding.advice,
            finding.page,
        )
        for finding in findings
    ]
