"""Images in entries: anywhere in what editors or readers may see."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.content.content_types import TYPES
from webapp.domain.content.models import OF_EDITION, ContentRevision, Edition, Entry
from webapp.domain.media.uses import Use, holds, tells_uses, uses_in


@tells_uses(select(ContentRevision.document).join(Edition, OF_EDITION))
def entry_uses(session: Session, object_key: str) -> Iterator[Use]:
    """Entries in whose states an image is, those in the trash included: they may come back."""
    deleted = Entry.deleted_at.is_not(None)
    statement = (
        select(Edition.type, Edition.entry_id, ContentRevision.document, deleted)
        .join(ContentRevision, OF_EDITION)
        .join(Entry, Entry.id == Edition.entry_id)
    )
    for type_name, entry_id, document, in_trash in session.execute(
        statement.where(holds(ContentRevision.document, object_key))
    ):
        label = TYPES[type_name].headline_of(document)
        yield from uses_in(type_name, entry_id, label, [document], object_key, in_trash=in_trash)
