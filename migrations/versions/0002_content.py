"""Content

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-21 10:09:07.547267
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SORT_TEXT = sa.String(600).with_variant(sa.String(600, collation="C"), "postgresql")

FULL_TEXT = {
    "sqlite": (
        # Editions are the text of both indexes, so it is not kept twice; triggers keep them equal.
        """CREATE VIRTUAL TABLE content_search_phrases USING fts5(
            search_text, content='content_editions', content_rowid='id', tokenize='trigram')""",
        """CREATE VIRTUAL TABLE content_search_words USING fts5(
            search_words, content='content_editions', content_rowid='id', tokenize='ascii', detail='none')""",
        """CREATE TRIGGER content_search_insert AFTER INSERT ON content_editions BEGIN
            INSERT INTO content_search_phrases(rowid, search_text) VALUES (new.id, new.search_text);
            INSERT INTO content_search_words(rowid, search_words) VALUES (new.id, new.search_words);
        END""",
        """CREATE TRIGGER content_search_delete AFTER DELETE ON content_editions BEGIN
            INSERT INTO content_search_phrases(content_search_phrases, rowid, search_text)
                VALUES ('delete', old.id, old.search_text);
            INSERT INTO content_search_words(content_search_words, rowid, search_words)
                VALUES ('delete', old.id, old.search_words);
        END""",
        """CREATE TRIGGER content_search_update
            AFTER UPDATE OF search_text, search_words ON content_editions BEGIN
            INSERT INTO content_search_phrases(content_search_phrases, rowid, search_text)
                VALUES ('delete', old.id, old.search_text);
            INSERT INTO content_search_words(content_search_words, rowid, search_words)
                VALUES ('delete', old.id, old.search_words);
            INSERT INTO content_search_phrases(rowid, search_text) VALUES (new.id, new.search_text);
            INSERT INTO content_search_words(rowid, search_words) VALUES (new.id, new.search_words);
        END""",
    ),
    "postgresql": (
        "CREATE INDEX content_search_words ON content_editions USING gin (search_words)",
        # Phrases are found without an index where the extension is missing or may not be installed.
        """DO $$ BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX content_search_phrases ON content_editions USING gin (search_text gin_trgm_ops);
        EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
            RAISE NOTICE 'pg_trgm is not available: searching many entries for a phrase will be slow';
        END $$""",
    ),
}


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_key", SORT_TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tags_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "content_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.Column("latest_number", sa.Integer(), nullable=False),
        sa.Column("live_number", sa.Integer(), nullable=True),
        sa.Column("live_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_number", sa.Integer(), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unpublish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deleted_by"],
            ["users.id"],
            name=op.f("fk_content_entries_deleted_by_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_entries")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("content_entries", schema=None) as batch_op:
        batch_op.create_index("ix_content_entries_deleted_at", ["deleted_at", "id"], unique=False)
        batch_op.create_index("ix_content_entries_publish_at", ["publish_at"], unique=False)
        batch_op.create_index("ix_content_entries_unpublish_at", ["unpublish_at"], unique=False)
        batch_op.create_index(
            "uq_content_entries_type_key",
            ["type", "key"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_items_owner_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index("ix_items_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_items_owner_id", ["owner_id", "created_at", "id"], unique=False)

    op.create_table(
        "content_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=True),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_content_revisions_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["content_entries.id"],
            name=op.f("fk_content_revisions_entry_id_content_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_revisions")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_content_revisions_entry_id_number")),
    )
    op.create_table(
        "content_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("live_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headline", SORT_TEXT, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "search_words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["entry_id", "number"],
            ["content_revisions.entry_id", "content_revisions.number"],
            name="fk_content_editions_revision",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_editions")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_content_editions_entry_id_number")),
    )
    with op.batch_alter_table("content_editions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_content_editions_created",
            ["type", "entry_id", "live_from", "live_until", "is_latest"],
            unique=False,
        )
        batch_op.create_index("ix_content_editions_headline", ["type", "headline", "entry_id"], unique=False)
        batch_op.create_index("ix_content_editions_updated", ["type", "updated_at", "entry_id"], unique=False)

    op.create_table(
        "content_edition_tags",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["content_editions.id"],
            name=op.f("fk_content_edition_tags_edition_id_content_editions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_content_edition_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "tag_id", name=op.f("pk_content_edition_tags")),
    )
    with op.batch_alter_table("content_edition_tags", schema=None) as batch_op:
        batch_op.create_index(
            "ix_content_edition_tags_tag", ["tag_id", "entry_id", "edition_id"], unique=False
        )

    for statement in FULL_TEXT[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        for trigger in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER content_search_{trigger}")
        op.execute("DROP TABLE content_search_words")
        op.execute("DROP TABLE content_search_phrases")
    with op.batch_alter_table("content_edition_tags", schema=None) as batch_op:
        batch_op.drop_index("ix_content_edition_tags_tag")

    op.drop_table("content_edition_tags")
    with op.batch_alter_table("content_editions", schema=None) as batch_op:
        batch_op.drop_index("ix_content_editions_updated")
        batch_op.drop_index("ix_content_editions_headline")
        batch_op.drop_index("ix_content_editions_created")

    op.drop_table("content_editions")
    op.drop_table("content_revisions")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index("ix_items_owner_id")
        batch_op.drop_index("ix_items_created_at")

    op.drop_table("items")
    with op.batch_alter_table("content_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_content_entries_type_key",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index("ix_content_entries_unpublish_at")
        batch_op.drop_index("ix_content_entries_publish_at")
        batch_op.drop_index("ix_content_entries_deleted_at")

    op.drop_table("content_entries")
    op.drop_table("tags")
