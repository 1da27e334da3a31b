"""Forms of templates. What a field may hold is the domain's business; its errors come back to the fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from webapp.console.forms import Form, strip
from webapp.domain.cards.catalogue import STARTERS
from webapp.domain.cards.models import Template, TemplateCategory
from webapp.kernel.errors import DomainError

LIVE_AT_ONCE = ("name", "description", "preview_image_url", "is_public", "is_premium", "is_featured")


class NewTemplateForm(Form):
    name = StringField("Name", filters=[strip])
    start = RadioField("Start from", default=next(iter(STARTERS)), choices=list(STARTERS))


class DetailsForm(Form):
    """What people see of a template beside its look; it is live as soon as it is saved."""

    name = StringField("Name", filters=[strip])
    description = TextAreaField("Description", filters=[strip])
    category_id = SelectField("Category", validate_choice=False)
    tags = StringField("Tags", description="With commas between them")
    preview_image_url = StringField(
        "Picture", filters=[strip], description="The address of an image; without one it is drawn by itself"
    )
    is_public = BooleanField("Public", description="Everybody may make cards of it.")
    is_premium = BooleanField("Premium", description="Only premium people may make cards of it.")
    is_featured = BooleanField("Featured", description="Recommended on top of lists.")
    tag = HiddenField()

    @classmethod
    def of(cls, template: Template, categories: Iterable[TemplateCategory]) -> DetailsForm:
        """The form of a template; what was submitted stands above it."""
        form = cls(data={name: getattr(template, name) for name in LIVE_AT_ONCE} | _texts(template))
        form.category_id.choices = [
            SelectChoice("", "None"),
            *(SelectChoice(str(category.id), category.name) for category in categories),
        ]
        return form

    def changes(self) -> dict[str, Any]:
        """What ``update_template`` takes."""
        return {
            "name": self.name.data or "",
            "description": self.description.data or None,
            "category_id": self.category_id.data or None,
            "tags": [tag.strip() for tag in (self.tags.data or "").split(",") if tag.strip()],
            "preview_image_url": self.preview_image_url.data or None,
            "is_public": self.is_public.data,
            "is_premium": self.is_premium.data,
        }


def _texts(template: Template) -> dict[str, str]:
    category = str(template.category_id or "")
    return {"category_id": category, "tags": ", ".join(template.tags), "tag": template.tag}


class CategoryForm(Form):
    name = StringField("Name", filters=[strip])
    description = TextAreaField("Description", filters=[strip])
    icon = StringField("Icon", filters=[strip], description="A name or character that your pages know")
    sort_order = IntegerField("Place in the order", default=0)
    is_active = BooleanField("Shown to everybody", default=True)
    tag = HiddenField()

    def changes(self) -> dict[str, Any]:
        """What commands of categories take."""
        names = ("name", "description", "icon", "sort_order", "is_active")
        empty = ("description", "icon")
        return {name: self[name].data or (None if name in empty else self[name].data) for name in names}


class DecisionForm(Form):
    """An answer to a template or a review that waits."""

    reason = TextAreaField("Reason", filters=[strip])
    tag = HiddenField()


class ConfirmForm(Form):
    """A question about one state of a template."""

    tag = HiddenField()

    def show(self, error: DomainError) -> None:
        """What is wrong concerns the question, not a field of it."""
        self.form_errors.extend([found.detail for found in error.errors] or [error.detail])
