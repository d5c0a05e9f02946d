"""The channel that the settings ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pydantic import SecretStr

from config.settings import Settings
from notifications.channels import (
    Channel,
    Delivery,
    DingTalkChannel,
    FeishuChannel,
    FileChannel,
    MailSecurity,
    Message,
    SmtpChannel,
    WeComChannel,
)
from runtime.logging import get_logger

log = get_logger(__name__)
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


class LoggedChannel(Channel):
    """A channel whose every letter is logged by its id as soon as it was handed over, with nothing of its content."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.name = channel.name
        self.needs_address = channel.needs_address

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Delivery]:
        async with self._channel.open() as delivery:
            yield _LoggedDelivery(delivery)


class _LoggedDelivery(Delivery):
    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    async def deliver(self, message: Message) -> None:
        await self._delivery.deliver(message)
        log.info("发出一封", letter=message.id)


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
