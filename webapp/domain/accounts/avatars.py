"""People's pictures of themselves."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.domain.accounts.commands import update_profile
from webapp.domain.accounts.models import User
from webapp.domain.media.commands import replace_avatars
from webapp.domain.media.uploads import Announced, GoOn, UploadLimits, upload_image
from webapp.kernel.work import Work
from webapp.ports import Ports


def set_avatar(work: Work, go_on: GoOn, ports: Ports, file: Iterable[bytes], limits: UploadLimits) -> User:
    """Keep a picture of the person who asks in place of the one before. Raises what an upload raises."""
    media, _ = upload_image(work, go_on, ports, file, Announced("avatars"), limits)
    work = go_on()
    user = update_profile(work, {"profile_image_url": ports.storage.public_url(media.object_key)})
    replace_avatars(work, user.id, media)
    return user
