"""How a person is answered, wherever one is, and how one registers by every path."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.api.accounts.schemas import UserSchema
from webapp.api.etags import conditional
from webapp.domain.accounts.commands import register
from webapp.domain.accounts.models import User
from webapp.web import current_ports, current_work, preferred_language

USER = UserSchema()


def present(user: User) -> Response:
    """A person with their entity tag."""
    return conditional(jsonify(USER.dump(user)), user.tag)


def register_visitor(fields: dict[str, Any]) -> User:
    """Register whoever asks; mails to them are in the language that their browser or app asks for."""
    can_verify = current_ports().mailer.reaches_people
    return register(current_work(), can_verify=can_verify, language=preferred_language(), **fields)
