"""Indexes hold the few entries that are in the trash or scheduled, so that the others are written faster

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEXES = {"deleted_at": ["deleted_at", "id"], "publish_at": ["publish_at"], "unpublish_at": ["unpublish_at"]}


def upgrade() -> None:
    for column, columns in INDEXES.items():
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_content_entries_{column}", table_name="content_entries")
        op.create_index(
            f"ix_content_entries_{column}",
            "content_entries",
            columns,
            sqlite_where=there,
            postgresql_where=there,
        )


def downgrade() -> None:
    for column, columns in INDEXES.items():
        op.drop_index(f"ix_content_entries_{column}", table_name="content_entries")
        op.create_index(f"ix_content_entries_{column}", "content_entries", columns)
