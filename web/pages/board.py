"""看板: tasks by state, in each column those first whose day is next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response

from tracker.queries.ledger import LedgerPage, list_ledger
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


@dataclass(frozen=True)
class Column:
    """One state: its first cards, how many there are, and the list of all of them."""

    state: TaskState
    label: str
    page: LedgerPage
    href: str


@router.get("/board", dependencies=[allow(Who.SIGNED_IN)])
def show_board(desk: ReadingDesk) -> Response:
    query = read_ledger_query(desk.session, desk.request)
    states = [*OPEN_STATES, TaskState.CLOSED]
    if Role.COORDINATOR in desk.visitor.roles:
        states.insert(0, TaskState.DRAFT)
    return desk.page(
        "board/show.html",
        query=query,
        columns=[_column(desk, query, state) for state in states],
        **choices_for(desk, query),
    )


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
