"""Tags: list with counts, make, rename, merge, delete; suggestions while somebody types."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from webapp.access import editors_only
from webapp.console.addresses import back, here, last_page_url, requested_page, requested_search
from webapp.console.content.blueprint import blueprint
from webapp.console.content.forms import ConfirmForm, MergeForm, TagForm
from webapp.console.forms import submitting
from webapp.domain.content import tags as domain
from webapp.kernel.paging import PageRequest
from webapp.web import current_work

PAGE_SIZE = 50
SUGGESTED = PageRequest(limit=10, counted=False)


def came_from() -> str:
    return back(url_for("console.content.tags"))


@blueprint.route("/tags", methods=["GET", "POST"])
@editors_only
def tags() -> ResponseReturnValue:
    """Tags by name, each with the number of entries that have it; POST makes one."""
    work, form = current_work(), TagForm()
    if form.validate_on_submit():
        with submitting(form):
            found = domain.create_tag(work, {"name": form.name.data})
            flash(f"“{found.tag.name}” is there.", "success")
            return redirect(here(), 303)
    page = domain.list_tags(work, requested_page(PAGE_SIZE), q=requested_search(), draft=True)
    if not form.errors and (url := last_page_url(page)):
        return redirect(url)
    text = render_template("console/content/tags.html", page=page, form=form, here=here())
    return text, 422 if form.errors else 200


@blueprint.route("/tags/suggestions")
@editors_only
def suggestions() -> ResponseReturnValue:
    """For scripts: names of tags that hold ``?q=``."""
    found = domain.list_tags(current_work(), SUGGESTED, q=requested_search(), draft=True)
    return jsonify([each.tag.name for each in found.data])


@blueprint.route("/tags/<id:tag_id>", methods=["GET", "POST"])
@editors_only
def rename_tag(tag_id: int) -> ResponseReturnValue:
    """Call a tag something else, on every entry at once."""
    work = current_work()
    found = domain.get_tag(work, tag_id, draft=True)
    form = TagForm(data={"name": found.tag.name, "tag": found.tag.tag})
    if form.validate_on_submit():
        with submitting(form):
            renamed = domain.rename_tag(work, tag_id, {"name": form.name.data}, expected={form.tag.data})
            flash(f"It is called “{renamed.tag.name}” now.", "success")
            return redirect(came_from(), 303)
    page = render_template("console/content/tag.html", form=form, found=found, came_from=came_from())
    return page, 422 if form.errors else 200


@blueprint.route("/tags/<id:tag_id>/merge", methods=["GET", "POST"])
@editors_only
def merge_tag(tag_id: int) -> ResponseReturnValue:
    """Give every entry of a tag another one instead."""
    work = current_work()
    found = domain.get_tag(work, tag_id, draft=True)
    form = MergeForm(data={"tag": found.tag.tag})
    form.into.choices = [SelectChoice(each.id, each.name) for each in domain.other_tags(work, tag_id)]
    if form.validate_on_submit():
        with submitting(form):
            target = domain.merge_tag(work, tag_id, form.into.data, expected={form.tag.data})
            flash(f"Its entries have “{target.tag.name}” now.", "success")
            return redirect(came_from(), 303)
    page = render_template("console/content/merge_tag.html", form=form, found=found, came_from=came_from())
    return page, 422 if form.errors else 200


@blueprint.route("/tags/<id:tag_id>/delete", methods=["GET", "POST"])
@editors_only
def delete_tag(tag_id: int) -> ResponseReturnValue:
    """Ask, and take a tag from every entry."""
    work = current_work()
    found = domain.get_tag(work, tag_id, draft=True)
    form, name = ConfirmForm(data={"tag": found.tag.tag}), found.tag.name
    if form.validate_on_submit():
        with submitting(form):
            domain.delete_tag(work, tag_id, expected={form.tag.data})
            flash(f"“{name}” is deleted.", "success")
            return redirect(came_from(), 303)
    page = render_template("console/content/delete_tag.html", form=form, found=found, came_from=came_from())
    return page, 422 if form.errors else 200
