"""What is left over: uploads that were never finished, and pictures of people who are gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.domain.media.commands import remove
from webapp.domain.media.keys import INCOMING, PERSONAL
from webapp.domain.media.models import Media, MediaState
from webapp.kernel.work import Work
from webapp.ports import Storage

ABANDONED = timedelta(hours=12)
"""After this an upload will not be finished any more; with hourly rounds it is gone within a day."""
AT_ONCE = 500


def collect_abandoned(work: Work) -> int:
    """Forget pending images that are too old, and personal ones that are nobody's; how many there were."""
    left = (Media.state == MediaState.PENDING) & (Media.created_at < work.now - ABANDONED)
    nobodys = Media.owner_id.is_(None) & Media.category.in_(PERSONAL)
    found = work.session.scalars(select(Media).where(left | nobodys).limit(AT_ONCE)).all()
    for media in found:
        remove(work, media)
    return len(found)


def incoming_strays(storage: Storage, now: datetime) -> Iterator[str]:
    """Keys of files that arrived long ago: an address may be used again after its upload is finished."""
    for found in storage.list(f"{INCOMING}/"):
        if found.modified_at < now - ABANDONED:
            yield found.key
