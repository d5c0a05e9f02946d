"""What Alembic runs: the migrations on the connection it is handed, one transaction, either database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import notifications.models  # noqa: F401
import tracker.models  # noqa: F401
from tracker.models.columns import tell_postgresql

tell_postgresql(SQLModel.metadata)  # what is written down by the models holds on either database
connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_type=True,
    compare_server_default=True,
    render_as_batch=connection.dialect.name == "sqlite",
    user_module_prefix="sqlmodel.sql.sqltypes.",
)
with context.begin_transaction():
    context.run_migrations()
