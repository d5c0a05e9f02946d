"""The reminder rules in words, and what they would do to one task; a changed text can be tried before it is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from starlette.responses import Response

from notifications.policy import Recipient, ReminderPolicy, ReminderRule, Repeat
from notifications.policy_reading import PolicyRefused
from notifications.rule_words import rule_words
from notifications.schedule import planned_days
from tracker.calendar import WorkCalendar
from web.access import allow
from web.desk import Desk, ReadingDesk, WritingDesk
from web.forms import InputRefused
from web.opening import PageRouter
from web.pages.admin.asking import KEEPERS, READERS, is_keeper, query_of

router = PageRouter(prefix="/admin/policy")
AHEAD, BEHIND = (
    timedelta(days=30),
    timedelta(days=30),
)  # a sample's due day from today; what is shown after it
TEXT_LIMIT = 100_000
REMINDERS = "reminders.toml"


@dataclass(frozen=True)
class RuleRow:
    """A rule as people read it."""

    words: str
    to: str
    cc: str = ""


@dataclass(frozen=True)
class Told:
    """A stage of the sample's reminders, from its day on; one that repeats each working day is told once, `until` when."""

    day: date
    until: date
    times: int
    row: RuleRow
    is_late: bool


@router.get("", dependencies=[allow(*READERS)])
def show_policy(desk: ReadingDesk) -> Response:
    return _page(desk, desk.house.reminder_policy, query_of(desk).optional_day("due", "时限"))


@router.post("/trial", dependencies=[allow(*KEEPERS)])
def try_policy(desk: WritingDesk) -> Response:
    """Show what a text of rules would do. Nothing is saved: rules live in a file."""
    text = desk.form.text("text", "规则", limit=TEXT_LIMIT)
    due_on = desk.form.optional_day("due", "时限")
    if desk.house.installation is None:
        raise InputRefused("text", "这里不能试算规则。")
    try:
        policy = desk.house.installation.read_policy(text)
    except PolicyRefused as error:
        return _page(desk, desk.house.reminder_policy, due_on, text=text, problems=error.problems)
    return _page(desk, policy, due_on, text=text)


def _page(
    desk: Desk,
    policy: ReminderPolicy,
    due_on: date | None,
    *,
    text: str | None = None,
    problems: tuple[str, ...] = (),
) -> Response:
    installation = desk.house.installation
    path = installation.policy_files.get(REMINDERS) if installation else None
    due_on = due_on or desk.today + AHEAD
    answer = desk.page(
        "admin/policy.html",
        due_on=due_on,
        told=list_told(policy, due_on, desk.today, desk.house.calendar(desk.session)),
        before=[row_of(rule, policy) for rule in policy.milestone if rule.days_before is not None],
        after=[row_of(rule, policy) for rule in policy.milestone if rule.days_before is None],
        acceptance=[row_of(rule, policy) for rule in (*policy.acceptance, policy.instruction)],
        events=[
            (rule_words(rule.kind, policy), _names(rule.now), _names(rule.digest)) for rule in policy.events
        ],
        hours=desk.house.office_hours,
        rules=desk.house.rules,
        path=path,
        folder=path.parent if path else None,
        is_own=installation.policy_is_own if installation else False,
        text=text if text is not None else _text_of(desk, path),
        is_trial=text is not None,
        problems=problems,
    )
    if text is not None:
        answer.headers["HX-Push-Url"] = "/admin/policy"
    return answer


def _text_of(desk: Desk, path: Path | None) -> str | None:
    """The rules as they stand in their file, for those who may try others."""
    return path.read_text("utf-8-sig") if path and is_keeper(desk) else None


def list_told(policy: ReminderPolicy, due_on: date, today: date, calendar: WorkCalendar) -> list[Told]:
    """When a task due on that day would be reminded of, from today on, as if nobody ever acted."""
    told: list[Told] = []
    runs: dict[str, int] = {}  # where in the list the present run of a daily rule stands
    end = max(due_on, today) + BEHIND
    for each in planned_days(due_on, policy.milestone, start=today, end=end, calendar=calendar):
        place = runs.get(each.rule.name)
        if each.rule.repeat is Repeat.WORKDAY and place is not None:
            told[place] = replace(told[place], until=each.on, times=told[place].times + 1)
            continue
        runs[each.rule.name] = len(told)
        is_late = each.rule.days_before is None
        told.append(Told(each.on, each.on, 1, row_of(each.rule, policy), is_late))
    return told


def row_of(rule: ReminderRule, policy: ReminderPolicy) -> RuleRow:
    words = rule_words(rule.name, policy)
    if rule.workdays_over is not None and rule.repeat is Repeat.WORKDAY:
        start = f"从第{rule.workdays_over}个工作日起，" if rule.workdays_over > 1 else ""
        words = f"{words}（{start}每个工作日）"
    return RuleRow(words, _names(rule.to), _names(rule.cc))


def _names(people: tuple[Recipient, ...]) -> str:
    return "、".join(each.value for each in people)
