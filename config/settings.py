"""Settings of one installation: `--config FILE` wins over the environment (`DINGBAN_…`), and that over `.env`.

The file is named for one command, the environment stands around all of them: so a command that is pointed at the
demo, or at a rehearsal, cannot reach the office's own database by what happens to be exported.

The file is TOML where its name ends in `.toml` (keys without the prefix, lower case), else env-style
(`DINGBAN_MAIL_HOST=…`). The defaults run on an embedded database under `./var` with no server of any kind.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.errors import ConfigurationError, Location, describe

PREFIX = "DINGBAN_"
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def parse_moment(value: object) -> object:
    """Read an ISO 8601 moment. Without a zone it is office time; a day alone means 09:00 of that day."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        if len(text) == len("2024-07-03"):
            return datetime.combine(date.fromisoformat(text), time(9), OFFICE_ZONE)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("应为 ISO 8601 时间，例如 2024-07-03 或者 2024-07-03T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_ZONE)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What differs from one installation to the next. Policy (who is told what, when) lives in `config/*.toml`."""

    model_config = SettingsConfigDict(extra="forbid", validate_default=False)

    database_url: str = Field(default="sqlite:///var/dingban.db", repr=False)  # may hold a password
    evidence_dir: Path = Path("var/evidence")
    policy_dir: Path | None = None
    console_url: str = "http://127.0.0.1:8000"
    serve_host: str = "127.0.0.1"
    serve_port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: str = "127.0.0.1"
    idle_minutes: int = Field(default=30, ge=1, le=1440)
    session_hours: int = Field(default=12, ge=1, le=168)
    lock_after: int = Field(default=5, ge=3, le=20)
    lock_minutes: int = Field(default=15, ge=1, le=1440)
    second_factor: Annotated[
        Literal["none", "optional", "administrators", "leaders", "everyone"], BeforeValidator(_lower)
    ] = "optional"
    sso_issuer: str | None = None
    sso_client_id: str | None = None
    sso_client_secret: SecretStr | None = None
    sso_label: str = Field(default="统一身份认证登录", max_length=30)
    sso_claim: str = "email"

    channel: Annotated[Literal["file", "smtp", "wecom", "dingtalk", "feishu"], BeforeValidator(_lower)] = (
        "file"
    )
    outbox_dir: Path = Path("var/outbox")
    mail_host: str = "localhost"
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_security: Annotated[Literal["starttls", "tls", "none"], BeforeValidator(_lower)] = "starttls"
    mail_user: str | None = None
    mail_password: SecretStr | None = None
    mail_sender: str = "盯办 <dingban@localhost>"
    mail_timeout_seconds: float = Field(default=20, ge=0.1, le=600)
    webhook_url: SecretStr | None = None
    webhook_secret: SecretStr | None = None
    webhook_reach: Annotated[Literal["public", "intranet", "machine"], BeforeValidator(_lower)] = "intranet"

    now: datetime | None = None
    rehearsal: bool = False
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"
    import_limit_mb: int = Field(default=50, ge=1, le=2000)
    evidence_limit_mb: int = Field(default=200, ge=1, le=20000)

    @field_validator("now", mode="before")
    @classmethod
    def _read_moment(cls, value: object) -> object:
        return parse_moment(value)

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("应以 sqlite:/// 或者 postgresql+psycopg:// 开头")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        """Addresses or networks, separated by commas; `none` trusts nobody."""
        parts = [part.strip() for part in value.split(",") if part.strip() and part.strip().lower() != "none"]
        try:
            for part in parts:
                ip_network(part)
        except ValueError:
            raise ValueError(
                "应为代理服务器的 IP 地址或者网段，用逗号隔开，例如 127.0.0.1,10.1.2.0/24"
            ) from None
        return ",".join(parts)

    @field_validator("console_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("应以 http:// 或者 https:// 开头")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _channel_has_its_address(self) -> Settings:
        if self.channel in ("wecom", "dingtalk", "feishu") and self.webhook_url is None:
            raise ValueError(f"渠道为 {self.channel} 时须设置 {PREFIX}WEBHOOK_URL（群机器人的地址）")
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Settings:
        if self.sso_issuer is None:
            return self
        if not self.sso_issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError(f"{PREFIX}SSO_ISSUER 应以 https:// 开头")
        if self.sso_client_id is None:
            raise ValueError(f"设置了 {PREFIX}SSO_ISSUER 时须同时设置 {PREFIX}SSO_CLIENT_ID")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` gathered: the library's own sources pass over a misspelt key in silence."""
        return (init_settings,)


def load_settings(
    config: Path | None = None, *, folder: Path | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """Gather and validate the settings; `folder` is where `.env` is looked for (default: the current one).
    `overrides` win over everything: options of the command line.

    Raises ConfigurationError naming every key that cannot be used, and what is accepted.
    """
    values: dict[str, Any] = {}
    dotenv = (folder or Path.cwd()) / ".env"
    if dotenv.is_file():
        values |= _read_env_style(dotenv)
    values |= _prefixed(dict(os.environ))
    if config is not None:
        values |= _read_config(config)
    values |= overrides or {}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigurationError(describe(error, _name_of)) from None


def _name_of(location: Location) -> str:
    if not location:
        return "设置"
    key = str(location[0])
    near = "" if key in Settings.model_fields else _suggestion(key)
    return f"设置项 {PREFIX}{key.upper()}{near}"


def _suggestion(key: str) -> str:
    near = get_close_matches(key, Settings.model_fields, n=1)
    return f"（是不是 {PREFIX}{near[0].upper()}？）" if near else ""


def _prefixed(variables: dict[str, Any]) -> dict[str, Any]:
    return {
        name[len(PREFIX) :].lower(): value
        for name, value in variables.items()
        if name.upper().startswith(PREFIX) and value not in (None, "")
    }


def _read_config(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ConfigurationError([f"找不到设置文件“{path}”"])
    if path.suffix.lower() != ".toml":
        return _read_env_style(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"设置文件“{path}”不是正确的 TOML（UTF-8）：{error}"]) from None


def _read_env_style(path: Path) -> dict[str, Any]:
    try:
        return _prefixed(dict(dotenv_values(path, encoding="utf-8-sig")))
    except UnicodeDecodeError:
        raise ConfigurationError([f"设置文件“{path}”不是 UTF-8 编码，请另存为 UTF-8"]) from None
