"""Group robots of 企业微信, 钉钉 and 飞书. Each message names whom it is for; the group reads along.

The address holds the robot's key, and the secret signs: neither is ever part of an error, a log or a repr.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notifications.channels.base import Channel, ChannelError, Delivery, Message
from tracker import clock

if TYPE_CHECKING:
    import httpx2

_OK = 200
_TOO_MANY = 429
_SERVER_ERROR = 500


class WebhookChannel(Channel):
    """Posts JSON to one address. `now` is asked for the time that a signature carries."""

    needs_address = False
    label: str
    limit_bytes: int

    def __init__(
        self,
        url: str,
        *,
        secret: str | None = None,
        timeout: float = 20,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._url = url
        self._secret = secret
        self._timeout = timeout
        self._now = now

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Delivery]:
        import httpx2  # 2 MB that only an office with group robots needs

        async with httpx2.AsyncClient(timeout=self._timeout) as client:
            yield _WebhookDelivery(self, client)

    async def post(self, client: httpx2.AsyncClient, message: Message) -> None:
        import httpx2

        parameters, body = self.request_for(message)
        try:
            # `params=` would replace the key that the address carries
            url = httpx2.URL(self._url).copy_merge_params(parameters)
            response = await client.post(url, json=body)
        except httpx2.InvalidURL as error:
            raise ChannelError(f"{self.label}群机器人的地址不对，请检查设置", lost=True) from error
        except httpx2.HTTPError as error:  # its text may hold the address
            raise ChannelError(
                f"无法连接{self.label}群机器人（{type(error).__name__}）", lost=True
            ) from error
        self._check(response)

    @abstractmethod
    def request_for(self, message: Message) -> tuple[dict[str, str], dict[str, Any]]:
        """The parameters to add to the address, and the body."""

    @abstractmethod
    def code_of(self, answer: Mapping[str, Any]) -> tuple[int, str]:
        """The service's own code (0: taken) and what it said."""

    def _check(self, response: httpx2.Response) -> None:
        if response.status_code == _TOO_MANY or response.status_code >= _SERVER_ERROR:
            raise ChannelError(f"{self.label}群机器人暂时不收（HTTP {response.status_code}）")
        if response.status_code != _OK:
            raise ChannelError(f"{self.label}群机器人拒收（HTTP {response.status_code}），请检查设置")
        try:
            answer = response.json()
            code, said = self.code_of(answer)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ChannelError(f"{self.label}群机器人的答复看不懂，请检查地址") from error
        if code != 0:
            raise ChannelError(f"{self.label}群机器人没有接收（{code} {said}）")

    def words_of(self, message: Message) -> str:
        """The message as plain text for a group, cut to what the service takes."""
        head = f"{message.name}：{message.subject}\n\n"
        return cut_bytes(head + message.text, self.limit_bytes)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _WebhookDelivery(Delivery):
    def __init__(self, channel: WebhookChannel, client: httpx2.AsyncClient) -> None:
        self._channel = channel
        self._client = client

    async def deliver(self, message: Message) -> None:
        await self._channel.post(self._client, message)


class WeComChannel(WebhookChannel):
    """企业微信群机器人: the key is part of the address, nothing is signed."""

    name = "wecom"
    label = "企业微信"
    limit_bytes = 2048

    def request_for(self, message: Message) -> tuple[dict[str, str], dict[str, Any]]:
        return {}, {"msgtype": "text", "text": {"content": self.words_of(message)}}

    def code_of(self, answer: Mapping[str, Any]) -> tuple[int, str]:
        return int(answer["errcode"]), str(answer.get("errmsg", ""))


class DingTalkChannel(WebhookChannel):
    """钉钉群机器人: time in milliseconds and HMAC-SHA256 of it, as parameters of the address (加签)."""

    name = "dingtalk"
    label = "钉钉"
    limit_bytes = 18000

    def request_for(self, message: Message) -> tuple[dict[str, str], dict[str, Any]]:
        return self._signature(), {"msgtype": "text", "text": {"content": self.words_of(message)}}

    def code_of(self, answer: Mapping[str, Any]) -> tuple[int, str]:
        return int(answer["errcode"]), str(answer.get("errmsg", ""))

    def _signature(self) -> dict[str, str]:
        if not self._secret:
            return {}
        stamp = str(round(self._now().timestamp() * 1000))
        digest = hmac.digest(self._secret.encode(), f"{stamp}\n{self._secret}".encode(), hashlib.sha256)
        return {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}


class FeishuChannel(WebhookChannel):
    """飞书群机器人: time in seconds; the signature is an HMAC-SHA256 of nothing, keyed by time and secret."""

    name = "feishu"
    label = "飞书"
    limit_bytes = 18000

    def request_for(self, message: Message) -> tuple[dict[str, str], dict[str, Any]]:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": self.words_of(message)}}
        return {}, self._signature() | body

    def code_of(self, answer: Mapping[str, Any]) -> tuple[int, str]:
        return int(answer["code"]), str(answer.get("msg", ""))

    def _signature(self) -> dict[str, str]:
        if not self._secret:
            return {}
        stamp = str(int(self._now().timestamp()))
        digest = hmac.digest(f"{stamp}\n{self._secret}".encode(), b"", hashlib.sha256)
        return {"timestamp": stamp, "sign": base64.b64encode(digest).decode()}


def cut_bytes(text: str, limit: int) -> str:
    """The text in at most `limit` bytes of UTF-8, never in the middle of a character."""
    if len(text.encode()) <= limit:
        return text
    tail = "\n……（全文见系统）"
    room = limit - len(tail.encode())
    return text.encode()[:room].decode(errors="ignore") + tail
