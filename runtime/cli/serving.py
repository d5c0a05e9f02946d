"""`dingban serve`: the web server with an embedded worker, until stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runtime import memory
from runtime.cli.grammar import Commands
from runtime.cli.interrupting import interrupted_at_once
from runtime.cli.invocation import opened_application, refuse_a_fixed_clock
from runtime.cli.output import note

if TYPE_CHECKING:
    from config.settings import Settings

app = Commands()


@app.command("serve")
def serve(
    host: Annotated[str | None, typer.Option("--host", metavar="地址", help="监听的地址")] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="端口", min=1, max=65535, help="监听的端口")
    ] = None,
) -> None:
    """运行网页服务，自带提醒，直到停止（Ctrl+C）。

    /healthz 说明进程还在，/readyz 说明数据库、版本、提醒服务都正常。
    """
    memory.begin()
    with interrupted_at_once():
        from runtime.server import (
            serve_until_stopped,
        )  # nearly all of the start, in which the collector rests

    refuse_a_fixed_clock()
    with interrupted_at_once(), opened_application(is_service=True) as application:
        settings = application.settings
        host, port = host or settings.serve_host, port or settings.serve_port
        application.settings = at_its_address(settings, host=host, port=port)
        note(f"网页服务：{application.settings.console_url}/，按 Ctrl+C 停止。")
        serve_until_stopped(application, host=host, port=port)


def at_its_address(settings: Settings, *, host: str, port: int) -> Settings:
    """The settings with the address that links begin with: where none is set, the one that the console listens at.

    A console that listens everywhere is named by this machine's own address; only a setting knows another.
    """
    if "console_url" in settings.model_fields_set:
        return settings
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - named, not listened at
    named = everywhere.get(host, f"[{host}]" if ":" in host else host)
    return settings.model_copy(update={"console_url": f"http://{named}:{port}"})
