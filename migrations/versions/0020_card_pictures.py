"""Cards have a picture that is kept

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_cards", sa.Column("preview_key", sa.String(length=200), nullable=True))
    op.create_index("ix_user_cards_preview_key", "user_cards", ["preview_key"])


def downgrade() -> None:
    op.drop_index("ix_user_cards_preview_key", table_name="user_cards")
    op.drop_column("user_cards", "preview_key")
