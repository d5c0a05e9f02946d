"""Record what was done before the program came (补录): its day, what shows it, and which tasks' lights rest on it.

`task_light` is derived, and made anew with one column more. The text of the triggers is this revision's own: that of
0007 with what this revision brings, which is left out again where it is taken back.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_END_OF_DUE_DAY = {
    "sqlite": "datetime(m.due_on, '+16 hours')",
    "postgresql": "((m.due_on + interval '16 hours') AT TIME ZONE 'UTC')",
}
_STANDING_STILL = "('draft', 'suspended', 'cancelled')"
_STILL = f"WHEN t.state IN {_STANDING_STILL} THEN 'grey'"
_STILL_THERE = (
    f"WHEN (SELECT t.state FROM task t WHERE t.id = task_light.task_id) IN {_STANDING_STILL} THEN 'grey'"  # noqa: S608
)
_CLOCK_TURNS = f"(OLD.state IN {_STANDING_STILL}) <> (NEW.state IN {_STANDING_STILL})"
_IS_LATE = "({at} IS NULL OR NOT (NOT m.was_overdue AND {at} < {end_of_due_day}))"
_IS_LATE_OR_WAS = "CASE WHEN m.done_on IS NULL THEN {is_late} ELSE m.was_overdue OR m.done_on > m.due_on END"
_IS_OPEN = "MAX(CASE WHEN m.state IN ('pending', 'reported') THEN 1 ELSE 0 END) = 1"
_LIGHTS = """
INSERT INTO task_light (task_id, open_on, pending_on, by_submission, by_acceptance{column})
SELECT t.id,
    MIN(CASE WHEN m.state IN ('pending', 'reported') THEN m.due_on END),
    MIN(CASE WHEN m.state IN ('pending', 'reported')
        AND NOT (m.state = 'reported' AND m.reported_at IS NOT NULL) THEN m.due_on END),
    CASE WHEN {is_open} THEN
        CASE {still} WHEN MAX(CASE WHEN m.due_on IS NOT NULL
                AND m.state = 'reported' AND m.reported_at IS NOT NULL AND {is_late_reported}
                THEN 1 ELSE 0 END) = 1 THEN 'yellow_blue'
            WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state IN ('pending', 'reported')
                THEN 1 ELSE 0 END) = 1 THEN 'green' ELSE 'grey' END
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met' AND {is_late_by_submission}
            THEN 1 ELSE 0 END) = 1 THEN 'yellow_blue'
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met' THEN 1 ELSE 0 END) = 1 THEN 'blue'
        ELSE 'grey' END,
    CASE WHEN {is_open} THEN
        CASE {still} WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state IN ('pending', 'reported')
            THEN 1 ELSE 0 END) = 1 THEN 'green' ELSE 'grey' END
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met' AND {is_late_by_acceptance}
            THEN 1 ELSE 0 END) = 1 THEN 'yellow_blue'
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met' THEN 1 ELSE 0 END) = 1 THEN 'blue'
        ELSE 'grey' END{value}
FROM task t LEFT JOIN milestone m ON m.task_id = coalesce(t.milestones_from_id, t.id) AND m.kind <> 'series'
WHERE {which} GROUP BY t.id ORDER BY t.id
ON CONFLICT (task_id) DO UPDATE SET open_on = excluded.open_on, pending_on = excluded.pending_on,
    by_submission = excluded.by_submission, by_acceptance = excluded.by_acceptance{taken_over}
"""
_VALUE = """
, NOT {is_open} AND MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met' AND m.done_on IS NOT NULL
    THEN 1 ELSE 0 END) = 1
"""
_TEXTS = """
INSERT INTO task_text (task_id, text)
SELECT t.id, lower(coalesce(t.seq, '') || {line} || coalesce(t."group", '') || {line} || t.title
    || {line} || t.requirement)
