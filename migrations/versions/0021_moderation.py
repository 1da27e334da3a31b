"""Public templates and reviews are looked at; views of templates

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    approved = sa.text("'approved'")
    for table in ("templates", "template_reviews"):
        op.add_column(
            table, sa.Column("standing", sa.String(length=10), nullable=False, server_default=approved)
        )
    op.add_column("templates", sa.Column("standing_reason", sa.Text(), nullable=True))
    op.create_table(
        "template_visits",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("visitor", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_template_visits_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("day", "template_id", "visitor", name=op.f("pk_template_visits")),
    )
    op.create_index("ix_template_visits_template_id", "template_visits", ["template_id"])
    op.create_table(
        "template_views",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_template_views_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("day", "template_id", name=op.f("pk_template_views")),
    )
    op.create_index("ix_template_views_template_id", "template_views", ["template_id"])


def downgrade() -> None:
    op.drop_table("template_views")
    op.drop_table("template_visits")
    op.drop_column("templates", "standing_reason")
    for table in ("template_reviews", "templates"):
        op.drop_column(table, "standing")
