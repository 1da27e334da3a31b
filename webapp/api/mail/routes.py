"""``/utils/test-email``: STARTER's way to see whether mails arrive."""

from __future__ import annotations

import marshmallow as ma
from email_validator import EmailNotValidError, validate_email

from webapp.access import admins_only
from webapp.api.blueprint import Blueprint
from webapp.api.fields import Coded, Schema, SentenceSchema, Text
from webapp.domain.mail.commands import send_test_mail
from webapp.domain.mail.models import ADDRESS_MAX
from webapp.web import current_work

blueprint = Blueprint("mail", __name__, url_prefix="/api/v1", description="Mails")


def check_address(text: str) -> None:
    """A validator that takes mail addresses only."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise ma.ValidationError([Coded("Not a valid e-mail address.", "invalid_email")]) from error


class TestEmailQuery(Schema):
    """Where the mail goes."""

    email_to = Text(ADDRESS_MAX, required=True)

    @ma.validates("email_to")
    def is_address(self, value: str, **_: object) -> None:
        check_address(value)

    class Meta:
        unknown = ma.EXCLUDE


@blueprint.route("/utils/test-email", methods=["POST"])
@admins_only
@blueprint.arguments(TestEmailQuery(), location="query")
@blueprint.response(201, SentenceSchema())
def send_test(query: dict[str, str]) -> dict[str, str]:
    """Send a mail that only says that it has arrived."""
    send_test_mail(current_work(), query["email_to"])
    return {"message": "Test email sent"}
