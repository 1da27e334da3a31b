"""Kinds of data items: list, make, change, delete."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from webapp.access import admins_only
from webapp.console.conflicts import form_differences
from webapp.console.content.blueprint import blueprint
from webapp.console.content.forms import ConfirmForm
from webapp.console.forms import Form, strip, submitting
from webapp.domain.content import kinds as domain
from webapp.domain.content.texts import place_of, pretty
from webapp.kernel.errors import DomainError, FieldError, Invalid, Stale
from webapp.kernel.json_text import MalformedJson, read_json
from webapp.web import current_work, rollback

EXAMPLE = {
    "type": "object",
    "required": ["price"],
    "properties": {
        "price": {"type": "number", "title": "Price", "minimum": 0},
        "currency": {"enum": ["EUR", "INR", "USD"]},
    },
}


class KindForm(Form):
    name = StringField("Name", filters=[strip], description="In addresses and answers; it stays the same")
    label = StringField("Label", filters=[strip], description="What people read")
    schema = TextAreaField("Schema", description="A JSON Schema of an object: its members become a form")
    tag = HiddenField()

    def show(self, error: DomainError) -> None:
        """What is wrong inside the schema stands at the schema, with its place."""
        found = [
            FieldError("/schema", f"{each.pointer.removeprefix('/schema/')}: {each.detail}", each.code)
            if each.pointer.startswith("/schema/")
            else each
            for each in error.errors
        ]
        super().show(Invalid(found) if found else error)

    def fields(self) -> dict[str, Any]:
        """What commands take. Raises Invalid for a schema that is no JSON."""
        try:
            schema = read_json((self.schema.data or "").encode(errors="surrogatepass"))
        except MalformedJson as error:
            raise Invalid([FieldError("/schema", place_of(error), "malformed_json")]) from error
        return {"label": self.label.data or "", "schema": schema}


@blueprint.route("/kinds")
@admins_only
def kinds() -> ResponseReturnValue:
    """Kinds by name."""
    return render_template("console/content/kinds.html", kinds=domain.list_kinds(current_work()))


@blueprint.route("/kinds/new", methods=["GET", "POST"])
@admins_only
def new_kind() -> ResponseReturnValue:
    """Make a kind."""
    form = KindForm(data={"schema": pretty(EXAMPLE)})
    if form.validate_on_submit():
        with submitting(form):
            kind = domain.create_kind(current_work(), {"name": form.name.data or "", **form.fields()})
            flash(f"The kind “{kind.label}” is made.", "success")
            return redirect(url_for("console.content.kinds"), 303)
    page = render_template("console/content/kind.html", form=form, kind=None)
    return page, 422 if form.errors else 200


@blueprint.route("/kinds/edit/<string:kind_name>", methods=["GET", "POST"])
@admins_only
def kind(kind_name: str) -> ResponseReturnValue:
    """Change a kind's label or schema."""
    form, conflict = form_of(kind_name), None
    try:
        if form.validate_on_submit():
            with submitting(form):
                domain.update_kind(current_work(), kind_name, form.fields(), expected={form.tag.data})
                flash("Saved. What is saved from now on keeps to it.", "success")
                return redirect(url_for("console.content.kinds"), 303)
    except Stale:
        conflict = conflict_of(kind_name, form)
    return kind_page(kind_name, form, conflict)


@blueprint.route("/kinds/edit/<string:kind_name>/delete", methods=["GET", "POST"])
@admins_only
def delete_kind(kind_name: str) -> ResponseReturnValue:
    """Ask, and delete a kind."""
    found = domain.get_kind(current_work(), kind_name)
    form, label = ConfirmForm(data={"tag": found.tag}), found.label
    if form.validate_on_submit():
        with submitting(form):
            domain.delete_kind(current_work(), kind_name, expected={form.tag.data})
            flash(f"The kind “{label}” is deleted.", "success")
            return redirect(url_for("console.content.kinds"), 303)
    page = render_template("console/content/delete_kind.html", form=form, label=label)
    return page, 422 if form.errors else 200


# --- the parts ------------------------------------------------------------------------------


def form_of(kind_name: str) -> KindForm:
    kind = domain.get_kind(current_work(), kind_name)
    return KindForm(data={"label": kind.label, "schema": pretty(kind.schema), "tag": kind.tag})


def kind_page(kind_name: str, form: KindForm, conflict: Any) -> ResponseReturnValue:
    kind = domain.get_kind(current_work(), kind_name)
    page = render_template("console/content/kind.html", form=form, kind=kind, conflict=conflict)
    return page, 412 if conflict is not None else 422 if form.errors else 200


def conflict_of(kind_name: str, form: KindForm) -> Any:
    """Both values of what somebody else changed; saving again takes one's own."""
    rollback()
    kind = domain.get_kind(current_work(), kind_name)
    form.tag.data = kind.tag
    return form_differences(form, {"label": kind.label, "schema": pretty(kind.schema)})
