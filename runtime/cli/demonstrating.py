"""`dingban demo`: a throw-away office to click through."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from runtime.bootstrap import Application, open_application
from runtime.cli.grammar import Commands
from runtime.cli.interrupting import interrupted_at_once
from runtime.cli.options import Json
from runtime.cli.output import note, print_json, say
from runtime.cli.progress import progress
from runtime.cli.reports import draw_weekly_report, write_report
from runtime.demo.building import NOW, Demo, build_demo
from runtime.demo.doors import PASSWORD, DemoClock, demo_doors
from runtime.demo.office import COORDINATOR, OFFICE_NAME
from runtime.server import serve_until_stopped
from tracker.clock import office_day, told_by
from tracker.figures import IsoWeek, Scope

app = Commands()


@app.command("demo")
def demo(
    folder: Annotated[
        Path, typer.Option("--folder", metavar="文件夹", help="建在哪里，里面原有的演示会清空")
    ] = Path("var/demo"),
    is_served: Annotated[bool, typer.Option("--serve/--no-serve", help="建好以后是否运行网页服务")] = True,
    port: Annotated[int, typer.Option("--port", metavar="端口", min=1, max=65535, help="网页的端口")] = 8000,
    as_json: Json = False,
) -> None:
    """建一个演示单位：虚构的人员、两张责任分解表、办到一半的一年，随便试，不影响正式数据。"""
    begun = time.monotonic()
    note("正在建立演示单位……")
    with progress("办理") as on_progress:
        built = build_demo(folder, on_progress=on_progress)
    demo_clock = DemoClock(NOW)
    with told_by(demo_clock.now), open_application(built.settings) as application:
        reports = _write_weekly_report(application, folder / "reports")
        if as_json:
            print_json(_document(built, reports))
        else:
            _show(built, reports, time.monotonic() - begun)
        if is_served:
            settings = built.settings
            note(f"请用浏览器打开 http://{settings.serve_host}:{port}/，按 Ctrl+C 停止。")
            note(
                f"选一个人直接进入；登录页上每个人的姓名后面是登录名，也可以用它和统一密码 {PASSWORD} 登录。"
            )
            doors = demo_doors(application, demo_clock)
            with interrupted_at_once():
                serve_until_stopped(application, host=settings.serve_host, port=port, demo=doors)


def _write_weekly_report(application: Application, folder: Path) -> list[Path]:
    week = IsoWeek.of(office_day(NOW)).shift(-1)
    with application.reading() as session:
        return write_report(draw_weekly_report(application, session, week, Scope()), folder)


def _program() -> str:
    """What to type to call this program again: its name, or its path where it is not on the search path."""
    called = Path(sys.argv[0])
    return "dingban" if shutil.which("dingban") or called.name != "dingban" else str(called)


def _document(built: Demo, reports: list[Path]) -> dict[str, object]:
    return {
        "schema": "dingban.demo/1",
        "folder": str(built.folder),
        "config": str(built.settings_file),
        "tasks": built.tasks,
        "acts": built.acts,
        "letters": built.letters,
        "reports": [str(path) for path in reports],
    }


def _show(built: Demo, reports: list[Path], seconds: float) -> None:
    folder = built.folder
    command = f"{_program()} --config {built.settings_file}"
    say(f"{OFFICE_NAME}（虚构）已建好，用时 {seconds:.0f} 秒。演示里的今天是 2024 年 7 月 3 日。")
    say(
        f"任务：{'，'.join(f'{label}{count}项' for label, count in built.tasks.items())}；办理 {built.acts} 次。"
    )
    say()
    say("东西放在：")
    say(f"  数据库　　　{folder / 'dingban.db'}")
    say(f"  提醒邮件　　{folder / 'outbox'}（{built.letters} 封 .eml，双击可以打开）")
    say(f"  每周通报　　{reports[0].parent}（网页、Word、Excel）")
    say(f"  归档材料包　{folder / 'packages'}")
    say()
    say("接下来可以试：")
    for text, line in (
        ("看哪些任务逾期", f"{command} task list --overdue"),
        ("看一项任务的来龙去脉", f"{command} task show 1"),
        ("看下一步还缺什么", f"{command} explain 1 --as {COORDINATOR}"),
        (
            "看以后两个月谁会收到什么",
            f"{command} rehearse --from 2024-07-04 --to 2024-08-31 --out {folder / 'rehearsal'}",
        ),
        ("核对办理记录", f"{command} audit verify"),
        ("体检", f"{command} doctor"),
    ):
        say(f"  {text}：")
        say(f"    {line}")
