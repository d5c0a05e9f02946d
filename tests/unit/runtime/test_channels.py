"""The channel that the settings ask for, and that no secret shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import load_settings
from notifications.channels import (
    Channel,
    DingTalkChannel,
    FeishuChannel,
    FileChannel,
    SmtpChannel,
    WeComChannel,
)
from runtime.channels import create_channel
from runtime.logging import hide_secrets


class TestCreateChannel:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("file", FileChannel),
            ("smtp", SmtpChannel),
            ("wecom", WeComChannel),
            ("dingtalk", DingTalkChannel),
            ("feishu", FeishuChannel),
        ],
    )
    def test_is_of_the_kind_that_is_set(self, name: str, kind: type[Channel], tmp_path: Path) -> None:
        settings = load_settings(
            folder=tmp_path,
            overrides={
                "channel": name,
                "webhook_url": "https://chat.example.org/send?key=open-sesame",
                "webhook_secret": "open-sesame",
                "mail_password": "open-sesame",
                "mail_user": "office",
            },
        )

        channel = create_channel(settings)

        assert type(channel) is kind
        assert channel.name == name
        assert "open-sesame" not in repr(channel)


class TestLogs:
    def test_what_is_named_like_a_secret_is_blotted_out(self) -> None:
        event = hide_secrets(
            None, "info", {"event": "ok", "mail_password": "x", "webhook_url": "y", "job": "z"}
        )

        assert event == {"event": "ok", "mail_password": "***", "webhook_url": "***", "job": "z"}
