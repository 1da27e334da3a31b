"""The gallery: designs by every column, favourites, views; colours and tags of images

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-21 15:07:39.432012
"""

import sqlalchemy as sa
from alembic import op
from coloraide import Color
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "designs",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("view_count", sa.Integer(), nullable=False),
        sa.Column("like_count", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["content_entries.id"], name=op.f("fk_designs_id_content_entries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designs")),
    )
    op.create_table(
        "media_colors",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("lightness", sa.Integer(), nullable=False),
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_colors_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_id", "position", name=op.f("pk_media_colors")),
    )
    with op.batch_alter_table("media_colors", schema=None) as batch_op:
        batch_op.create_index("ix_media_colors_cell", ["cell", "media_id"], unique=False)

    op.create_table(
        "design_views",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["design_id"], ["designs.id"], name=op.f("fk_design_views_design_id_designs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "design_id", name=op.f("pk_design_views")),
    )
    with op.batch_alter_table("design_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_design_views_design_id"), ["design_id"], unique=False)

    op.create_table(
        "design_visits",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["design_id"], ["designs.id"], name=op.f("fk_design_visits_design_id_designs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "design_id", "visitor", name=op.f("pk_design_visits")),
    )
    op.create_table(
        "user_favorites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["design_id"],
            ["designs.id"],
            name=op.f("fk_user_favorites_design_id_designs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_favorites_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_favorites")),
        sa.UniqueConstraint("user_id", "design_id", name=op.f("uq_user_favorites_user_id_design_id")),
    )
    with op.batch_alter_table("user_favorites", schema=None) as batch_op:
        batch_op.create_index("ix_user_favorites_design_id", ["design_id"], unique=False)

    op.create_table(
        "design_editions",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("live_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column(
            "headline",
            sa.String(length=600).with_variant(sa.String(length=600, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("media_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.String(length=200), nullable=False),
        sa.Column("style", sa.String(length=200), nullable=True),
        sa.Column("colour", sa.String(length=200), nullable=True),
        sa.Column("fabric", sa.String(length=200), nullable=True),
        sa.Column("occasion", sa.String(length=200), nullable=True),
        sa.Column("season", sa.String(length=200), nullable=True),
        sa.Column("designer_name", sa.String(length=200), nullable=True),
        sa.Column("collection_name", sa.String(length=200), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("view_count", sa.Integer(), nullable=False),
        sa.Column("like_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["design_id"],
            ["designs.id"],
            name=op.f("fk_design_editions_design_id_designs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["content_editions.id"],
            name=op.f("fk_design_editions_edition_id_content_editions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_design_editions_media_id_media"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_design_editions")),
    )
    with op.batch_alter_table("design_editions", schema=None) as batch_op:
        batch_op.create_index("ix_design_editions_category", ["category", "design_id"], unique=False)
        batch_op.create_index(
            "ix_design_editions_collection_name", ["collection_name", "design_id"], unique=False
        )
        batch_op.create_index("ix_design_editions_colour", ["colour", "design_id"], unique=False)
        batch_op.create_index(
            "ix_design_editions_design_id",
            ["design_id", "live_from", "live_until", "is_latest"],
            unique=False,
        )
        batch_op.create_index(
            "ix_design_editions_designer_name", ["designer_name", "design_id"], unique=False
        )
        batch_op.create_index("ix_design_editions_fabric", ["fabric", "design_id"], unique=False)
        batch_op.create_index("ix_design_editions_headline", ["headline", "design_id"], unique=False)
        batch_op.create_index("ix_design_editions_like_count", ["like_count", "design_id"], unique=False)
        batch_op.create_index("ix_design_editions_media_id", ["media_id"], unique=False)
        batch_op.create_index("ix_design_editions_occasion", ["occasion", "design_id"], unique=False)
        batch_op.create_index("ix_design_editions_rank", ["rank", "design_id"], unique=False)
        batch_op.create_index("ix_design_editions_season", ["season", "design_id"], unique=False)
        batch_op.create_index("ix_design_editions_style", ["style", "design_id"], unique=False)
        batch_op.create_index("ix_design_editions_view_count", ["view_count", "design_id"], unique=False)

    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "tags",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                server_default="[]",
                nullable=False,
            )
        )
    find_colors()


def find_colors() -> None:
    """Put the colours of images that are there already where they are searched for."""
    connection = op.get_bind()
    colors = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    media = sa.table("media", sa.column("id", sa.Uuid()), sa.column("colors", colors))
    names = ("position", "cell", "lightness", "a", "b")
    points = sa.table(
        "media_colors", sa.column("media_id", sa.Uuid()), *(sa.column(name, sa.Integer()) for name in names)
    )
    for media_id, written in connection.execute(sa.select(media.c.id, media.c.colors)).all():
        for position, color in enumerate(written):
            coords = Color(color).convert("oklab").coords(nans=False)
            lightness, a, b = (round(coordinate * 1000) for coordinate in coords)
            cell = (lightness // 100 * 100 + a // 100 + 50) * 100 + b // 100 + 50
            values = dict(zip(names, (position, cell, lightness, a, b), strict=True))
            connection.execute(sa.insert(points).values(media_id=media_id, **values))


def downgrade() -> None:
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_column("tags")

    with op.batch_alter_table("design_editions", schema=None) as batch_op:
        batch_op.drop_index("ix_design_editions_view_count")
        batch_op.drop_index("ix_design_editions_style")
        batch_op.drop_index("ix_design_editions_season")
        batch_op.drop_index("ix_design_editions_rank")
        batch_op.drop_index("ix_design_editions_occasion")
        batch_op.drop_index("ix_design_editions_media_id")
        batch_op.drop_index("ix_design_editions_like_count")
        batch_op.drop_index("ix_design_editions_headline")
        batch_op.drop_index("ix_design_editions_fabric")
        batch_op.drop_index("ix_design_editions_designer_name")
        batch_op.drop_index("ix_design_editions_design_id")
        batch_op.drop_index("ix_design_editions_colour")
        batch_op.drop_index("ix_design_editions_collection_name")
        batch_op.drop_index("ix_design_editions_category")

    op.drop_table("design_editions")
    with op.batch_alter_table("user_favorites", schema=None) as batch_op:
        batch_op.drop_index("ix_user_favorites_design_id")

    op.drop_table("user_favorites")
    op.drop_table("design_visits")
    with op.batch_alter_table("design_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_design_views_design_id"))

    op.drop_table("design_views")
    with op.batch_alter_table("media_colors", schema=None) as batch_op:
        batch_op.drop_index("ix_media_colors_cell")

    op.drop_table("media_colors")
    op.drop_table("designs")