FROM task t WHERE {which} ON CONFLICT (task_id) DO UPDATE SET text = excluded.text
"""
_ADD_PENDING = """
UPDATE task_light SET
    open_on = CASE WHEN {row}.due_on < open_on OR open_on IS NULL THEN {row}.due_on ELSE open_on END,
    pending_on = CASE WHEN {row}.due_on < pending_on OR pending_on IS NULL THEN {row}.due_on
        ELSE pending_on END,
    by_submission = CASE {still_there} WHEN open_on IS NOT NULL AND by_submission = 'yellow_blue' THEN by_submission
        WHEN coalesce({row}.due_on, open_on) IS NOT NULL THEN 'green' ELSE 'grey' END,
    by_acceptance = CASE {still_there}
        WHEN coalesce({row}.due_on, open_on) IS NOT NULL THEN 'green' ELSE 'grey' END{reset}
WHERE task_id IN
    (SELECT {row}.task_id UNION ALL SELECT t.id FROM task t WHERE t.milestones_from_id = {row}.task_id)
    AND (pending_on IS NULL OR {row}.due_on < pending_on)
"""
_SQLITE = """
CREATE TRIGGER milestone_derives_add AFTER INSERT ON milestone
    WHEN NEW.kind <> 'series' AND NEW.state = 'pending' BEGIN {add}; END
CREATE TRIGGER milestone_derives_insert AFTER INSERT ON milestone
    WHEN NOT (NEW.kind <> 'series' AND NEW.state = 'pending') BEGIN {lights_of_list}; END
CREATE TRIGGER milestone_derives_update
    AFTER UPDATE OF kind, state, due_on, was_overdue, reported_at, met_at{done_on} ON milestone
    BEGIN {lights_of_list}; END
CREATE TRIGGER milestone_derives_delete AFTER DELETE ON milestone BEGIN {lights_of_old_list}; END
CREATE TRIGGER task_derives_insert AFTER INSERT ON task BEGIN {lights_of_task}; {texts_of_task}; END
CREATE TRIGGER task_derives_share AFTER UPDATE OF milestones_from_id ON task BEGIN {lights_of_task}; END
CREATE TRIGGER task_derives_clock AFTER UPDATE OF state ON task WHEN {clock_turns} BEGIN {lights_of_task}; END
"""
# Two writers of one list: the second waits at FOR UPDATE, and then computes from what the first has committed.
_POSTGRESQL = """
CREATE OR REPLACE FUNCTION milestone_light_is_derived() RETURNS trigger LANGUAGE plpgsql
    AS $$DECLARE changed milestone; BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    IF TG_OP = 'INSERT' AND changed.kind <> 'series' AND changed.state = 'pending' THEN {add};
    ELSE PERFORM 1 FROM task_light WHERE task_id IN (SELECT t.id FROM task t WHERE {changed_list})
        ORDER BY task_id FOR UPDATE; {lights_of_list}; END IF; RETURN NULL; END$$
CREATE TRIGGER milestone_light
    AFTER INSERT OR DELETE OR UPDATE OF kind, state, due_on, was_overdue, reported_at, met_at{done_on} ON milestone
    FOR EACH ROW EXECUTE FUNCTION milestone_light_is_derived()
CREATE OR REPLACE FUNCTION task_light_is_derived() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    {lights_of_task}; RETURN NULL; END$$
"""
_LIGHT_NAMES = ("grey", "green", "yellow", "red", "blue", "yellow_blue")


def upgrade() -> None:
    _drop_triggers()
    op.add_column("milestone", sa.Column("done_on", sa.Date(), nullable=True))
    op.add_column("milestone", sa.Column("done_basis", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    _make_lights([sa.Column("is_backfilled", sa.Boolean(), nullable=False)])
    _derive(is_backfilled=True)


def downgrade() -> None:
    """What was recorded stays done, by the day of its recording."""
    _drop_triggers()
    op.drop_column("milestone", "done_basis")
    op.drop_column("milestone", "done_on")
    _make_lights([])
    _derive(is_backfilled=False)


def _drop_triggers() -> None:
    """What writes the lights; PostgreSQL replaces its functions."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("add", "insert", "update", "delete"):
            op.execute(f"DROP TRIGGER milestone_derives_{name}")
        for name in ("insert", "share", "clock"):
            op.execute(f"DROP TRIGGER task_derives_{name}")
    else:
        op.execute("DROP TRIGGER milestone_light ON milestone")


