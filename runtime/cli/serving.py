"""`dingban serve`: the web server with an embedded worker, until stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application, refuse_a_fixed_clock
from runtime.cli.output import note
from runtime.server import serve_until_stopped

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
    refuse_a_fixed_clock()
    with opened_application(is_service=True) as application:
        settings = application.settings
        address = host or settings.serve_host, port or settings.serve_port
        note(f"网页服务：http://{address[0]}:{address[1]}/，按 Ctrl+C 停止。")
        serve_until_stopped(application, host=address[0], port=address[1])
