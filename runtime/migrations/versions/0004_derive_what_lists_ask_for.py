"""Let the database itself derive what lists ask for, and derive it for the tasks that are there.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from tracker.models.derived import TRIGGERS, fill_derived

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for _, trigger in TRIGGERS[dialect]:
        op.get_bind().exec_driver_sql(trigger.replace("%", "%%") if dialect == "postgresql" else trigger)
    for statement in fill_derived(dialect):
        op.get_bind().exec_driver_sql(statement)


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
