"""Settings: where each is taken from, and what is said of one that cannot be used."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.errors import ConfigurationError
from config.settings import load_settings


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("DINGBAN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


class TestWhereSettingsComeFrom:
    def test_defaults_need_no_server_of_any_kind(self) -> None:
        settings = load_settings()

        assert settings.database_url == "sqlite:///var/dingban.db"
        assert settings.channel == "file"

    def test_the_file_wins_over_the_environment_and_that_over_dotenv(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / ".env").write_text(
            "DINGBAN_MAIL_HOST=dotenv\nDINGBAN_MAIL_PORT=1\nDINGBAN_MAIL_USER=dotenv\n"
        )
        config = tmp_path / "office.env"
        config.write_text("DINGBAN_MAIL_HOST=file\nDINGBAN_MAIL_PORT=2\n")
        monkeypatch.setenv("DINGBAN_MAIL_HOST", "environment")
        monkeypatch.setenv("DINGBAN_MAIL_USER", "environment")

        settings = load_settings(config)

        assert (settings.mail_host, settings.mail_port, settings.mail_user) == ("file", 2, "environment")

    def test_an_option_of_the_command_line_wins_over_everything(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DINGBAN_NOW", "2024-01-01")

        settings = load_settings(overrides={"now": "2024-07-03"})

        assert settings.now == datetime.fromisoformat("2024-07-03T09:00+08:00")

    def test_a_toml_file_has_keys_without_the_prefix(self, tmp_path: Path) -> None:
        config = tmp_path / "office.toml"
        config.write_text('channel = "smtp"\nmail_port = 465\nmail_security = "tls"\n')

        settings = load_settings(config)

        assert (settings.channel, settings.mail_port, settings.mail_security) == ("smtp", 465, "tls")

    def test_a_file_saved_by_notepad_is_read_as_well(self, tmp_path: Path) -> None:
        config = tmp_path / "office.env"
        config.write_bytes(b"\xef\xbb\xbfDINGBAN_MAIL_HOST=mail.example.org\r\n")

        assert load_settings(config).mail_host == "mail.example.org"

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("2024-07-03", "2024-07-03T09:00+08:00"),
            ("2024-07-03T08:30", "2024-07-03T08:30+08:00"),
            ("2024-07-03T00:30:00Z", "2024-07-03T08:30+08:00"),
        ],
    )
    def test_a_clock_without_a_zone_is_the_office_clock(self, written: str, meant: str) -> None:
        now = load_settings(overrides={"now": written}).now

        assert now == datetime.fromisoformat(meant)
        assert now is not None
        assert now.utcoffset() in (timedelta(hours=8), timedelta(0))


class TestWhatIsSaidOfASettingThatCannotBeUsed:
    def test_every_one_is_named_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DINGBAN_MAIL_PORT", "abc")
        monkeypatch.setenv("DINGBAN_CHANNEL", "fax")

        with pytest.raises(ConfigurationError) as caught:
            load_settings()

        assert len(caught.value.problems) == 2
        assert "DINGBAN_CHANNEL" in str(caught.value)
        assert "“abc”，应为整数" in str(caught.value)

    def test_a_misspelt_name_is_found_and_the_right_one_proposed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DINGBAN_MAIL_HOSTT", "mail.example.org")

        with pytest.raises(ConfigurationError, match="是不是 DINGBAN_MAIL_HOST？"):
            load_settings()

    @pytest.mark.parametrize(
        ("name", "value", "accepted"),
        [
            ("DATABASE_URL", "mysql://localhost/x", "sqlite:///"),
            ("CONSOLE_URL", "dingban.local", "http://"),
            ("MAIL_PORT", "70000", "不能大于 65535"),
            ("NOW", "yesterday", "ISO 8601"),
            ("REHEARSAL", "perhaps", "true"),
            ("MAIL_SECURITY", "ssl", "'starttls'、'tls'、'none'"),
            ("CHANNEL", "wecom", "DINGBAN_WEBHOOK_URL"),
        ],
    )
    def test_it_says_what_is_accepted(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, accepted: str
    ) -> None:
        monkeypatch.setenv(f"DINGBAN_{name}", value)

        with pytest.raises(ConfigurationError) as caught:
            load_settings()

        assert accepted in str(caught.value)

    def test_secrets_are_not_repeated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DINGBAN_DATABASE_URL", "mysql://office:open-sesame@localhost/x")

        with pytest.raises(ConfigurationError) as caught:
            load_settings()

        assert "open-sesame" not in str(caught.value)

    def test_a_finding_about_two_settings_repeats_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DINGBAN_MAIL_PASSWORD", "open sesame")
        monkeypatch.setenv("DINGBAN_CHANNEL", "dingtalk")

        with pytest.raises(ConfigurationError) as refusal:
            load_settings()

        assert refusal.value.problems == (
            "设置：渠道为 dingtalk 时须设置 DINGBAN_WEBHOOK_URL（群机器人的地址）",
        )

    def test_passwords_do_not_show_when_settings_are_printed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DINGBAN_MAIL_PASSWORD", "open-sesame")
        monkeypatch.setenv("DINGBAN_DATABASE_URL", "postgresql+psycopg://office:open-sesame@localhost/x")

        assert "open-sesame" not in repr(load_settings())

    @pytest.mark.parametrize("content", [b"mail_port = ", b"\xff\xfe\x00"])
    def test_a_file_that_is_no_toml_is_refused_by_name(self, tmp_path: Path, content: bytes) -> None:
        config = tmp_path / "office.toml"
        config.write_bytes(content)

        with pytest.raises(ConfigurationError, match=r"office\.toml.*TOML"):
            load_settings(config)

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="找不到设置文件"):
            load_settings(tmp_path / "nowhere.env")
