"""Who may see and change webhooks."""

from __future__ import annotations

from webapp.kernel.work import Actor


def may_administer_webhooks(actor: Actor) -> bool:
    return actor.is_admin
