"""Letters about somebody's own account, which no policy can leave out: they say that something was done to it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from notifications.models import LetterKind
from notifications.outbox import post_letter
from notifications.wording import moment_words
from tracker.models import Account

_SUBJECT = "您的动态口令已被重置"
_TEXT = """管理员{actor}于{when}重置了您的动态口令，登录的设备已全部退出。

下次登录只需密码；请登录后到“我的设置”重新启用动态口令：
{console_url}/me

不是您提出的，请立即联系管理员。
"""


def post_factor_reset(
    session: Session, account: Account, *, actor_name: str, at: datetime, console_url: str
) -> int | None:
    """Tell somebody that an administrator has reset his second factor. The caller commits. `at`: the office's clock."""
    return post_letter(
        session,
        recipient_id=account.person_id,
        subject=_SUBJECT,
        text=_TEXT.format(actor=actor_name, when=moment_words(at), console_url=console_url.rstrip("/")),
        kind=LetterKind.IMMEDIATE,
        key=f"factor-reset:{account.id}:{at.isoformat()}",
        at=at,
    )
