"""Who may keep, read and delete backups, which hold everything there is."""

from __future__ import annotations

from webapp.kernel.work import Actor


def may_administer_backups(actor: Actor) -> bool:
    return actor.is_admin
