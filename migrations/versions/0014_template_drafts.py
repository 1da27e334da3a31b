"""Templates have drafts

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "templates", sa.Column("latest_version", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.execute("UPDATE templates SET latest_version = version")


def downgrade() -> None:
    op.drop_column("templates", "latest_version")