def _make_lights(further: list[sa.Column[bool]]) -> None:
    op.drop_index("ix_task_light_settled", "task_light")
    op.drop_index("ix_task_light_pending", "task_light")
    op.drop_table("task_light")
    op.create_table(
        "task_light",
        sa.Column("task_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("open_on", sa.Date(), nullable=True),
        sa.Column("pending_on", sa.Date(), nullable=True),
        sa.Column("by_submission", _light("light_by_submission_is_known"), nullable=False),
        sa.Column("by_acceptance", _light("light_by_acceptance_is_known"), nullable=False),
        *further,
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_id"),
        info={"is_derived": True},
    )
    op.create_index("ix_task_light_pending", "task_light", ["pending_on"], unique=False)
    op.create_index("ix_task_light_settled", "task_light", ["by_submission", "pending_on"], unique=False)


def _light(constraint: str) -> sa.Enum:
    return sa.Enum(*_LIGHT_NAMES, name=constraint, native_enum=False, create_constraint=True, length=32)


def _derive(*, is_backfilled: bool) -> None:
    """Make the triggers and the lights, with or without what this revision brings."""
    bind = op.get_bind()
    dialect = bind.dialect.name
    for statement in (*_triggers(dialect, is_backfilled), _lights(dialect, "1 = 1", is_backfilled)):
        bind.exec_driver_sql(statement if dialect == "sqlite" else statement.replace("%", "%%"))


def _triggers(dialect: str, is_backfilled: bool) -> Iterator[str]:
    template, row = (_SQLITE, "NEW") if dialect == "sqlite" else (_POSTGRESQL, "changed")
    reset = ", is_backfilled = FALSE" if is_backfilled else ""
    parts = {
        "add": _in_one_line(_ADD_PENDING).format(row=row, still_there=_STILL_THERE, reset=reset),
        "changed_list": _of_list(row),
        "lights_of_list": _lights(dialect, _of_list(row), is_backfilled),
        "lights_of_old_list": _lights(dialect, _of_list("OLD"), is_backfilled),
        "lights_of_task": _lights(dialect, "t.id = NEW.id", is_backfilled),
        "texts_of_task": _in_one_line(_TEXTS).format(which="t.id = NEW.id", line="'\n'"),
        "clock_turns": _CLOCK_TURNS,
        "done_on": ", done_on" if is_backfilled else "",
    }
    for statement in f"\n{template.strip()}".split("\nCREATE ")[1:]:
        yield _in_one_line(f"CREATE {statement}").format(**parts)


def _lights(dialect: str, which: str, is_backfilled: bool) -> str:
    """The statement that writes the lights of the tasks `t` of a condition anew."""
    end_of_due_day = _END_OF_DUE_DAY[dialect]

    def is_late(at: str) -> str:
        by_moment = _IS_LATE.format(at=at, end_of_due_day=end_of_due_day)
        return _IS_LATE_OR_WAS.format(is_late=by_moment) if is_backfilled else by_moment

    return _in_one_line(_LIGHTS).format(
        which=which,
        still=_STILL,
        is_open=_IS_OPEN,
        is_late_reported=_IS_LATE.format(at="m.reported_at", end_of_due_day=end_of_due_day),
        is_late_by_submission=is_late("coalesce(m.reported_at, m.met_at)"),
        is_late_by_acceptance=is_late("m.met_at"),
        column=", is_backfilled" if is_backfilled else "",
        value=_in_one_line(_VALUE).format(is_open=_IS_OPEN) if is_backfilled else "",
        taken_over=", is_backfilled = excluded.is_backfilled" if is_backfilled else "",
    )


def _of_list(row: str) -> str:
    return f"t.id = {row}.task_id OR t.milestones_from_id = {row}.task_id"


def _in_one_line(statement: str) -> str:
    return " ".join(statement.split())
