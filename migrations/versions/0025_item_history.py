"""Items have a history and a trash

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("items") as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index("ix_items_deleted_at", ["deleted_at", "id"])
    with op.batch_alter_table("items") as batch:
        batch.alter_column("revision", server_default=None)
    op.create_table(
        "item_revisions",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("message", sa.String(length=200), nullable=True),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_item_revisions_item_id_items"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_item_revisions_author_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_item_revisions")),
    )
    op.execute(
        "INSERT INTO item_revisions (item_id, number, title, description, author_id, created_at) "
        "SELECT id, 1, title, description, owner_id, updated_at FROM items"
    )


def downgrade() -> None:
    op.drop_table("item_revisions")
    with op.batch_alter_table("items") as batch:
        batch.drop_index("ix_items_deleted_at")
        batch.drop_column("deleted_at")
        batch.drop_column("revision")
