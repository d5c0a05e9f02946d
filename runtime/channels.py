"""The channel that the settings ask for."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr

from config.settings import Settings
from notifications.channels import (
    Channel,
    DingTalkChannel,
    FeishuChannel,
    FileChannel,
    MailSecurity,
    SmtpChannel,
    WeComChannel,
)

WEBHOOKS: dict[str, Callable[..., Channel]] = {
    "wecom": WeComChannel,
    "dingtalk": DingTalkChannel,
    "feishu": FeishuChannel,
}


def create_channel(settings: Settings) -> Channel:
    """Return the channel, not yet connected. Secrets leave the settings here and nowhere else."""
    if settings.channel == "file":
        return FileChannel(settings.outbox_dir, sender=settings.mail_sender)
    if settings.channel == "smtp":
        return SmtpChannel(
            host=settings.mail_host,
            port=settings.mail_port,
            security=MailSecurity(settings.mail_security),
            sender=settings.mail_sender,
            user=settings.mail_user,
            password=_revealed(settings.mail_password),
            timeout=settings.mail_timeout_seconds,
        )
    assert settings.webhook_url is not None  # the settings refuse a chat without its address
    return WEBHOOKS[settings.channel](
        settings.webhook_url.get_secret_value(),
        secret=_revealed(settings.webhook_secret),
        timeout=settings.mail_timeout_seconds,
    )


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
