"""Ask for a second factor, count what was refused, and find events by their day.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = (
    "sign_in",
    "sign_in_refused",
    "sign_in_locked",
    "sign_in_throttled",
    "sign_out",
    "session_ended",
    "session_expired",
    "account_created",
    "account_reset",
    "account_locked",
    "account_unlocked",
    "invite_accepted",
    "password_changed",
    "password_change_refused",
    "token_created",
    "token_first_used",
    "token_revoked",
    "token_refused",
    "feed_renewed",
    "feed_removed",
)
NEW_KINDS = (
    "code_refused",
    "proof_refused",
    "factor_enrolled",
    "factor_removed",
    "factor_reset",
    "recovery_codes_renewed",
    "recovery_code_used",
    "invite_refused",
    "access_refused",
    "object_refused",
    "form_refused",
    "request_throttled",
)


def upgrade() -> None:
    op.create_table(
        "pending_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("began_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    with op.batch_alter_table("pending_sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_sign_in_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pending_sign_in_began_at"), ["began_at"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_sha256"),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_account_id"), ["account_id"], unique=False)

    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("begun_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("account_id"),
    )
    _widen_access_record()
    op.add_column(
        "account", sa.Column("second_factor_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
    )
    # Not by a batch: it would make the table anew, without the triggers that guard it.
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)
    _widen_login_session()


def _widen_access_record() -> None:
    """Columns for counted refusals, and the kinds that there are now."""
    with op.batch_alter_table("access_record", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "route", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default=""
            )
        )
        batch_op.add_column(sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(
            sa.Column("tally_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True)
        )
    with op.batch_alter_table("access_record", schema=None) as batch_op:
        batch_op.alter_column("route", server_default=None)
        batch_op.alter_column("times", server_default=None)
        batch_op.alter_column("kind", existing_type=_kinds(KINDS), type_=_kinds(KINDS + NEW_KINDS))
        batch_op.create_index("ix_access_record_tally_key", ["tally_key"], unique=True)


def _widen_login_session() -> None:
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proven_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("is_by_provider", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.alter_column("is_by_provider", server_default=None)


def _kinds(kinds: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*kinds, name="accesskind_is_known", native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_column("is_by_provider")
        batch_op.drop_column("proven_at")
    op.drop_index("ix_audit_event_at", table_name="audit_event")
    op.drop_column("account", "second_factor_at")
    unknown = ", ".join(f"'{kind}'" for kind in NEW_KINDS)
    op.execute(f"DELETE FROM access_record WHERE kind IN ({unknown})")  # noqa: S608 (our own words)
    with op.batch_alter_table("access_record", schema=None) as batch_op:
        batch_op.drop_index("ix_access_record_tally_key")
        batch_op.drop_column("tally_key")
        batch_op.drop_column("times")
        batch_op.drop_column("route")
        batch_op.alter_column("kind", existing_type=_kinds(KINDS + NEW_KINDS), type_=_kinds(KINDS))
    op.drop_table("second_factor")
    op.drop_table("recovery_code")
    op.drop_table("pending_sign_in")
