"""我的工作台: what needs the person today, worst first, each with the one button that moves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from tracker.lights import Light
from tracker.queries.leading import Request, list_requests
from tracker.queries.ledger import COUNTED_UP_TO
from tracker.queries.needed import count_to_archive
from tracker.queries.todo import TODO_LABELS, Todo, TodoKind, list_todos
from tracker.queries.workbench import (
    DeskTask,
    count_overdue,
    count_preparation,
    find_next_due,
    list_desk_tasks,
)
from web.access import Who, allow
from web.days_off import DaysOff
from web.desk import Desk, ReadingDesk
from web.first_steps import list_first_steps
from web.opening import PageRouter
from workflows.roles import Role
from workflows.task import OPEN_STATES

router = PageRouter()
MOST_SHOWN = 100  # nobody reads further, and the ledger has the rest
LINES_SHOWN = 9  # of one card; its page has the rest
# What one visit to one page settles is one card.
_GATHERED = frozenset({TodoKind.REVIEW, TodoKind.RETURNED, TodoKind.REPORT})
_OPEN = "".join(f"&state={state.value}" for state in OPEN_STATES)
_OVERSEEN = {Role.LEADER: "您分管", Role.EXPEDITER: "您盯办", Role.COORDINATOR: "您协调"}
_COUNTED = {"evidence": "项成果", "milestone": "个节点"}
_SENT_BACK = {"task.reject": "驳回", "task.reopen": "重新办理", "task.decline": "退签"}


@dataclass(frozen=True)
class Button:
    """The one thing that moves it: done at once, or a link to the place on the task's page where it is done."""

    label: str
    href: str
    is_done_here: bool = False


@dataclass(frozen=True)
class Overdue:
    """Tasks that others have to see to while the visitor answers for them, and the list of them."""

    text: str
    href: str


@dataclass(frozen=True)
class Card:
    """What one button settles: mostly one thing, or all of a task that waits for the same step. The worst is first."""

    todos: Sequence[Todo]
    task: DeskTask
    request: Request | None = None  # the extension that is asked for

    @property
    def worst(self) -> Todo:
        return self.todos[0]

    @property
    def kind(self) -> TodoKind:
        return self.worst.kind

    @property
    def lines(self) -> Sequence[Todo]:
        """The single things, where there are several, or where one alone has more to say than its name."""
        is_plain = len(self.todos) == 1 and not self.worst.about
        return () if is_plain else self._parts[:LINES_SHOWN]

    @property
    def left_out(self) -> int:
        return len(self._parts) - len(self.lines) if self.lines else 0

    @property
    def _parts(self) -> Sequence[Todo]:
        """What the card is about beside the task itself, which it names below; all, where one of them says why."""
        return [todo for todo in self.todos if todo.subject != "task" or todo.sent_back is not None]

    @property
    def title(self) -> str:
        """Of one thing its words; of several how many there are of what."""
        if not self.lines:
            return f"{self.worst.given_by}批示：{self.worst.text}" if self.worst.given_by else self.worst.text
        papers = len({todo.about for todo in self.todos if todo.subject == "evidence"})
        counts = {"evidence": papers, "milestone": sum(todo.subject == "milestone" for todo in self.todos)}
        words = [f"{counts[subject]} {unit}" for subject, unit in _COUNTED.items() if counts[subject]]
        if any(todo.subject == "task" for todo in self.todos):
            words.insert(0, "任务")
        return "、".join(words) + TODO_LABELS[self.kind]

    @property
    def is_late(self) -> bool:
        """What was reported waits for its reviewer: whether it is late is asked of the report, not of the day."""
        return (self.worst.days_left or 0) < 0 and self.kind is not TodoKind.REVIEW

    def light(self, yellow_within: int) -> Light | None:
        """The light of its step, or else of its day; None where there is neither."""
        days_left = self.worst.days_left
        if self.worst.light is not None or days_left is None:
            return self.worst.light
        if days_left < 0:
            return Light.RED
        return Light.YELLOW if days_left <= yellow_within else Light.GREEN

    @property
    def task_overdue_since(self) -> date | None:
        """Since when the task is late, where the day of the card is another: the one to accept by."""
        return self.task.overdue_since if self.kind is TodoKind.ACCEPT else None

    @property
    def label(self) -> str:
        """What came back says by which act."""
        sent_back = self.worst.sent_back
        return _SENT_BACK.get(sent_back.kind if sent_back else "", TODO_LABELS[self.kind])

    @property
    def button(self) -> Button:
        return button_for(self.worst, is_alone=len(self.todos) == 1)


