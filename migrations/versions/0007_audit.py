"""The audit log, which nothing can rewrite

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEPT = ("id", "at", "actor_kind", "actor_id", "action", "subject_type", "subject_id", "request_id")
"""Columns that are never changed; of ``address`` only the loss is allowed."""


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_events_actor_id_id", ["actor_id", "id"], unique=False)
        batch_op.create_index("ix_audit_events_action_id", ["action", "id"], unique=False)
        batch_op.create_index(
            "ix_audit_events_subject_type_subject_id_id", ["subject_type", "subject_id", "id"], unique=False
        )
    for statement in guards():
        op.execute(statement)


def guards() -> tuple[str, ...]:
    """What makes the database itself refuse a change of an event."""
    if op.get_bind().dialect.name == "sqlite":
        differs = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
        return (
            f"""CREATE TRIGGER audit_events_append_only BEFORE UPDATE ON audit_events
            WHEN {differs} OR NEW.changes IS NOT OLD.changes OR NEW.address IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
        )
    differs = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in (*KEPT, "changes"))
    return (
        """CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '23514'; END $$""",
        f"""CREATE TRIGGER audit_events_append_only BEFORE UPDATE ON audit_events FOR EACH ROW
        WHEN ({differs} OR NEW.address IS NOT NULL) EXECUTE FUNCTION audit_events_append_only()""",
    )


def downgrade() -> None:
    op.drop_table("audit_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_events_append_only()")
