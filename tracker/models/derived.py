"""What the database itself keeps of every task, so that a list of a hundred thousand is filtered and sorted at once.

Derived from `task` and `milestone` by triggers, in the transaction that changes them: nobody writes these tables, and
no way of writing the others can forget them. A light follows from the day; what of it does not is kept here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import DDL, Index, event
from sqlmodel import Field, SQLModel

from tracker.lights import Light
from tracker.models.columns import enum_field
from tracker.models.milestones import Milestone
from tracker.models.tasks import Task
from workflows.task import STANDING_STILL


class TaskLight(SQLModel, table=True):
    """What a task's light follows from, given the day; `tracker.queries.lights` puts it together.

    `open_on` is the first due day among the open milestones, `pending_on` among those that nobody has reported. The
    other two are the light without regard to the days that lie ahead or are past, by either measure of lateness: grey
    where something is open and the task stands still, whatever its days are. A task whose row shares a list of
    milestones has the light of that list. `is_backfilled`: nothing is open, and some of what is done was done before
    the program came (补录), which is said wherever the light is shown.
    """

    __tablename__ = "task_light"
    __table_args__ = (
        # by submission is how nearly every office measures; by acceptance the same is found without an index
        Index("ix_task_light_pending", "pending_on"),
        Index("ix_task_light_settled", "by_submission", "pending_on"),
        {"info": {"is_derived": True}},
    )

    task_id: int = Field(
        primary_key=True, foreign_key="task.id", ondelete="CASCADE", sa_column_kwargs={"autoincrement": False}
    )
    open_on: date | None = None
    pending_on: date | None = None
    by_submission: Light = enum_field(Light, constraint="light_by_submission_is_known")
    by_acceptance: Light = enum_field(Light, constraint="light_by_acceptance_is_known")
    is_backfilled: bool = False


class TaskText(SQLModel, table=True):
    """Everything that a text is looked for in, in small letters: 序号, group, title and requirement, a line each.

    A table of its own because a search reads all of it, and a task is twenty times as wide.
    """

    __tablename__ = "task_text"
    __table_args__ = ({"info": {"is_derived": True}},)

    task_id: int = Field(
        primary_key=True, foreign_key="task.id", ondelete="CASCADE", sa_column_kwargs={"autoincrement": False}
    )
    text: str


_STANDS_STILL = f"({', '.join(repr(state.value) for state in STANDING_STILL)})"
_OPEN = "m.state IN ('pending', 'reported')"
_IS_ANY_OPEN = f"MAX(CASE WHEN {_OPEN} THEN 1 ELSE 0 END) = 1"
_REPORTED = "m.state = 'reported' AND m.reported_at IS NOT NULL"
_END_OF_DUE_DAY = {
    "sqlite": "datetime(m.due_on, '+16 hours')",  # midnight of Asia/Shanghai, as `tracker.queries.punctuality` says it
    "postgresql": "((m.due_on + interval '16 hours') AT TIME ZONE 'UTC')",
}


def _any(condition: str) -> str:
    return f"MAX(CASE WHEN m.due_on IS NOT NULL AND {condition} THEN 1 ELSE 0 END) = 1"


def _is_late(completed_at: str, dialect: str) -> str:
    is_kept = f"(NOT m.was_overdue AND {completed_at} < {_END_OF_DUE_DAY[dialect]})"
    return f"({completed_at} IS NULL OR NOT {is_kept})"


def _settled(completed_at: str, reported_late: str, dialect: str) -> str:
    """The light without regard to days, as `tracker.lights.task_light` has it."""
    is_late = f"CASE WHEN m.done_on IS NULL THEN {_is_late(completed_at, dialect)} ELSE m.was_overdue OR m.done_on > m.due_on END"
    met_late = f"m.state = 'met' AND {is_late}"
    return (
        f"CASE WHEN {_IS_ANY_OPEN} THEN"
        f" CASE WHEN t.state IN {_STANDS_STILL} THEN 'grey' {reported_late} WHEN {_any(_OPEN)} THEN 'green' ELSE 'grey' END"
        f" WHEN {_any(met_late)} THEN 'yellow_blue'"
        f""" WHEN {_any("m.state = 'met'")} THEN 'blue' ELSE 'grey' END"""
    )


def refresh_lights(dialect: str, which: str) -> str:
    """The statement that writes the lights of the tasks `t` of a condition anew."""
    reported_late = _any(f"{_REPORTED} AND {_is_late('m.reported_at', dialect)}")
    by_submission = _settled(
        "coalesce(m.reported_at, m.met_at)", f"WHEN {reported_late} THEN 'yellow_blue'", dialect
    )
    return (
        "INSERT INTO task_light (task_id, open_on, pending_on, by_submission, by_acceptance, is_backfilled)"  # noqa: S608
        f" SELECT t.id, MIN(CASE WHEN {_OPEN} THEN m.due_on END),"
        f" MIN(CASE WHEN {_OPEN} AND NOT ({_REPORTED}) THEN m.due_on END),"
        f" {by_submission}, {_settled('m.met_at', '', dialect)},"
        f""" NOT {_IS_ANY_OPEN} AND {_any("m.state = 'met' AND m.done_on IS NOT NULL")}"""
        " FROM task t LEFT JOIN milestone m"
        " ON m.task_id = coalesce(t.milestones_from_id, t.id) AND m.kind <> 'series'"
        f" WHERE {which} GROUP BY t.id ORDER BY t.id"
        " ON CONFLICT (task_id) DO UPDATE SET open_on = excluded.open_on, pending_on = excluded.pending_on,"
        " by_submission = excluded.by_submission, by_acceptance = excluded.by_acceptance,"
        " is_backfilled = excluded.is_backfilled"
    )


def _add_pending(row: str) -> str:
    """What one more pending milestone changes, so that entering a long list costs no more than its length.

    Where a first open day is known already, 补办 is that of a reported milestone, and stays. A later day changes nothing.
    A task that stands still has no light.
    """
    stands_still = (
        f"WHEN (SELECT t.state FROM task t WHERE t.id = task_light.task_id) IN {_STANDS_STILL} THEN 'grey'"  # noqa: S608
    )
    earliest = "CASE WHEN {row}.due_on < {known} OR {known} IS NULL THEN {row}.due_on ELSE {known} END"
    calm = f"WHEN coalesce({row}.due_on, open_on) IS NOT NULL THEN 'green' ELSE 'grey' END"
    return (
        f"UPDATE task_light SET open_on = {earliest.format(row=row, known='open_on')},"  # noqa: S608
        f" pending_on = {earliest.format(row=row, known='pending_on')},"
        f" by_submission = CASE {stands_still} WHEN open_on IS NOT NULL AND by_submission = 'yellow_blue' THEN by_submission {calm},"
        f" by_acceptance = CASE {stands_still} {calm}, is_backfilled = FALSE WHERE task_id IN"
        f" (SELECT {row}.task_id UNION ALL SELECT t.id FROM task t WHERE t.milestones_from_id = {row}.task_id)"
        f" AND (pending_on IS NULL OR {row}.due_on < pending_on)"
    )


def refresh_texts(which: str) -> str:
    """The statement that writes the texts of the tasks `t` of a condition anew; the same on both engines."""
    line = "|| '\n' ||"
    return (
        "INSERT INTO task_text (task_id, text) SELECT t.id,"  # noqa: S608
        f" lower(coalesce(t.seq, '') {line} coalesce(t.\"group\", '') {line} t.title {line} t.requirement)"
        f" FROM task t WHERE {which} ON CONFLICT (task_id) DO UPDATE SET text = excluded.text"
    )


_LIGHT_COLUMNS = "kind, state, due_on, was_overdue, reported_at, met_at, done_on"
_TEXT_COLUMNS = 'seq, "group", title, requirement'


# That a task begins to stand still, or no longer does: all other moves change no light.
_CLOCK_TURNS = f"(OLD.state IN {_STANDS_STILL}) <> (NEW.state IN {_STANDS_STILL})"


def _of_list(row: str) -> str:
    return f"t.id = {row}.task_id OR t.milestones_from_id = {row}.task_id"


def _sqlite_triggers() -> Iterator[tuple[str, str]]:
    light_of_task, text_of_task = refresh_lights("sqlite", "t.id = NEW.id"), refresh_texts("t.id = NEW.id")
    light_of_list = refresh_lights("sqlite", _of_list("NEW"))
    is_pending = "NEW.kind <> 'series' AND NEW.state = 'pending'"
    for table, name, occasion, statements in (
        ("milestone", "add", f"INSERT ON milestone WHEN {is_pending}", [_add_pending("NEW")]),
        ("milestone", "insert", f"INSERT ON milestone WHEN NOT ({is_pending})", [light_of_list]),
        ("milestone", "update", f"UPDATE OF {_LIGHT_COLUMNS} ON milestone", [light_of_list]),
        ("milestone", "delete", "DELETE ON milestone", [refresh_lights("sqlite", _of_list("OLD"))]),
        ("task", "insert", "INSERT ON task", [light_of_task, text_of_task]),
        ("task", "share", "UPDATE OF milestones_from_id ON task", [light_of_task]),
        ("task", "clock", f"UPDATE OF state ON task WHEN {_CLOCK_TURNS}", [light_of_task]),
        ("task", "reword", f"UPDATE OF {_TEXT_COLUMNS} ON task", [text_of_task]),
    ):
        body = "; ".join(statements)
        yield table, f"CREATE TRIGGER {table}_derives_{name} AFTER {occasion} BEGIN {body}; END"


def _postgresql_triggers() -> Iterator[tuple[str, str]]:
    which = _of_list("changed")
    # Two writers of one list: the second waits here, and then computes from what the first has committed.
    waiting = (
        f"PERFORM 1 FROM task_light WHERE task_id IN (SELECT t.id FROM task t WHERE {which})"  # noqa: S608
        " ORDER BY task_id FOR UPDATE"
    )
    bodies = {
        "milestone_light": "DECLARE changed milestone; BEGIN"
        " IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;"
        " IF TG_OP = 'INSERT' AND changed.kind <> 'series' AND changed.state = 'pending'"
        f" THEN {_add_pending('changed')};"
        f" ELSE {waiting}; {refresh_lights('postgresql', which)}; END IF; RETURN NULL; END",
        "task_light": f"BEGIN {refresh_lights('postgresql', 't.id = NEW.id')}; RETURN NULL; END",
        "task_text": f"BEGIN {refresh_texts('t.id = NEW.id')}; RETURN NULL; END",
    }
    for table, name, occasion in (
        ("milestone", "milestone_light", f"INSERT OR DELETE OR UPDATE OF {_LIGHT_COLUMNS}"),
        ("task", "task_light", "INSERT OR UPDATE OF milestones_from_id"),
        ("task", "task_text", f"INSERT OR UPDATE OF {_TEXT_COLUMNS}"),
    ):
        function = f"{name}_is_derived()"
        yield table, f"CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS $${bodies[name]}$$"
        yield (
            table,
            f"CREATE TRIGGER {name} AFTER {occasion} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}",
        )
    yield (
        "task",
        "CREATE TRIGGER task_clock AFTER UPDATE OF state ON task FOR EACH ROW"
        f" WHEN ({_CLOCK_TURNS}) EXECUTE FUNCTION task_light_is_derived()",
    )


# Each with the table that it belongs to.
TRIGGERS = {"sqlite": tuple(_sqlite_triggers()), "postgresql": tuple(_postgresql_triggers())}


def fill_derived(dialect: str) -> tuple[str, str]:
    """The two statements that derive everything from the tasks that are there, for a register from before."""
    return refresh_lights(dialect, "1 = 1"), refresh_texts("1 = 1")


_TABLES = {
    name: SQLModel.metadata.tables[name] for name in (str(Task.__tablename__), str(Milestone.__tablename__))
}
for _dialect, _triggers in TRIGGERS.items():
    for _table, _trigger in _triggers:
        event.listen(
            _TABLES[_table],
            "after_create",
            DDL(_trigger.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
