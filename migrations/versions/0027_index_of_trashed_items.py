"""The index of items in the trash holds only these

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    there = sa.text("deleted_at IS NOT NULL")
    op.drop_index("ix_items_deleted_at", table_name="items")
    op.create_index(
        "ix_items_deleted_at", "items", ["deleted_at", "id"], sqlite_where=there, postgresql_where=there
    )


def downgrade() -> None:
    op.drop_index("ix_items_deleted_at", table_name="items")
    op.create_index("ix_items_deleted_at", "items", ["deleted_at", "id"])
