"""Forms of signing in and of one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import EmailField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from webapp.console.forms import Form, storable, strip
from webapp.domain.accounts.models import EMAIL_MAX, NAME_MAX, PASSWORD_MAX, PASSWORD_MIN, USERNAME_MAX, User

INPUT_MAX = 1024


class LoginForm(Form):
    identifier = StringField("Username or e-mail", [InputRequired(), Length(max=INPUT_MAX), storable])
    password = PasswordField("Password", [InputRequired(), Length(max=INPUT_MAX)])


class EmailForm(Form):
    email = EmailField("E-mail", [InputRequired(), Length(max=EMAIL_MAX), storable], [strip])


class NewPasswordForm(Form):
    new_password = PasswordField("New password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])


class FirstAdminForm(Form):
    email = EmailField("E-mail", [InputRequired(), Length(max=EMAIL_MAX), storable], [strip])
    full_name = StringField("Your name", [Length(max=NAME_MAX), storable], [strip])
    password = PasswordField("Password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])


class ProfileForm(Form):
    full_name = StringField("Full name", [Length(max=NAME_MAX), storable], [strip])
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


class PasswordForm(Form):
    current_password = PasswordField("Current password", [InputRequired(), Length(max=INPUT_MAX)])
    new_password = PasswordField("New password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])
