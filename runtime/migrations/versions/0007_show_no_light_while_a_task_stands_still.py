"""Show no light while a task stands still: not issued, suspended or cancelled.

The text of the triggers is this revision's own: that of 0004 with one condition more, which is left out again where
the revision is taken back. What later ones make of them is compared with `tracker.models.derived` by a test.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic import op

revision = "0007"
down_revision = "0006"
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
_LIGHTS = """
INSERT INTO task_light (task_id, open_on, pending_on, by_submission, by_acceptance)
SELECT t.id,
    MIN(CASE WHEN m.state IN ('pending', 'reported') THEN m.due_on END),
    MIN(CASE WHEN m.state IN ('pending', 'reported')
        AND NOT (m.state = 'reported' AND m.reported_at IS NOT NULL) THEN m.due_on END),
    CASE WHEN MAX(CASE WHEN m.state IN ('pending', 'reported') THEN 1 ELSE 0 END) = 1 THEN
        CASE {still} WHEN MAX(CASE WHEN m.due_on IS NOT NULL
                AND m.state = 'reported' AND m.reported_at IS NOT NULL AND (m.reported_at IS NULL
                    OR NOT (NOT m.was_overdue AND m.reported_at < {end_of_due_day}))
                THEN 1 ELSE 0 END) = 1 THEN 'yellow_blue'
            WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state IN ('pending', 'reported')
                THEN 1 ELSE 0 END) = 1 THEN 'green' ELSE 'grey' END
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met'
            AND (coalesce(m.reported_at, m.met_at) IS NULL
                OR NOT (NOT m.was_overdue AND coalesce(m.reported_at, m.met_at) < {end_of_due_day}))
            THEN 1 ELSE 0 END) = 1 THEN 'yellow_blue'
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met' THEN 1 ELSE 0 END) = 1 THEN 'blue'
        ELSE 'grey' END,
    CASE WHEN MAX(CASE WHEN m.state IN ('pending', 'reported') THEN 1 ELSE 0 END) = 1 THEN
        CASE {still} WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state IN ('pending', 'reported')
            THEN 1 ELSE 0 END) = 1 THEN 'green' ELSE 'grey' END
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met'
            AND (m.met_at IS NULL OR NOT (NOT m.was_overdue AND m.met_at < {end_of_due_day}))
            THEN 1 ELSE 0 END) = 1 THEN 'yellow_blue'
        WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'met' THEN 1 ELSE 0 END) = 1 THEN 'blue'
        ELSE 'grey' END
FROM task t LEFT JOIN milestone m ON m.task_id = coalesce(t.milestones_from_id, t.id) AND m.kind <> 'series'
WHERE {which} GROUP BY t.id ORDER BY t.id
ON CONFLICT (task_id) DO UPDATE SET open_on = excluded.open_on, pending_on = excluded.pending_on,
    by_submission = excluded.by_submission, by_acceptance = excluded.by_acceptance
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
    by_acceptance = CASE {still_there} WHEN coalesce({row}.due_on, open_on) IS NOT NULL THEN 'green' ELSE 'grey' END
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
    AFTER UPDATE OF kind, state, due_on, was_overdue, reported_at, met_at ON milestone BEGIN {lights_of_list}; END
CREATE TRIGGER milestone_derives_delete AFTER DELETE ON milestone BEGIN {lights_of_old_list}; END
CREATE TRIGGER task_derives_insert AFTER INSERT ON task BEGIN {lights_of_task}; {texts_of_task}; END
CREATE TRIGGER task_derives_share AFTER UPDATE OF milestones_from_id ON task BEGIN {lights_of_task}; END
"""
_SQLITE_CLOCK = """
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
CREATE OR REPLACE FUNCTION task_light_is_derived() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    {lights_of_task}; RETURN NULL; END$$
"""
_POSTGRESQL_CLOCK = """
CREATE TRIGGER task_clock AFTER UPDATE OF state ON task FOR EACH ROW WHEN ({clock_turns})
    EXECUTE FUNCTION task_light_is_derived()
"""
_CLOCK_TURNS = f"(OLD.state IN {_STANDING_STILL}) <> (NEW.state IN {_STANDING_STILL})"


def upgrade() -> None:
    _derive(stands_still=True)


def downgrade() -> None:
    _derive(stands_still=False)


def _derive(*, stands_still: bool) -> None:
    """Make the triggers and the lights anew, with or without the condition that this revision brings."""
    bind = op.get_bind()
    is_sqlite = bind.dialect.name == "sqlite"
    for statement in (
        *_dropped(is_sqlite, stands_still),
        *_triggers(bind.dialect.name, stands_still),
        _lights(bind.dialect.name, "1 = 1", stands_still),
    ):
        bind.exec_driver_sql(statement if is_sqlite else statement.replace("%", "%%"))


def _dropped(is_sqlite: bool, stands_still: bool) -> Iterator[str]:
    """What stands in the way; PostgreSQL replaces its functions."""
    if is_sqlite:
        for name in ("milestone_derives_add", "milestone_derives_insert", "milestone_derives_update"):
            yield f"DROP TRIGGER {name}"
        for name in ("milestone_derives_delete", "task_derives_insert", "task_derives_share"):
            yield f"DROP TRIGGER {name}"
    if not stands_still:
        yield "DROP TRIGGER task_derives_clock" if is_sqlite else "DROP TRIGGER task_clock ON task"


def _triggers(dialect: str, stands_still: bool) -> Iterator[str]:
    is_sqlite = dialect == "sqlite"
    template, row = (_SQLITE, "NEW") if is_sqlite else (_POSTGRESQL, "changed")
    if stands_still:
        template += _SQLITE_CLOCK if is_sqlite else _POSTGRESQL_CLOCK
    parts = {
        "add": _in_one_line(_ADD_PENDING).format(row=row, still_there=_STILL_THERE if stands_still else ""),
        "changed_list": _of_list(row),
        "lights_of_list": _lights(dialect, _of_list(row), stands_still),
        "lights_of_old_list": _lights(dialect, _of_list("OLD"), stands_still),
        "lights_of_task": _lights(dialect, "t.id = NEW.id", stands_still),
        "texts_of_task": _in_one_line(_TEXTS).format(which="t.id = NEW.id", line="'\n'"),
        "clock_turns": _CLOCK_TURNS,
    }
    for statement in f"\n{template.strip()}".split("\nCREATE ")[1:]:
        yield _in_one_line(f"CREATE {statement}").format(**parts)


def _lights(dialect: str, which: str, stands_still: bool) -> str:
    """The statement that writes the lights of the tasks `t` of a condition anew."""
    return _in_one_line(_LIGHTS).format(
        which=which, end_of_due_day=_END_OF_DUE_DAY[dialect], still=_STILL if stands_still else ""
    )


def _of_list(row: str) -> str:
    return f"t.id = {row}.task_id OR t.milestones_from_id = {row}.task_id"


def _in_one_line(statement: str) -> str:
    return " ".join(statement.split())
