"""E-mail by SMTP: one connection a batch, security chosen in so many words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import parseaddr
from enum import StrEnum
from ssl import SSLContext

import aiosmtplib

from notifications.channels.base import Channel, ChannelError, Delivery, Message
from notifications.channels.mime import as_mail

_PERMANENT_FROM = 500


class MailSecurity(StrEnum):
    """How the connection is protected. The library's own default would fall back to plain text in silence."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class SmtpChannel(Channel):
    """Hands messages to one mail server. `timeout` in seconds holds for each step of the conversation."""

    name = "smtp"

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: MailSecurity,
        sender: str,
        user: str | None = None,
        password: str | None = None,
        timeout: float = 20,
        tls_context: SSLContext | None = None,
    ) -> None:
        self._sender = sender
        self._where = f"{host}:{port}"
        self._connect: Callable[[], aiosmtplib.SMTP] = lambda: aiosmtplib.SMTP(
            hostname=host,
            port=port,
            username=user,
            password=password,
            timeout=timeout,
            use_tls=security is MailSecurity.TLS,
            start_tls=security is MailSecurity.STARTTLS,
            tls_context=tls_context,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Delivery]:
        client = self._connect()
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelError(f"无法连接邮件服务器 {self._where}：{_said(error)}", lost=True) from error
        try:
            yield _SmtpDelivery(client, self._sender)
        finally:
            await _leave(client)


class _SmtpDelivery(Delivery):
    def __init__(self, client: aiosmtplib.SMTP, sender: str) -> None:
        self._client = client
        self._sender = sender
        self._address = parseaddr(sender)[1]

    async def deliver(self, message: Message) -> None:
        assert message.address  # the outbox asks for it: `needs_address`
        content = as_mail(message, sender=self._sender)
        try:
            refused, _ = await self._client.sendmail(self._address, [message.address], content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            first = error.recipients[0]
            raise await self._refusal(
                f"收件地址 {message.address} 被拒收", first.code, first.message
            ) from error
        except aiosmtplib.SMTPSenderRefused as error:
            # ours is the address at fault: no letter can be sent before somebody sets it right
            raise ChannelError(f"发件地址 {self._address} 被拒：{_said(error)}") from error
        except aiosmtplib.SMTPResponseException as error:
            raise await self._refusal("邮件服务器拒收", error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelError(f"发送中断，结果不明，将以同一编号重发：{_said(error)}", lost=True) from error
        if refused:
            response = next(iter(refused.values()))
            raise await self._refusal(f"收件地址 {message.address} 被拒收", response.code, response.message)

    async def _refusal(self, what: str, code: int, said: str) -> ChannelError:
        """5xx stands for ever, 4xx for now (RFC 5321, 4.2.1); 421 means that the server hangs up."""
        is_lost = not self._client.is_connected or code == 421
        return ChannelError(f"{what}（{code} {said}）", permanent=code >= _PERMANENT_FROM, lost=is_lost)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye; whether the server still hears it changes nothing of what was sent."""
    if not client.is_connected:
        return
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _said(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return "用户名或者密码不对"
    if isinstance(error, TimeoutError):
        return "等待超时"
    return str(error) or type(error).__name__
