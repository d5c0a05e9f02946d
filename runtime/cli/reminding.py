"""`dingban remind`: one round by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from notifications.outbox import list_given_up, retry_given_up
from notifications.rounds import ROUND_LABELS
from runtime.cli.exits import OUTSIDE
from runtime.cli.grammar import Commands
from runtime.cli.invocation import now, opened_application
from runtime.cli.options import Json
from runtime.cli.output import print_json, say
from runtime.jobs import queue_weekly_reports, run_reminders

app = Commands()


@app.command("remind")
def remind(
    is_retry: Annotated[
        bool, typer.Option("--retry", help="先把放弃投递的信放回发件箱，改正地址或者渠道以后用")
    ] = False,
    as_json: Json = False,
) -> None:
    """提醒一轮：该提醒的、该发的每周通报写进发件箱，发件箱里的投递出去。

    运行多少次都一样：同一件事对同一个人只提醒一次。投递不出去的留在发件箱里，退出码为 4。
    """
    with opened_application() as application:
        retried = 0
        if is_retry:
            with application.writing() as session:
                retried = retry_given_up(session, at=now())
        reports = queue_weekly_reports(application)
        outcome = run_reminders(application)
        with application.reading() as session:
            given_up = list_given_up(session)
    written, delivery = outcome.round, outcome.delivery
    if as_json:
        print_json(
            {
                "schema": "dingban.round/1",
                "state": written.state.value,
                "milestones": written.milestones,
                "events": written.events,
                "letters": written.letters,
                "reports": reports,
                "retried": retried,
                "sent": delivery.sent,
                "put_off": delivery.put_off,
                "given_up": delivery.given_up,
                "errors": delivery.errors,
                "given_up_letters": [
                    {
                        "id": each.letter_id,
                        "recipient": each.recipient,
                        "subject": each.subject,
                        "error": each.error,
                    }
                    for each in given_up
                ],
            }
        )
    else:
        say(
            f"本轮{ROUND_LABELS[written.state]}：新写{written.letters}封信{f'，每周通报{reports}封' if reports else ''}。"
        )
        say(f"投递：发出{delivery.sent}封，稍后再试{delivery.put_off}封，放弃{delivery.given_up}封。")
        for error in delivery.errors:
            say(f"  - {error}")
        if given_up:
            say(f"发件箱里共有{len(given_up)}封信放弃投递，改正以后运行 dingban remind --retry。")
    if delivery.errors:
        raise typer.Exit(OUTSIDE)
