"""What group robots are posted: signatures, and text cut to what they take."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import DingTalkChannel, FeishuChannel, Message, WeComChannel
from notifications.channels.webhooks import cut_bytes
from notifications.retrying import RetryPlan

NOW = datetime(2024, 5, 31, 0, 30, tzinfo=UTC)
MESSAGE = Message("dingban-1", NOW, "测试甲", None, "【盯办】请签收：装备配备", "请您签收。\n")


class TestSignatures:
    def test_dingtalk_signs_milliseconds_with_the_secret_as_key(self) -> None:
        parameters, body = DingTalkChannel("http://x", secret="SEC1", now=lambda: NOW).request_for(MESSAGE)

        stamp = str(int(NOW.timestamp()) * 1000)
        expected = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()
        assert parameters == {"timestamp": stamp, "sign": base64.b64encode(expected).decode()}
        assert body["text"]["content"].startswith("测试甲：【盯办】请签收：装备配备")

    def test_feishu_signs_nothing_with_seconds_and_secret_as_key(self) -> None:
        parameters, body = FeishuChannel("http://x", secret="SEC1", now=lambda: NOW).request_for(MESSAGE)

        stamp = str(int(NOW.timestamp()))
        expected = hmac.new(f"{stamp}\nSEC1".encode(), b"", hashlib.sha256).digest()
        assert parameters == {}
        assert (body["timestamp"], body["sign"]) == (stamp, base64.b64encode(expected).decode())

    def test_without_a_secret_nothing_is_signed(self) -> None:
        assert DingTalkChannel("http://x", now=lambda: NOW).request_for(MESSAGE)[0] == {}
        assert "sign" not in FeishuChannel("http://x", now=lambda: NOW).request_for(MESSAGE)[1]

    def test_neither_address_nor_secret_shows(self) -> None:
        assert repr(WeComChannel("http://x?key=K1", secret="SEC1")) == "WeComChannel()"


class TestCutBytes:
    @given(text=st.text(max_size=400), limit=st.integers(60, 300))
    def test_it_never_exceeds_the_limit_nor_cuts_a_character(self, text: str, limit: int) -> None:
        cut = cut_bytes(text, limit)

        assert len(cut.encode()) <= limit
        if len(text.encode()) <= limit:
            assert cut == text
        else:
            assert cut.endswith("（全文见系统）")
            assert text.startswith(cut.removesuffix("\n……（全文见系统）"))


class TestRetryPlan:
    def test_pauses_grow_and_end(self) -> None:
        plan = RetryPlan(pauses=(1, 5))

        again = [plan.next_try_at(tries, NOW) for tries in (1, 2, 3)]
        assert [(each - NOW).total_seconds() / 60 if each else None for each in again] == [1, 5, None]

    def test_the_default_outlasts_a_weekend(self) -> None:
        assert sum(RetryPlan().pauses) > 60 * 24 * 3
