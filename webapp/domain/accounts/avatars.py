"""People's pictures of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts.commands import update_profile
from webapp.domain.accounts.models import User
from webapp.domain.media.commands import replace_avatars
from webapp.domain.media.uploads import Announced, GoOn, UploadLimits, upload_image
from webapp.domain.media.uses import Use, holds, tells_uses, uses_in
from webapp.kernel.work import Work
from webapp.ports import Ports


@tells_uses(select(User.profile_image_url))
def avatar_uses(session: Session, object_key: str) -> Iterator[Use]:
    """People whose picture an image is."""
    statement = select(User).where(holds(User.profile_image_url, object_key))
    for user in session.scalars(statement):
        yield from uses_in("user", user.id, user.display_name, [user.profile_image_url], object_key)


def set_avatar(work: Work, go_on: GoOn, ports: Ports, file: Iterable[bytes], limits: UploadLimits) -> User:
    """Keep a picture of the person who asks in place of the one before. Raises what an upload raises."""
    media, _ = upload_image(work, go_on, ports, file, Announced("avatars"), limits)
    work = go_on()
    user = update_profile(work, {"profile_image_url": ports.storage.public_url(media.object_key)})
    replace_avatars(work, user.id, media)
    return user


def remove_avatar(work: Work) -> User:
    """Have no picture of oneself any more."""
    user = update_profile(work, {"profile_image_url": None})
    replace_avatars(work, user.id, None)
    return user
