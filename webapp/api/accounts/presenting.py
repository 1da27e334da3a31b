"""How a person is answered, wherever one is, and how one registers by every path."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.api.accounts.schemas import OwnUserSchema, UserSchema
from webapp.api.etags import conditional, expected_tags
from webapp.domain.accounts.addresses import pending_email
from webapp.domain.accounts.commands import register, update_profile
from webapp.domain.accounts.models import User
from webapp.web import current_ports, current_work, preferred_language

USER = UserSchema()
OWN = OwnUserSchema()


def present(user: User) -> Response:
    """A person with their entity tag."""
    return conditional(jsonify(USER.dump(user)), user.tag)


def present_own(user: User) -> Response:
    """The account of whoever asks, with the address that is to become theirs."""
    waiting = pending_email(current_work(), user)
    return conditional(jsonify({**USER.dump(user), "pending_email": waiting}), user.tag)


def change_own(fields: dict[str, Any]) -> User:
    """Change the account of whoever asks; an address may have to be proved first."""
    ports = current_ports()
    site = ports.site if ports.mailer.reaches_people else None
    return update_profile(current_work(), fields, expected=expected_tags(), site=site)


def register_visitor(fields: dict[str, Any]) -> User:
    """Register whoever asks; mails to them are in the language that their browser or app asks for."""
    can_verify = current_ports().mailer.reaches_people
    return register(current_work(), can_verify=can_verify, language=preferred_language(), **fields)
