"""通知: what was told to whom and why, what did not arrive, and what the next weeks would bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from starlette.responses import Response

from notifications.heat_map import SHADES, count_by_day, legend_of, list_months
from notifications.rehearsal import RehearsedNotice
from notifications.rule_words import rule_words
from notifications.told import (
    ARRIVAL_LABELS,
    KIND_LABELS,
    PER_PAGE,
    Arrival,
    ToldFilter,
    get_letter,
    list_letters,
    list_people_told,
    list_told,
    retry_letters,
)
from notifications.untold import count_untold
from notifications.wording import day_words
from tracker.errors import ValueRefused
from tracker.figures import IsoWeek
from tracker.queries.first_steps import count_people_lacks
from tracker.queries.people import names_of
from tracker.queries.sight import list_visible_ids
from tracker.queries.tasks import count_tasks_by_state
from tracker.queries.trail import newest_event_id
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, WritingDesk
from web.opening import PageRouter
from workflows.task import OPEN_STATES

router = PageRouter(prefix="/notices")
AHEAD_DAYS = 90
MOST_REHEARSED_TASKS = 2000
MOST_SHOWN = 60
_MAY_REHEARSE = (Who.COORDINATOR, Who.AUDITOR)
Words = Annotated[str, Query(max_length=40)]


@router.get("", dependencies=[allow(Who.SIGNED_IN)])
def show_notices(
    desk: ReadingDesk, person: Words = "", state: Words = "", week: Words = "", before: Words = ""
) -> Response:
    wanted = _wanted(person, state, week, before)
    lines = list_told(desk.session, wanted, desk.visitor.sight)
    policy = desk.house.reminder_policy
    return desk.page(
        "notices/list.html",
        **_filters(desk, wanted, lines, "/notices", list(ARRIVAL_LABELS.items())),
        words={line.id: rule_words(line.rule, policy) for line in lines},
        links=set(list_visible_ids(desk.session, desk.visitor.sight, [line.task_id or 0 for line in lines])),
        still_to_come=_still_to_come(desk),
        without_address=_count_without_address(desk),
    )


def _still_to_come(desk: Desk) -> str | None:
    """Of how many tasks notices wait to be written, and until when where the office is closed."""
    campaign_ids = desk.visitor.sight.campaign_ids
    count = count_untold(desk.session, desk.house.reminder_policy, campaign_ids) if campaign_ids else 0
    if not count:
        return None
    said = f"{count}项任务有新的办理情况，还没有生成通知"
    hours, calendar = desk.house.office_hours, desk.house.calendar(desk.session)
    if hours.is_open(desk.at, calendar):
        return f"{said}。"
    day = day_words(hours.telling_day(desk.at, calendar), desk.today)
    return f"{said}：现在不是工作时间，{day}{hours.opens:%-H:%M}起生成并发出。"


def _count_without_address(desk: Desk) -> int:
    """How many people of the tasks that he coordinates no mail can reach."""
    coordinated = desk.visitor.sight.coordinated
    return count_people_lacks(desk.session, coordinated).without_address if coordinated else 0


@router.get("/letters", dependencies=[allow(Who.SIGNED_IN)])
def show_letters(
    desk: ReadingDesk, person: Words = "", state: Words = "", week: Words = "", before: Words = ""
) -> Response:
    wanted = _wanted(person, state, week, before)
    lines = list_letters(desk.session, wanted, desk.visitor.sight)
    states = [
        (each, ARRIVAL_LABELS[each]) for each in Arrival if each not in (Arrival.WAITING, Arrival.WITHDRAWN)
    ]
    return desk.page(
        "notices/letters.html",
        **_filters(desk, wanted, lines, "/notices/letters", states),
        kinds=KIND_LABELS,
        given_up=sum(line.arrival is Arrival.GIVEN_UP for line in lines[:PER_PAGE]),
    )


@router.get("/letters/{letter_id}", dependencies=[allow(Who.SIGNED_IN)])
def show_letter(desk: ReadingDesk, letter_id: int) -> Response:
    letter = get_letter(desk.session, letter_id, desk.visitor.sight)
    recipient = names_of(desk.session, [letter.recipient_id])[letter.recipient_id]
    return desk.page("notices/letter.html", letter=letter, recipient=recipient, kinds=KIND_LABELS)


@router.post("/letters/retry", dependencies=[allow(Who.SIGNED_IN)])
def retry(desk: WritingDesk) -> Response:
    letter_ids = desk.form.wholes("letter", "信件")
    retried = retry_letters(desk.session, letter_ids, sight=desk.visitor.sight, actor=desk.actor, at=desk.at)
    said = f"{retried}封信件已重新排队，几分钟内再次投递。" if retried else "没有选中投递失败的信件。"
    return desk.back("/notices/letters", said)


@router.get("/ahead", dependencies=[allow(*_MAY_REHEARSE)])
def show_days_ahead(desk: ReadingDesk, run: Words = "", person: Words = "") -> Response:
    """The rehearsal takes seconds: it is asked for by a button, and kept until something happens."""
    start, end = desk.today, desk.today + timedelta(days=AHEAD_DAYS - 1)
    states = count_tasks_by_state(desk.session)
    tasks = sum(states.get(state, 0) for state in OPEN_STATES)
    is_too_large = tasks > MOST_REHEARSED_TASKS or desk.house.rehearse is None
    context: dict[str, Any] = {"start": start, "end": end, "tasks": tasks, "is_too_large": is_too_large}
    if run != "1" or is_too_large:
        return desk.page("notices/ahead.html", notices=None, **context)
    notices = _visible(desk, _rehearsed(desk, start, end))
    people = Counter((each.person_id, each.person) for each in notices)
    chosen = int(person) if person.isascii() and person.isdecimal() else None
    shown = [each for each in notices if chosen in (None, each.person_id)]
    counts = count_by_day(shown)
    most = max(counts.values(), default=0)
    return desk.page(
        "notices/ahead.html",
        notices=shown,
        rows=shown[:MOST_SHOWN],
        letters=len({(each.day, each.person_id) for each in shown}),
        months=list_months(counts, start=start, end=end, calendar=desk.house.calendar(desk.session)),
        legend=[(place, words) for place in range(len(SHADES)) if (words := legend_of(place, most))],
        people=sorted(people.items(), key=lambda each: (-each[1], each[0])),
        busiest=counts.most_common(5),
        chosen=chosen,
        **context,
    )


def _rehearsed(desk: Desk, start: date, end: date) -> list[RehearsedNotice]:
    """Played once for everybody who asks on one day, until something happens."""
    rehearse = desk.house.rehearse
    assert rehearse is not None
    key = (newest_event_id(desk.session), start, end)
    notices: list[RehearsedNotice] = desk.request.app.state.rehearsals.get(key, lambda: rehearse(start, end))
    return notices


def _visible(desk: Desk, notices: list[RehearsedNotice]) -> list[RehearsedNotice]:
    """Those that concern him: to himself, or about tasks that he may see."""
    sight = desk.visitor.sight
    if sight.sees_all:
        return notices
    tasks = set(list_visible_ids(desk.session, sight, {each.task_id or 0 for each in notices}))
    return [each for each in notices if each.person_id == sight.person_id or each.task_id in tasks]


def _wanted(person: str, state: str, week: str, before: str) -> ToldFilter:
    """What the address asks for. Raises ValueRefused for what nobody could mean."""
    if state and state not in ARRIVAL_LABELS:
        raise ValueRefused("请在“状态”中选择一项。")
    return ToldFilter(
        person_id=_number(person),
        arrival=Arrival(state) if state else None,
        week=IsoWeek.parse(week) if week else None,
        before_id=_number(before),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _filters(
    desk: Desk, wanted: ToldFilter, lines: list[Any], path: str, states: Sequence[tuple[Arrival, str]]
) -> dict[str, Any]:
    """What both ledgers show around their rows: the fields of the filter, what is set, and the next page."""
    people = list_people_told(desk.session, desk.visitor.sight)
    kept = {
        "person": wanted.person_id,
        "state": wanted.arrival.value if wanted.arrival else None,
        "week": str(wanted.week) if wanted.week else None,
    }
    labels = {
        "person": f"收件人：{dict(people).get(wanted.person_id or 0, '其他人')}",
        "state": f"状态：{ARRIVAL_LABELS[wanted.arrival]}" if wanted.arrival else "",
        "week": f"周次：{wanted.week}",
    }
    chips = [(labels[name], _address(path, kept | {name: None})) for name in kept if kept[name] is not None]
    following = _address(path, kept | {"before": lines[PER_PAGE - 1].id}) if len(lines) > PER_PAGE else None
    return {
        "lines": lines[:PER_PAGE],
        "following": following,
        "first_page": _address(path, kept) if wanted.before_id else None,
        "people": people if len(people) > 1 else [],
        "states": [(each.value, label) for each, label in states],
        "weeks": [
            (str(week), _week_words(week)) for week in (IsoWeek.of(desk.today).shift(-n) for n in range(12))
        ],
        "wanted": kept,
        "chips": chips,
        "arrivals": ARRIVAL_LABELS,
        "path": path,
        "may_rehearse": bool(desk.visitor.sight.campaign_ids),
    }


def _week_words(week: IsoWeek) -> str:
    return f"{week}（{week.monday.month}月{week.monday.day}日起）"


def _address(path: str, values: dict[str, Any]) -> str:
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{path}?{query}" if query else path
