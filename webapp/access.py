"""What a route asks of the person who calls it.

Every view declares one level with a decorator; an undeclared view keeps the application from
starting. The level is the least that is needed: the command behind the view checks the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from flask import Flask

from webapp.kernel.work import Actor, require

View = TypeVar("View", bound=Callable[..., object])


class Access(Enum):
    """Levels, from everyone to admins only."""

    PUBLIC = "public"
    APPROVED = "approved"
    EDITOR = "editor"
    ADMIN = "admin"

    def allows(self, actor: Actor) -> bool:
        return {
            Access.PUBLIC: True,
            Access.APPROVED: actor.is_approved,
            Access.EDITOR: actor.is_editor,
            Access.ADMIN: actor.is_admin,
        }[self]

    def check(self, actor: Actor) -> None:
        """Raise Unauthenticated for a visitor, Denied for a person who may not."""
        require(actor, self.allows(actor))


def _declare(level: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__access__ = level  # type: ignore[attr-defined]
        return view

    return mark


public = _declare(Access.PUBLIC)
approved_only = _declare(Access.APPROVED)
editors_only = _declare(Access.EDITOR)
admins_only = _declare(Access.ADMIN)


def access_of(app: Flask, endpoint: str) -> Access:
    """The level that the view behind ``endpoint`` declares."""
    level = getattr(app.view_functions[endpoint], "__access__", None)
    if level is None:
        raise RuntimeError(f"the view {endpoint!r} does not declare who may call it")
    return Access(level)


def require_declarations(app: Flask) -> None:
    """Refuse an application with a view that declares nothing."""
    for endpoint in app.view_functions:
        access_of(app, endpoint)
