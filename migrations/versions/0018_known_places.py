"""Where people have signed in before, and links to addresses that are to become theirs

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_links", sa.Column("new_email", sa.String(length=254), nullable=True))
    op.create_table(
        "known_places",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_known_places_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_known_places")),
    )
    with op.batch_alter_table("known_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_places_seen_at"), ["seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_known_places_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("known_places")
    with op.batch_alter_table("user_links", schema=None) as batch_op:
        batch_op.drop_column("new_email")
