"""Indexes of designs from which the words of a column are counted without the rows

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = (
    *("category", "style", "colour", "fabric", "occasion", "season"),
    *("designer_name", "collection_name"),
)


def upgrade() -> None:
    index_by("is_latest", "live_from", "live_until", "edition_id")


def downgrade() -> None:
    index_by("design_id")


def index_by(*others: str) -> None:
    with op.batch_alter_table("design_editions", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.drop_index(f"ix_design_editions_{name}")
            batch_op.create_index(f"ix_design_editions_{name}", [name, *others], unique=False)
