"""The command `dingban` itself: which commands there are, and where each one lives."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.grammar import Commands, Late, RootGroup
from runtime.cli.invocation import Invocation, begin
from runtime.cli.output import say


class Dingban(RootGroup):
    late = {  # noqa: RUF012  # a table, never changed
        "init": Late("runtime.cli.installation", "建立或者升级数据库，登记第一个账号"),
        "import": Late("runtime.cli.importing", "导入责任分解表（--dry-run 只看不写）"),
        "finding": Late("runtime.cli.findings", "导入时发现的问题：查看、处理"),
        "deadline": Late("runtime.cli.deadlines", "看一句话里的期限是怎样理解的"),
        "campaign": Late("runtime.cli.campaigns", "专项工作：新建、查看、指定协调员、结束"),
        "task": Late("runtime.cli.tasks", "任务：查看、下达、签收、提交、审核、销号……"),
        "explain": Late("runtime.cli.explaining", "办理某一步还缺什么，只看不办"),
        "milestone": Late("runtime.cli.milestones", "时间节点：报告、定日期、确认、退回、豁免"),
        "extension": Late("runtime.cli.extensions", "延期：申请、同意再次延期、批准、不批准"),
        "evidence": Late("runtime.cli.evidence", "佐证材料：提交、审核、核对"),
        "event": Late("runtime.cli.events", "登记事件（检查结束、收到意见书），相对期限由此起算"),
        "instruction": Late("runtime.cli.instructions", "领导批示：下达、回应"),
        "urge": Late("runtime.cli.urging", "催办，留有记录"),
        "deduction": Late("runtime.cli.deductions", "扣分项：登记一次扣分"),
        "person": Late("runtime.cli.people", "人员：登记、修改、换人、移交、停用、启用"),
        "account": Late("runtime.cli.accounts", "账号：开通、查看、重置、锁定、解锁、设置密码"),
        "token": Late("runtime.cli.tokens", "接口令牌：签发、查看、作废"),
        "unit": Late("runtime.cli.units", "单位：登记、报送进展、查看"),
        "calendar": Late("runtime.cli.calendars", "工作日历：导入、查看"),
        "remind": Late("runtime.cli.reminding", "提醒一轮：该写的写进发件箱，该发的发出去"),
        "webhook": Late("runtime.cli.webhooks", "事件推送：任务有变动时通知其他系统"),
        "report": Late("runtime.cli.reports", "每周工作情况通报"),
        "rehearse": Late("runtime.cli.rehearsing", "演练：某段时间里谁会在哪天收到什么，不真发"),
        "archive": Late("runtime.cli.archiving", "归档：生成材料包，或者核对材料包"),
        "audit": Late("runtime.cli.auditing", "办理记录：核对有没有被改动"),
        "serve": Late("runtime.cli.serving", "运行网页服务，自带提醒"),
        "worker": Late("runtime.cli.working", "只运行提醒"),
        "demo": Late("runtime.cli.demonstrating", "建一个演示单位，可以随便点"),
        "doctor": Late("runtime.cli.examining", "体检：数据库、邮件、日历、时钟、磁盘、提醒是否正常"),
        "completion": Late("runtime.cli.completing", "命令行补全：打印或者安装"),
    }


app = Commands(
    cls=Dingban,
    help="盯办：把责任分解表变成忘不掉的任务。",
    epilog="设置写在环境变量 DINGBAN_…、.env 或者 --config 指定的文件里；不设置时数据放在 ./var。",
)


def show_version(is_asked: bool) -> None:
    """Print the version and end."""
    if is_asked:
        say(f"盯办 {version('dingban')}")
        raise typer.Exit


@app.callback()
def begin_call(
    config: Annotated[Path | None, typer.Option("--config", metavar="文件", help="设置文件")] = None,
    now: Annotated[str | None, typer.Option("--now", metavar="时间", help="时钟")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="显示出错位置")] = False,
    _version: Annotated[
        bool, typer.Option("--version", help="显示程序的版本", is_eager=True, callback=show_version)
    ] = False,
) -> None:
    begin(Invocation(config=config, now=now, debug=debug))
