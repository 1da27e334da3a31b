"""Forms of signing in and of one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    EmailField,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.console.forms import Form, storable, strip
from webapp.domain.accounts.api_tokens import SCOPES
from webapp.domain.accounts.factor_models import PASSKEY_NAME_MAX
from webapp.domain.accounts.models import (
    EMAIL_MAX,
    NAME_MAX,
    PASSWORD_MAX,
    PASSWORD_MIN,
    TOKEN_NAME_MAX,
    USERNAME_MAX,
    User,
)

INPUT_MAX = 1024
ENDS = {7: "a week", 30: "30 days", 90: "90 days", 365: "a year"}
"""Days after which a new token may end."""


class LoginForm(Form):
    identifier = StringField("Username or e-mail", [InputRequired(), Length(max=INPUT_MAX), storable])
    password = PasswordField("Password", [InputRequired(), Length(max=INPUT_MAX)])

    def credentials(self) -> tuple[str, str]:
        """What was typed, the password as it is."""
        return self.identifier.data, self.password.data


class CodeForm(Form):
    """A code of an authenticator app, or a recovery code."""

    code = StringField("Code", [InputRequired(), Length(max=INPUT_MAX), storable], [strip])


class PasskeyForm(Form):
    """What a device has answered, put there by the page's script."""

    answer = HiddenField()


class NewPasskeyForm(PasskeyForm):
    name = StringField(
        "Name",
        [InputRequired(), Length(max=PASSKEY_NAME_MAX), storable],
        [strip],
        description="So that you know it again, such as “Phone” or “Blue key”.",
    )


class ConfirmPasswordForm(Form):
    password = PasswordField("Password", [InputRequired(), Length(max=INPUT_MAX)])


class LinkForm(Form):
    """The one-time code of an account elsewhere."""

    code = HiddenField(validators=[Length(max=INPUT_MAX)])


class EmailForm(Form):
    email = EmailField("E-mail", [InputRequired(), Length(max=EMAIL_MAX), storable], [strip])


class NewPasswordForm(Form):
    new_password = PasswordField("New password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])


class FirstAdminForm(Form):
    email = EmailField("E-mail", [InputRequired(), Length(max=EMAIL_MAX), storable], [strip])
    full_name = StringField("Your name", [Length(max=NAME_MAX), storable], [strip])
    password = PasswordField("Password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])


class DeleteAccountForm(Form):
    """The words that are typed before one's own account goes; ``tag`` is the state that was seen."""

    words = "delete my account"
    confirmation = StringField("Confirmation", filters=[strip])
    tag = HiddenField()

    def validate_confirmation(self, field: StringField) -> None:
        if (field.data or "").lower() != self.words:
            raise ValidationError(f"Type “{self.words}” to go on.")


class PictureForm(Form):
    """A picture of oneself."""

    file = FileField("Picture", [FileRequired("Choose a picture first.")])


class ProfileForm(Form):
    full_name = StringField("Full name", [Length(max=NAME_MAX), storable], [strip])
    first_name = StringField("First name", [Length(max=NAME_MAX), storable], [strip])
    last_name = StringField("Last name", [Length(max=NAME_MAX), storable], [strip])
    email = EmailField("E-mail", [Length(max=EMAIL_MAX), storable], [strip])
    username = StringField("Username", [Length(max=USERNAME_MAX), storable], [strip])
    language = SelectField("Language of mails to you", coerce=lambda code: code or None)

    @classmethod
    def of(cls, user: User, languages: Mapping[str, str], **kwargs: Any) -> ProfileForm:
        """The form for ``user`` with the names of ``languages`` by their codes."""
        form = cls(obj=user, **kwargs)
        choices = [SelectChoice(code, name) for code, name in languages.items()]
        form.language.choices = [SelectChoice("", "Not chosen"), *choices]
        return form

    def changes(self) -> dict[str, Any]:
        """What ``update_profile`` takes."""
        return {field.name: field.data for field in self if field.name != "csrf_token"}


class PasswordForm(Form):
    current_password = PasswordField("Current password", [InputRequired(), Length(max=INPUT_MAX)])
    new_password = PasswordField("New password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])


class TokenForm(Form):
    """A new API token."""

    name = StringField(
        "Name",
        [InputRequired(), Length(max=TOKEN_NAME_MAX), storable],
        [strip],
        description="What it is for.",
    )
    scopes = SelectMultipleField(
        "May",
        [InputRequired("Choose at least one.")],
        choices=[SelectChoice(scope, scope.replace(":", ": ")) for scope in SCOPES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    expires_in_days = SelectField(
        "Ends after",
        choices=[SelectChoice(days, words) for days, words in ENDS.items()],
        default=90,
        coerce=int,
    )

    def fields(self) -> dict[str, Any]:
        """What ``create_api_token`` takes."""
        return {name: self[name].data for name in ("name", "scopes", "expires_in_days")}
