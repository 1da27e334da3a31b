"""Forms of people and of letting them in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length

from webapp.console.bulk import BulkForm
from webapp.console.forms import Form, storable, strip
from webapp.domain.accounts.models import (
    EMAIL_MAX,
    NAME_MAX,
    PASSWORD_MAX,
    PASSWORD_MIN,
    REASON_MAX,
    USERNAME_MAX,
    User,
)
from webapp.domain.accounts.queries import BULK_MAX
from webapp.kernel.work import Role

ROLE_TEXTS = {
    Role.MEMBER: "Signs in and uses what is there.",
    Role.EDITOR: "Keeps content, gallery and themes.",
    Role.ADMIN: "Does everything, people and settings too.",
}


class PersonForm(Form):
    """A person's names and rights, as an admin changes them."""

    full_name = StringField("Full name", [Length(max=NAME_MAX), storable], [strip])
    first_name = StringField("First name", [Length(max=NAME_MAX), storable], [strip])
    last_name = StringField("Last name", [Length(max=NAME_MAX), storable], [strip])
    email = EmailField("E-mail", [Length(max=EMAIL_MAX), storable], [strip])
    username = StringField("Username", [Length(max=USERNAME_MAX), storable], [strip])
    role = RadioField("Role", choices=[SelectChoice(role.value, role.value.capitalize()) for role in Role])
    is_premium = BooleanField("Premium", description="Premium people have no hourly limits.")
    tag = HiddenField()

    @classmethod
    def of(cls, user: User, *, own: bool) -> PersonForm:
        """The form for ``user``; nobody changes their own role."""
        form = cls(obj=user)
        if own:
            del form.role
        return form

    def changes(self) -> dict[str, Any]:
        """What ``update_user`` takes."""
        return {name: self[name].data for name in self._fields if name not in ("tag", "csrf_token")}


class NewPersonForm(Form):
    full_name = StringField("Full name", [Length(max=NAME_MAX), storable], [strip])
    email = EmailField("E-mail", [Length(max=EMAIL_MAX), storable], [strip])
    username = StringField("Username", [Length(max=USERNAME_MAX), storable], [strip])
    role = RadioField(
        "Role",
        choices=[SelectChoice(role.value, role.value.capitalize()) for role in Role],
        default=Role.MEMBER.value,
    )
    password = PasswordField("Password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])

    def fields(self) -> dict[str, Any]:
        """What ``create_user`` takes."""
        return {field.name: field.data for field in self if field.name != "csrf_token"}


class RejectForm(Form):
    reason = TextAreaField(
        "Reason",
        [Length(max=REASON_MAX), storable],
        [strip],
        description="They read it when they try to sign in.",
    )


class ConfirmForm(Form):
    """A button that changes something, and the state in which the person saw it."""

    tag = HiddenField()


class ReviewForm(BulkForm, RejectForm):
    """Approve or reject several people."""

    maximum = BULK_MAX

    action = StringField(validators=[AnyOf(("approve", "reject"))])
    ids = SelectMultipleField(coerce=UUID, validate_choice=False)

    @property
    def is_approval(self) -> bool:
        return bool(self.action.data == "approve")

    @property
    def asks(self) -> bool:
        return not self.is_approval