@router.get("/", dependencies=[allow(Who.SIGNED_IN)])
def show_workbench(desk: ReadingDesk) -> Response:
    person_id, is_coordinator = desk.visitor.person_id, bool(desk.visitor.sight.coordinated)
    todos = list_todos(
        desk.session,
        person_id,
        today=desk.today,
        rules=desk.house.rules,
        most_to_archive=MOST_SHOWN,
    )
    gathered = gather(todos)
    cards = _cards(desk, gathered[:MOST_SHOWN])
    counts = Counter(each[0].kind for each in gathered)
    if counts[TodoKind.ARCHIVE] >= MOST_SHOWN:
        counts[TodoKind.ARCHIVE] = count_to_archive(desk.session, person_id)
    preparation = (
        count_preparation(desk.session, desk.visitor.sight, today=desk.today) if is_coordinator else None
    )
    return desk.page(
        "workbench/show.html",
        cards=cards,
        days_off=DaysOff(desk),
        yellow_within=desk.house.rules.lights.yellow_within_days,
        total=counts.total(),
        counts={TODO_LABELS[kind]: counts[kind] for kind in TodoKind if counts[kind]},
        late=sum(card.is_late for card in cards),
        rest_href=f"/tasks?person={person_id}" + ("&role=coordinator" if is_coordinator else ""),
        preparation=preparation,
        steps=list_first_steps(desk, preparation),
        day_note=_day_note(desk),
        overdue=_overdue(desk, is_coordinator=is_coordinator),
        next_due=None if todos else find_next_due(desk.session, person_id, today=desk.today),
        is_coordinator=is_coordinator,
    )


def _cards(desk: Desk, gathered: Sequence[Sequence[Todo]]) -> list[Card]:
    numbers = [each[0].task_id for each in gathered]
    tasks = list_desk_tasks(desk.session, numbers, today=desk.today, rules=desk.house.rules)
    asked = [each[0].subject_id for each in gathered if each[0].kind is TodoKind.DECIDE]
    requests = list_requests(desk.session, asked) if asked else {}
    return [
        Card(
            each,
            tasks[each[0].task_id],
            requests.get(each[0].subject_id) if each[0].kind is TodoKind.DECIDE else None,
        )
        for each in gathered
    ]


def _overdue(desk: Desk, *, is_coordinator: bool) -> list[Overdue]:
    """What is overdue where others have to act: it makes no card, and is said all the same."""
    roles = [role for role in _OVERSEEN if is_coordinator or role is not Role.COORDINATOR]
    person_id = desk.visitor.person_id
    counts = count_overdue(
        desk.session,
        person_id,
        roles,
        sight=desk.visitor.sight,
        today=desk.today,
        rules=desk.house.rules,
    )
    return [
        Overdue(
            f"{_OVERSEEN[role]}的任务有 {counts[role]} 项{'以上' if counts[role] == COUNTED_UP_TO else ''}逾期",
            f"/tasks?person={person_id}&role={role.value}{_OPEN}&light=red",
        )
        for role in roles
        if role in counts
    ]


def _day_note(desk: Desk) -> str | None:
    """What the calendar says of today, where it is no plain working day."""
    calendar = desk.house.calendar(desk.session)
    found = calendar.find_day(desk.today)
    if calendar.is_workday(desk.today):
        return "调休上班" if found is not None else None
    return (found.name if found is not None else None) or "休息日"


def gather(todos: Iterable[Todo]) -> list[list[Todo]]:
    """The things to do by card, in their order: a card stands where the worst of it would."""
    found: dict[tuple[object, ...], list[Todo]] = {}
    for todo in todos:
        together = (todo.kind, todo.task_id)
        alone = (*together, todo.subject, todo.subject_id)
        found.setdefault(together if todo.kind in _GATHERED else alone, []).append(todo)
    return list(found.values())


def button_for(todo: Todo, *, is_alone: bool = True) -> Button:
    """What needs nothing more than a press is done here; everything else is looked at first.

    `is_alone`: the button is for this thing; else for all of its kind on the task, of which it is the worst.
    """
    task = f"/tasks/{todo.task_id}"
    match todo.kind:
        case TodoKind.ACCEPT:
            return Button("签收", f"{task}/accept", is_done_here=True)
        case TodoKind.ACKNOWLEDGE:
            return Button("签阅", f"/instructions/{todo.subject_id}/acknowledge", is_done_here=True)
        case TodoKind.SUBMIT:
            return Button("提交审核", f"{task}/submit", is_done_here=True)
        case TodoKind.REPORT:
            return Button("去报告", f"{task}#milestone-{todo.subject_id}")
        case TodoKind.DECIDE:
            return Button("去批复", f"{task}#extension-{todo.subject_id}")
        case TodoKind.CLOSE:
            return Button("去销号", f"{task}#acts")
        case TodoKind.ARCHIVE:
            return Button("去归档", f"{task}#acts")
        case TodoKind.REVIEW:
            return Button("去审核", f"{task}/review?back=/")
        case TodoKind.RETURNED:
            return _button_for_returned(todo, is_alone=is_alone)


def _button_for_returned(todo: Todo, *, is_alone: bool) -> Button:
    task = f"/tasks/{todo.task_id}"
    if todo.sent_back is not None and todo.sent_back.kind == "task.decline":
        return Button("去处理", f"{task}#acts")
    if todo.subject == "evidence":
        return Button(
            "去补办", f"{task}#evidence-{todo.subject_id}" if is_alone else f"{task}/hand-in?back=/"
        )
    return Button(
        "去补办", f"{task}#milestone-{todo.subject_id}" if todo.subject == "milestone" else f"{task}#acts"
    )
