"""Forms of content. What a field may hold is the domain's business; its errors come back to these fields."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import AnyOf

from webapp.console.bulk import BulkForm
from webapp.console.forms import Form, storable, strip
from webapp.domain.content.bulk import ACTIONS, JOB_MAX
from webapp.domain.content.texts import split_tags
from webapp.kernel.errors import DomainError


class ConfirmForm(Form):
    """A question about one state of a thing."""

    tag = HiddenField()

    def show(self, error: DomainError) -> None:
        """What is wrong concerns the question, not a field of it."""
        self.form_errors.extend([found.detail for found in error.errors] or [error.detail])


class ScheduleForm(Form):
    """When an entry is shown and hidden: local times in a zone."""

    publish_at = StringField("Publish at", filters=[strip])
    unpublish_at = StringField("Unpublish at", filters=[strip])
    time_zone = StringField("Time zone", filters=[strip], description="Where these times are meant")
    tag = HiddenField()

    def fields(self) -> dict[str, Any]:
        """What ``schedule_entry`` takes."""
        sent = {name: self[name].data or None for name in ("publish_at", "unpublish_at", "time_zone")}
        return {**sent, "time_zone": sent["time_zone"] or "UTC"}


ITEMS_MAX = 10_000
"""How many items one request puts into the trash."""


class ActionForm(BulkForm):
    """One action on several entries."""

    maximum = JOB_MAX

    action = StringField(validators=[AnyOf(tuple(ACTIONS))])
    tags = StringField("Tags", [storable], description="With commas between them")

    @property
    def asks(self) -> bool:
        return self.action.data in ("unpublish", "trash", *TAGGING)

    @property
    def tag_names(self) -> list[str]:
        return split_tags(self.tags.data or "") if self.action.data in TAGGING else []


class ItemsForm(BulkForm):
    """Putting several items into the trash, which is always asked about."""

    maximum = ITEMS_MAX

    action = StringField(validators=[AnyOf(("trash",))])
    ids = SelectMultipleField(coerce=UUID, validate_choice=False)

    @property
    def asks(self) -> bool:
        return True


TAGGING = ("tag", "untag")


class TagForm(Form):
    name = StringField("Name", filters=[strip])
    tag = HiddenField()


class MergeForm(ConfirmForm):
    into = SelectField("Into", coerce=int, validate_choice=False)


class ItemForm(Form):
    title = StringField("Title", filters=[strip])
    description = TextAreaField("Description")
    tag = HiddenField()

    def fields(self) -> dict[str, Any]:
        return {"title": self.title.data or "", "description": self.description.data or None}
