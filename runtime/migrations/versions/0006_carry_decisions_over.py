"""Keep where headings stand, what tables are called, and what became of decisions on an earlier version of a file.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("layouts", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("carried", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("import_session", schema=None) as batch_op:  # only the rows of today need one
        batch_op.alter_column("layouts", existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column("carried", existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("import_session", schema=None) as batch_op:
        batch_op.drop_column("carried")
        batch_op.drop_column("layouts")
