"""Cards

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "template_categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("icon", sa.String(length=100), nullable=True),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_categories")),
        sa.UniqueConstraint("name_key", name=op.f("uq_template_categories_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_template_categories_slug")),
    )
    op.create_table(
        "festivals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=100), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("default_message", sa.Text(), nullable=True),
        sa.Column("messages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("colors", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("calendar", sa.String(length=2), nullable=True),
        sa.Column("calendar_name", sa.String(length=200), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_festivals_created_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_festivals")),
        sa.UniqueConstraint("slug", name=op.f("uq_festivals_slug")),
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("template_code", sa.Text(), nullable=False),
        sa.Column(
            "template_config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("preview_image_url", sa.String(length=2048), nullable=True),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("is_featured", sa.Boolean(), nullable=False),
        sa.Column("is_premium", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("view_count", sa.Integer(), nullable=False),
        sa.Column("usage_count", sa.Integer(), nullable=False),
        sa.Column("like_count", sa.Integer(), nullable=False),
        sa.Column("review_count", sa.Integer(), nullable=False),
        sa.Column("rating_total", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parent_template_id", sa.Uuid(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["template_categories.id"],
            name=op.f("fk_templates_category_id_template_categories"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_templates_created_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["parent_template_id"],
            ["templates.id"],
            name=op.f("fk_templates_parent_template_id_templates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint("slug", name=op.f("uq_templates_slug")),
    )
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_templates_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_templates_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_templates_created_by_created_at", ["created_by", "created_at"], unique=False
        )

    op.create_table(
        "user_collections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_collections_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_collections")),
    )
    with op.batch_alter_table("user_collections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_collections_user_id"), ["user_id"], unique=False)

    op.create_table(
        "collection_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["user_collections.id"],
            name=op.f("fk_collection_items_collection_id_user_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_collection_items_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_items")),
        sa.UniqueConstraint(
            "collection_id", "template_id", name=op.f("uq_collection_items_collection_id_template_id")
        ),
    )
    with op.batch_alter_table("collection_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collection_items_template_id"), ["template_id"], unique=False)

    op.create_table(
        "festival_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("date_start", sa.Date(), nullable=False),
        sa.Column("date_end", sa.Date(), nullable=False),
        sa.Column("is_estimated", sa.Boolean(), nullable=False),
        sa.Column("is_manual", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"],
            ["festivals.id"],
            name=op.f("fk_festival_dates_festival_id_festivals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_festival_dates")),
        sa.UniqueConstraint("festival_id", "year", name=op.f("uq_festival_dates_festival_id_year")),
    )
    with op.batch_alter_table("festival_dates", schema=None) as batch_op:
        batch_op.create_index("ix_festival_dates_date_end", ["date_end", "festival_id"], unique=False)

    op.create_table(
        "festival_images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("festival_id", sa.Uuid(), nullable=False),
        sa.Column("image_url", sa.String(length=2048), nullable=False),
        sa.Column("alt_text", sa.String(length=255), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"],
            ["festivals.id"],
            name=op.f("fk_festival_images_festival_id_festivals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["users.id"],
            name=op.f("fk_festival_images_uploaded_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_festival_images")),
    )
    with op.batch_alter_table("festival_images", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_festival_images_festival_id"), ["festival_id"], unique=False)

    op.create_table(
        "template_likes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_template_likes_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_template_likes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_likes")),
        sa.UniqueConstraint("template_id", "user_id", name=op.f("uq_template_likes_template_id_user_id")),
    )
    with op.batch_alter_table("template_likes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_template_likes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "template_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("review_text", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rating >= 1 AND rating <= 5", name=op.f("ck_template_reviews_rating")),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_template_reviews_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_template_reviews_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_reviews")),
        sa.UniqueConstraint("template_id", "user_id", name=op.f("uq_template_reviews_template_id_user_id")),
    )
    with op.batch_alter_table("template_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_template_reviews_user_id"), ["user_id"], unique=False)

    op.create_table(
        "template_usage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("festival_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"],
            ["festivals.id"],
            name=op.f("fk_template_usage_festival_id_festivals"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_template_usage_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_template_usage_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_usage")),
    )
    with op.batch_alter_table("template_usage", schema=None) as batch_op:
        batch_op.create_index("ix_template_usage_created_at", ["created_at", "template_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_template_usage_festival_id"), ["festival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_template_usage_template_id"), ["template_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_template_usage_user_id"), ["user_id"], unique=False)

    op.create_table(
        "template_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=True),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_template_versions_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_template_versions_template_id_templates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_versions")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_template_versions_template_id_number")),
    )
    op.create_table(
        "user_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Uuid(), nullable=True),
        sa.Column("stylesheet_hash", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("sender_name", sa.String(length=100), nullable=True),
        sa.Column("custom_image_url", sa.String(length=2048), nullable=True),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fits", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"],
            ["festivals.id"],
            name=op.f("fk_user_cards_festival_id_festivals"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["stylesheet_hash"],
            ["stylesheets.hash"],
            name=op.f("fk_user_cards_stylesheet_hash_stylesheets"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_user_cards_template_id_templates"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_cards_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_cards")),
    )
    with op.batch_alter_table("user_cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_cards_festival_id"), ["festival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_cards_template_id"), ["template_id"], unique=False)
        batch_op.create_index(
            "ix_user_cards_user_id_created_at", ["user_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "card_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("max_opens", sa.Integer(), nullable=True),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["card_id"], ["user_cards.id"], name=op.f("fk_card_shares_card_id_user_cards"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_card_shares_token_hash")),
    )
    with op.batch_alter_table("card_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_shares_card_id"), ["card_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("card_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_shares_card_id"))

    op.drop_table("card_shares")
    with op.batch_alter_table("user_cards", schema=None) as batch_op:
        batch_op.drop_index("ix_user_cards_user_id_created_at")
        batch_op.drop_index(batch_op.f("ix_user_cards_template_id"))
        batch_op.drop_index(batch_op.f("ix_user_cards_festival_id"))

    op.drop_table("user_cards")
    op.drop_table("template_versions")
    with op.batch_alter_table("template_usage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_template_usage_user_id"))
        batch_op.drop_index(batch_op.f("ix_template_usage_template_id"))
        batch_op.drop_index(batch_op.f("ix_template_usage_festival_id"))
        batch_op.drop_index("ix_template_usage_created_at")

    op.drop_table("template_usage")
    with op.batch_alter_table("template_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_template_reviews_user_id"))

    op.drop_table("template_reviews")
    with op.batch_alter_table("template_likes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_template_likes_user_id"))

    op.drop_table("template_likes")
    with op.batch_alter_table("festival_images", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_festival_images_festival_id"))

    op.drop_table("festival_images")
    with op.batch_alter_table("festival_dates", schema=None) as batch_op:
        batch_op.drop_index("ix_festival_dates_date_end")

    op.drop_table("festival_dates")
    with op.batch_alter_table("collection_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collection_items_template_id"))

    op.drop_table("collection_items")
    with op.batch_alter_table("user_collections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_collections_user_id"))

    op.drop_table("user_collections")
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.drop_index("ix_templates_created_by_created_at")
        batch_op.drop_index("ix_templates_created_at_id")
        batch_op.drop_index(batch_op.f("ix_templates_category_id"))

    op.drop_table("templates")
    op.drop_table("festivals")
    op.drop_table("template_categories")
