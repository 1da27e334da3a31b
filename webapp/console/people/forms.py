"""Forms of people and of letting them in."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, Optional

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


class LastDayField(DateField):  # type: ignore[misc]
    """The last day (UTC) of something that has an end at a moment."""

    def process_data(self, value: datetime | None) -> None:
        self.data = value.astimezone(UTC).date() if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if any(valuelist):
            super().process_formdata(valuelist)


class PersonForm(Form):
    """A person's names and rights, as an admin changes them."""

    known_end: datetime | None = None
    full_name = StringField("Full name", [Length(max=NAME_MAX), storable], [strip])
    first_name = StringField("First name", [Length(max=NAME_MAX), storable], [strip])
    last_name = StringField("Last name", [Length(max=NAME_MAX), storable], [strip])
    email = EmailField("E-mail", [Length(max=EMAIL_MAX), storable], [strip])
    username = StringField("Username", [Length(max=USERNAME_MAX), storable], [strip])
    role = RadioField("Role", choices=[SelectChoice(role.value, role.value.capitalize()) for role in Role])
    is_premium = BooleanField("Premium", description="Premium people have no hourly limits.")
    subscription_expires_at = LastDayField("Premium until", [Optional()])
    tag = HiddenField()

    @classmethod
    def of(cls, user: User, *, own: bool) -> PersonForm:
        """The form for ``user``; nobody changes their own role."""
        form = cls(obj=user)
        form.known_end = user.subscription_expires_at
        if own:
            del form.role
        return form

    def changes(self) -> dict[str, Any]:
        """What ``update_user`` takes. A day that was not changed leaves the moment of the end as it is."""
        found = {name: self[name].data for name in self._fields if name not in ("tag", "csrf_token")}
        if (day := found["subscription_expires_at"]) is not None:
            is_same = self.known_end is not None and self.known_end.date() == day
            end = datetime.combine(day, time(23, 59, 59), UTC)
            found["subscription_expires_at"] = self.known_end if is_same else end
        return found

    def held_by(self, user: User) -> dict[str, Any]:
        """The same fields as ``user`` holds them."""
        end = user.subscription_expires_at
        held = {name: getattr(user, name) for name in self.changes()}
        return held | {"subscription_expires_at": end.date() if end else None}


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
