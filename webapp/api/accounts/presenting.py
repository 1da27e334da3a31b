"""How a person is answered, wherever one is."""

from __future__ import annotations

from flask import Response, jsonify

from webapp.api.accounts.schemas import UserSchema
from webapp.api.etags import conditional
from webapp.domain.accounts.models import User

USER = UserSchema()


def present(user: User) -> Response:
    """A person with their entity tag."""
    return conditional(jsonify(USER.dump(user)), user.tag)
