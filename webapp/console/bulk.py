"""One action on the rows that were selected in a list, or on all that match its filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from webapp.console.forms import Form, strip

TYPE_TO_CONFIRM = 20
"""From this many rows on, a bulk action asks for its words to be typed."""
NAMED_MAX = 500
"""The page that asks names so many rows; if all that match are more, they are found anew, and the words to be
typed hold if there are as many. The names of more would not fit into a form."""


class BulkForm(Form):
    """What the bar of selected rows sends; ``confirmed`` once the questions about it were answered."""

    maximum: ClassVar[int]
    """How many rows one action may concern."""

    action = StringField()
    ids = SelectMultipleField(validate_choice=False)
    all_matching = BooleanField(false_values=("", "0"))
    confirmed = BooleanField(false_values=("", "0"))
    confirmation = StringField("Confirmation", filters=[strip])

    def take(self, ids: Iterable[Any] | None) -> None:
        """Mean ``ids`` instead of the rows that were selected; in any case each once and not too many."""
        chosen = self.ids.data or () if ids is None else ids
        self.ids.data = list(dict.fromkeys(chosen))[: self.maximum]

    @property
    def named(self) -> list[Any]:
        """The rows that the page that asks has to name."""
        is_found_anew = self.all_matching.data and len(self.ids.data) > NAMED_MAX
        return [] if is_found_anew else list(self.ids.data)

    @property
    def asks(self) -> bool:
        """Whether the action has a question of its own, however few rows there are."""
        return False

    @property
    def words(self) -> str | None:
        """What has to be typed before so many rows are concerned at once."""
        count = len(self.ids.data)
        return f"{self.action.data} {count}" if count >= TYPE_TO_CONFIRM else None

    @property
    def must_ask(self) -> bool:
        """Whether the person has not been asked yet."""
        return not self.confirmed.data and (self.asks or self.words is not None)

    def validate_confirmation(self, field: StringField) -> None:
        if self.confirmed.data and self.words and field.data != self.words:
            raise ValidationError(f"Type “{self.words}” to go on.")
