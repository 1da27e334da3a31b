"""Templates have a picture that is drawn and kept

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("templates", sa.Column("preview_key", sa.String(length=200), nullable=True))
    op.create_index("ix_templates_preview_key", "templates", ["preview_key"])


def downgrade() -> None:
    op.drop_index("ix_templates_preview_key", table_name="templates")
    op.drop_column("templates", "preview_key")
