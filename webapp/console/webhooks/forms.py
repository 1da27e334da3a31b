"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, SelectChoice, SelectMultipleField, StringField, widgets

from webapp.console.forms import Form, strip
from webapp.domain.webhooks.models import Webhook
from webapp.domain.webhooks.topics import TOPICS
from webapp.kernel.errors import DomainError, FieldError, Invalid


class Choices(SelectMultipleField):  # type: ignore[misc]
    """Any number of choices as checkboxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class WebhookForm(Form):
    """An address, and what it is told of; ``tag`` is the state that the person saw."""

    name = StringField("Name", filters=[strip], description="What people here call it")
    url = StringField("Address", filters=[strip], description="It gets a POST for each event")
    events = Choices("Events", choices=[SelectChoice(topic.name, topic.label) for topic in TOPICS.values()])
    is_active = BooleanField(
        "Active", description="Without it nothing is sent, and what happens meanwhile is not made up for"
    )
    tag = HiddenField()

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookForm:
        """The form of a webhook that there is."""
        names = ("name", "url", "events", "is_active", "tag")
        return cls(data={name: getattr(webhook, name) for name in names})

    def fields(self) -> dict[str, Any]:
        """What commands take."""
        found = {"name": self.name.data or "", "url": self.url.data or ""}
        return {**found, "events": self.events.data or [], "is_active": self.is_active.data}

    def show(self, error: DomainError) -> None:
        """What is wrong with one of the events stands at the events."""
        found = [
            FieldError("/events", each.detail, each.code) if each.pointer.startswith("/events/") else each
            for each in error.errors
        ]
        super().show(Invalid(found) if found else error)
