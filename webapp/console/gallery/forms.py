"""Forms of designs."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import SelectMultipleField, StringField
from wtforms.validators import AnyOf

from webapp.console.bulk import BulkForm
from webapp.console.forms import storable, strip
from webapp.console.ordering import OrderForm
from webapp.domain.content.bulk import BULK_MAX
from webapp.domain.gallery.bulk import ACTIONS
from webapp.domain.gallery.models import FACETS

LABELS = {"designer_name": "Designer", "collection_name": "Collection"}


class DesignsForm(BulkForm):
    """One action on several designs; of the columns those are changed that hold something."""

    maximum: ClassVar[int] = BULK_MAX

    action = StringField(validators=[AnyOf(ACTIONS)])
    ids = SelectMultipleField(coerce=int, validate_choice=False)

    @property
    def asks(self) -> bool:
        return self.action.data in ("edit", "trash", "unpublish", "archive")

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self[name].data for name in FACETS if self[name].data}


for _name in FACETS:
    setattr(DesignsForm, _name, StringField(LABELS.get(_name, _name.capitalize()), [storable], [strip]))


class FeaturedOrderForm(OrderForm):
    """The ids of featured designs."""

    ids = SelectMultipleField(coerce=int, validate_choice=False)
