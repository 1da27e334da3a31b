"""Items are sorted and searched by their folded titles

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from webapp.kernel.text import KEY_MAX, fold

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SORT_TEXT = sa.String(600).with_variant(sa.String(600, collation="C"), "postgresql")
ITEMS = sa.table("items", sa.column("id", sa.Uuid()), sa.column("title"), sa.column("title_key"))


def upgrade():
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("title_key", SORT_TEXT, nullable=False, server_default=""))
    connection = op.get_bind()
    for item_id, title in connection.execute(sa.select(ITEMS.c.id, ITEMS.c.title)).all():
        key = fold(title)[:KEY_MAX]
        connection.execute(sa.update(ITEMS).where(ITEMS.c.id == item_id).values(title_key=key))
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.alter_column("title_key", existing_type=SORT_TEXT, server_default=None)
        batch_op.create_index("ix_items_title_key", ["title_key", "id"], unique=False)


def downgrade():
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("ix_items_title_key")
        batch_op.drop_column("title_key")
