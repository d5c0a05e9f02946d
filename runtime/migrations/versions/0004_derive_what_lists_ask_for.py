"""Let the database itself derive what lists ask for, and derive it for the tasks that are there.

The text of the triggers is this revision's own. What later ones make of them is compared with
`tracker.models.derived` by a test.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_END_OF_DUE_DAY = {
    "sqlite": "datetime(m.due_on, '+16 hours')",
    "postgresql": "((m.due_on + interval '16 hours') AT TIME ZONE 'UTC')",
}
_LIGHTS = """
INSERT INTO task_light (task_id, open_on, pending_on, by_submission, by_acceptance)
SELECT t.id,
    MIN(CASE WHEN m.state IN ('pending', 'reported') THEN m.due_on END),
    MIN(CASE WHEN m.state IN ('pending', 'reported')
        AND NOT (m.state = 'reported' AND m.reported_at IS NOT NULL) THEN m.due_on END),
    CASE WHEN MAX(CASE WHEN m.state IN ('pending', 'reported') THEN 1 ELSE 0 END) = 1 THEN
        CASE WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state = 'reported' AND m.reported_at IS NOT NULL
                AND (m.reported_at IS NULL
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
        CASE WHEN MAX(CASE WHEN m.due_on IS NOT NULL AND m.state IN ('pending', 'reported')
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
    by_submission = CASE WHEN open_on IS NOT NULL AND by_submission = 'yellow_blue' THEN by_submission
        WHEN coalesce({row}.due_on, open_on) IS NOT NULL THEN 'green' ELSE 'grey' END,
    by_acceptance = CASE WHEN coalesce({row}.due_on, open_on) IS NOT NULL THEN 'green' ELSE 'grey' END
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
CREATE TRIGGER task_derives_reword AFTER UPDATE OF seq, "group", title, requirement ON task
    BEGIN {texts_of_task}; END
"""
# Two writers of one list: the second waits at FOR UPDATE, and then computes from what the first has committed.
_POSTGRESQL = """
CREATE FUNCTION milestone_light_is_derived() RETURNS trigger LANGUAGE plpgsql AS $$DECLARE changed milestone; BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    IF TG_OP = 'INSERT' AND changed.kind <> 'series' AND changed.state = 'pending' THEN {add};
    ELSE PERFORM 1 FROM task_light WHERE task_id IN (SELECT t.id FROM task t WHERE {changed_list})
        ORDER BY task_id FOR UPDATE; {lights_of_list}; END IF; RETURN NULL; END$$
CREATE TRIGGER milestone_light
    AFTER INSERT OR DELETE OR UPDATE OF kind, state, due_on, was_overdue, reported_at, met_at ON milestone
    FOR EACH ROW EXECUTE FUNCTION milestone_light_is_derived()
CREATE FUNCTION task_light_is_derived() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    {lights_of_task}; RETURN NULL; END$$
CREATE TRIGGER task_light AFTER INSERT OR UPDATE OF milestones_from_id ON task
    FOR EACH ROW EXECUTE FUNCTION task_light_is_derived()
CREATE FUNCTION task_text_is_derived() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    {texts_of_task}; RETURN NULL; END$$
CREATE TRIGGER task_text AFTER INSERT OR UPDATE OF seq, "group", title, requirement ON task
    FOR EACH ROW EXECUTE FUNCTION task_text_is_derived()
"""


def upgrade() -> None:
    bind = op.get_bind()
    for statement in (*_triggers(bind.dialect.name), _lights(bind.dialect.name, "1 = 1"), _texts("1 = 1")):
        bind.exec_driver_sql(statement.replace("%", "%%") if bind.dialect.name == "postgresql" else statement)


def _triggers(dialect: str) -> Iterator[str]:
    template, row = (_SQLITE, "NEW") if dialect == "sqlite" else (_POSTGRESQL, "changed")
    parts = {
        "add": _in_one_line(_ADD_PENDING).format(row=row),
        "changed_list": _of_list(row),
        "lights_of_list": _lights(dialect, _of_list(row)),
        "lights_of_old_list": _lights(dialect, _of_list("OLD")),
        "lights_of_task": _lights(dialect, "t.id = NEW.id"),
        "texts_of_task": _texts("t.id = NEW.id"),
    }
    for statement in template.strip().split("\nCREATE "):
        yield f"CREATE {_in_one_line(statement).removeprefix('CREATE ')}".format(**parts)


def _lights(dialect: str, which: str) -> str:
    """The statement that writes the lights of the tasks `t` of a condition anew."""
    return _in_one_line(_LIGHTS).format(which=which, end_of_due_day=_END_OF_DUE_DAY[dialect])


def _texts(which: str) -> str:
    return _in_one_line(_TEXTS).format(which=which, line="'\n'")


def _of_list(row: str) -> str:
    return f"t.id = {row}.task_id OR t.milestones_from_id = {row}.task_id"


def _in_one_line(statement: str) -> str:
    return " ".join(statement.split())


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        found = bind.execute(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_derives\\_%' ESCAPE '\\'"
            )
        )
        for (name,) in found.all():
            bind.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return
    for table, name in (("milestone", "milestone_light"), ("task", "task_light"), ("task", "task_text")):
        bind.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
        bind.exec_driver_sql(f"DROP FUNCTION {name}_is_derived()")
