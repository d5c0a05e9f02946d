"""看板: tasks by state, in each column those first whose day is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from tracker.queries.ledger import COUNTED_UP_TO, LedgerPage, count_ledger, list_ledger
from tracker.queries.ledger_order import LedgerSort
from web.access import Who, allow
from web.desk import Desk, ReadingDesk
from web.ledger_query import LedgerQuery, read_ledger_query
from web.opening import PageRouter
from web.pages.ledger import choices_for
from workflows.roles import Role
from workflows.task import OPEN_STATES, TASK_WORKFLOW, TaskState

router = PageRouter()
CARDS_A_COLUMN = 20
_USUAL = TaskState.ACTIVE
_WITHOUT_COLUMN = tuple(
    state for state in TaskState if state not in (TaskState.DRAFT, *OPEN_STATES, TaskState.CLOSED)
)


@dataclass(frozen=True)
class Column:
    """One state: its first cards, how many there are, and the list of all of them."""

    state: TaskState
    label: str
    page: LedgerPage
    href: str


@dataclass(frozen=True)
class Elsewhere:
    """Tasks in a state that has no column: how many, or at least how many, and the list of them."""

    label: str
    count: int
    is_capped: bool
    href: str


@router.get("/board", dependencies=[allow(Who.SIGNED_IN)])
def show_board(desk: ReadingDesk) -> Response:
    query = read_ledger_query(desk.session, desk.request)
    states = [*OPEN_STATES, TaskState.CLOSED]
    if Role.COORDINATOR in desk.visitor.roles:
        states.insert(0, TaskState.DRAFT)
    columns = [_column(desk, query, state) for state in states]
    return desk.page(
        "board/show.html",
        query=query,
        columns=columns,
        elsewhere=_elsewhere(desk, query),
        chosen=_chosen(desk, columns),
        **choices_for(desk, query),
    )


def _elsewhere(desk: Desk, query: LedgerQuery) -> list[Elsewhere]:
    found = []
    for state in _WITHOUT_COLUMN:
        count = count_ledger(
            desk.session,
            replace(query.wanted, states=(state,)),
            sight=desk.visitor.sight,
            today=desk.today,
            rules=desk.house.rules,
            up_to=COUNTED_UP_TO,
        )
        if count:
            label = TASK_WORKFLOW.state_labels[state]
            found.append(Elsewhere(label, count, count == COUNTED_UP_TO, query.link(state=state.value)))
    return found


def _chosen(desk: Desk, columns: Sequence[Column]) -> TaskState:
    """The column that a phone shows, which has room for one: what is asked for, else the work that is going on."""
    asked = desk.request.query_params.get("column")
    filled = [column.state for column in columns if column.page.rows]
    fitting = [column.state for column in columns if column.state.value == asked]
    return next(iter([*fitting, *(state for state in filled if state is _USUAL), *filled]), _USUAL)


def _column(desk: Desk, query: LedgerQuery, state: TaskState) -> Column:
    page = list_ledger(
        desk.session,
        replace(query.wanted, states=(state,)),
        sight=desk.visitor.sight,
        today=desk.today,
        rules=desk.house.rules,
        per_page=CARDS_A_COLUMN,
        sort=LedgerSort.DUE,
    )
    href = query.link(state=state.value, sort=LedgerSort.DUE.value)
    return Column(state, TASK_WORKFLOW.state_labels[state], page, href)
