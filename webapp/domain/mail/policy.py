"""Who may see and steer mails."""

from __future__ import annotations

from webapp.kernel.work import Actor


def may_administer_mails(actor: Actor) -> bool:
    return actor.is_admin
