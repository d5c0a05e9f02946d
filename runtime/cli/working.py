"""`dingban worker`: the reminders alone, until stopped."""

from __future__ import annotations

from runtime.cli.grammar import Commands
from runtime.cli.interrupting import interrupted_at_once
from runtime.cli.invocation import opened_application, refuse_a_fixed_clock
from runtime.worker import run_worker

app = Commands()


@app.command("worker")
def worker() -> None:
    """只运行提醒：每分钟看一次该提醒谁、该发什么，直到停止（Ctrl+C）。

    可以同时开几个，提醒不会重复。
    """
    refuse_a_fixed_clock()
    with interrupted_at_once(), opened_application(is_service=True) as application:
        run_worker(application)
