"""Forms of signing in and of one's own account."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from webapp.console.forms import Form, storable, strip
from webapp.domain.accounts.models import EMAIL_MAX, NAME_MAX, PASSWORD_MAX, PASSWORD_MIN, USERNAME_MAX

INPUT_MAX = 1024


class LoginForm(Form):
    identifier = StringField("Username or e-mail", [InputRequired(), Length(max=INPUT_MAX), storable])
    password = PasswordField("Password", [InputRequired(), Length(max=INPUT_MAX)])


class FirstAdminForm(Form):
    email = EmailField("E-mail", [InputRequired(), Length(max=EMAIL_MAX), storable], [strip])
    full_name = StringField("Your name", [Length(max=NAME_MAX), storable], [strip])
    password = PasswordField("Password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])


class ProfileForm(Form):
    full_name = StringField("Full name", [Length(max=NAME_MAX), storable], [strip])
    email = EmailField("E-mail", [Length(max=EMAIL_MAX), storable], [strip])
    username = StringField("Username", [Length(max=USERNAME_MAX), storable], [strip])


class PasswordForm(Form):
    current_password = PasswordField("Current password", [InputRequired(), Length(max=INPUT_MAX)])
    new_password = PasswordField("New password", [InputRequired(), Length(PASSWORD_MIN, PASSWORD_MAX)])
