"""Forms of themes. What a token may hold is the domain's business; its errors come back to these fields."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from webapp.console.forms import Form, storable, strip, submitting
from webapp.console.themes.tokens import TOKENS, to_changes, to_fields
from webapp.domain.themes.models import MESSAGE_MAX, Theme
from webapp.domain.themes.palette import HARMONIES
from webapp.kernel.errors import DomainError, Stale
from webapp.web import rollback


class ThemeForm(Form):
    """The editor: every token as text, with the state of the theme that its writer has seen."""

    name = StringField("Name", filters=[strip])
    message = StringField("What changed", [Length(max=MESSAGE_MAX), storable], filters=[strip])
    tag = HiddenField()
    base = HiddenField()

    @classmethod
    def of(cls, theme: Theme, **kwargs: Any) -> ThemeForm:
        """The form of a theme's latest revision; what was submitted stands above it."""
        saved = {**saved_fields(theme), "tag": theme.tag, "base": str(theme.latest_number)}
        return cls(data=saved, **kwargs)

    @property
    def fields(self) -> dict[str, str]:
        """The name and every token as they stand in the form."""
        return {name: self[name].data or "" for name in ("name", *(token.field for token in TOKENS))}

    def changes(self) -> dict[str, Any]:
        """The name and the sections, as commands take them."""
        return {"name": self.name.data or "", **to_changes(self.fields)}

    def fill(self, values: dict[str, str]) -> None:
        """Put values into fields as if they had been typed."""
        for name, value in values.items():
            self[name].data = value


for _token in TOKENS:
    setattr(ThemeForm, _token.field, StringField(_token.full_label, filters=[strip]))


def saved_fields(theme: Theme) -> dict[str, str]:
    """A theme's latest revision as the form shows it."""
    return {"name": theme.name, **to_fields(theme.latest.document)}


class NewThemeForm(Form):
    name = StringField("Name", filters=[strip])
    start = RadioField("Start from", default="default", validate_choice=False)
    theme = SelectField("Theme", coerce=str, validate_choice=False)
    color = StringField("Your colour", default="#B2454E", filters=[strip])
    harmony = SelectField("Companions", choices=[SelectChoice(name, name.capitalize()) for name in HARMONIES])


class NameForm(Form):
    name = StringField("Name", filters=[strip])


class ConfirmForm(Form):
    """A question about one state of a theme."""

    tag = HiddenField()

    def show(self, error: DomainError) -> None:
        """What is wrong concerns the question, not a field of it."""
        self.form_errors.extend([found.detail for found in error.errors] or [error.detail])


class confirming(submitting):
    """Like ``submitting``, for a question: if the theme has changed meanwhile, it is asked once more."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Stale):
            return super().__exit__(kind, error, traceback)
        rollback()
        self.form.show(error)
        return True
