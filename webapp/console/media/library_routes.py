"""The library: its list, uploads, and actions on many images."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from webapp.access import editors_only
from webapp.console.addresses import back, here, last_page_url
from webapp.console.forms import submitting
from webapp.console.media.blueprint import blueprint
from webapp.console.media.forms import TAGGING, LibraryForm, UploadForm
from webapp.console.media.listing import MISSING, UNUSED, Listing
from webapp.console.routes import takes_files
from webapp.console.saved_views import saved_views
from webapp.domain.media import queries, uploads
from webapp.domain.media.commands import MediaResult, act_on_media
from webapp.domain.media.keys import CATEGORIES
from webapp.domain.media.uploads import Announced, UploadLimits, UploadOutcome
from webapp.domain.media.uses import uses_of
from webapp.kernel.errors import DomainError, FieldError, Invalid
from webapp.web import current_ports, current_work, go_on

DONE = {"tag": "tagged", "untag": "without these tags", "delete": "deleted"}


@blueprint.route("")
@editors_only
def library() -> ResponseReturnValue:
    """Every image, the newest first."""
    work, listing = current_work(), Listing.from_request()
    page = queries.list_media(work, listing.part, listing.filters)
    if url := last_page_url(page):
        return redirect(url)
    return render_template(
        "console/media/library.html",
        page=page,
        listing=listing,
        form=UploadForm(category=listing.filters.category or "designs"),
        **choices(),
    )


@blueprint.route("/picker")
@editors_only
def picker() -> ResponseReturnValue:
    """For scripts: the images of a list to choose one from, as markup."""
    listing = Listing.from_request()
    page = queries.list_media(current_work(), listing.part, listing.filters)
    return render_template("console/media/picker.html", page=page)


@blueprint.route("/upload", methods=["POST"])
@editors_only
@takes_files
def upload() -> ResponseReturnValue:
    """Take images in; errors come back by file. Scripts send one file at a time and are answered in JSON."""
    form = UploadForm()
    files = [file for file in form.files.data or () if isinstance(file, FileStorage) and file.filename]
    if not form.validate() or not files:
        flash("Choose at least one image.", "warning")
        return redirect(url_for(".library"), 303)
    outcomes = keep(files, form.category.data)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return answer(outcomes[0])
    tell(outcomes)
    return redirect(back(url_for(".library")), 303)


@blueprint.route("", methods=["POST"])
@editors_only
def act() -> ResponseReturnValue:
    """Tag, untag or delete what is selected, or all that matches, after asking."""
    work, form = current_work(), LibraryForm()
    asked = Listing.from_request().filters
    form.take(queries.list_media_keys(work, asked, form.maximum) if form.all_matching.data else None)
    is_sound = form.validate_on_submit()
    if not form.ids.data or form.action.data not in DONE:
        flash("Select at least one image first.", "warning")
        return redirect(back(url_for(".library")), 303)
    if is_sound and not form.must_ask:
        with submitting(form):
            report(act_on_media(work, form.action.data, form.ids.data, form.tag_names), form.action.data)
            return redirect(back(url_for(".library")), 303)
    return ask(form), 200 if is_sound and not form.errors else 422


# --- the parts ------------------------------------------------------------------------------


def choices() -> dict[str, object]:
    """What the filters offer."""
    work = current_work()
    return {
        "categories": [(name, name.capitalize()) for name in CATEGORIES],
        "tags": [(name, name) for name in queries.list_tags(work)],
        "missing": queries.count_missing_alt_texts(work),
        "shows": {"missing": MISSING, "unused": UNUSED},
        "bulk_max": LibraryForm.maximum,
        "file_size": current_app.config["MAX_FILE_SIZE"],
        "here": here(),
        "saved_views": saved_views(),
    }


def keep(files: list[FileStorage], category: str) -> list[UploadOutcome]:
    limits = UploadLimits(current_app.config["MAX_FILE_SIZE"], current_app.config["UPLOAD_QUOTA"])
    named = ((file.filename or "", pieces(file)) for file in files)
    return uploads.upload_images(current_work(), go_on, current_ports(), named, Announced(category), limits)


def pieces(file: FileStorage) -> Iterator[bytes]:
    """The bytes of a file. Raises Invalid when there are too many."""
    left: int = current_app.config["MAX_FILE_SIZE"]
    while piece := file.stream.read(2**18):
        left -= len(piece)
        if left < 0:
            raise Invalid([FieldError("/files", "The file is too large.", "too_long")])
        yield piece


def answer(outcome: UploadOutcome) -> ResponseReturnValue:
    """What became of one file, for scripts."""
    if outcome.error or outcome.object_key is None:
        return jsonify({"name": outcome.filename, "error": words(outcome.error)}), 422
    media = queries.get_media(current_work(), outcome.object_key)
    card = render_template("console/media/_card.html", media=media, is_new=True)
    return jsonify({"name": outcome.filename, "object_key": media.object_key, "card": card}), 201


def tell(outcomes: list[UploadOutcome]) -> None:
    kept = sum(outcome.error is None for outcome in outcomes)
    if kept:
        flash(f"{kept} {'image is' if kept == 1 else 'images are'} in the library.", "success")
    for outcome in outcomes:
        if outcome.error:
            flash(f"{outcome.filename}: {words(outcome.error)}", "error")


def report(results: list[MediaResult], action: str) -> None:
    refused = [result for result in results if result.error]
    if done := len(results) - len(refused):
        flash(f"{done} {'image is' if done == 1 else 'images are'} {DONE[action]}.", "success")
    for result in refused[:5]:
        flash(f"{result.object_key}: {words(result.error)}", "error")


def ask(form: LibraryForm) -> str:
    """The page that asks for tags, or for a yes, and tells what uses the images."""
    work = current_work()
    images = queries.list_by_keys(work.session, form.ids.data)
    is_deletion = form.action.data == "delete"
    used = [each for each in images if is_deletion and uses_of(work.session, each.object_key)]
    return render_template(
        "console/media/bulk.html",
        form=form,
        images=images,
        used=used,
        is_tagging=form.action.data in TAGGING,
        came_from=back(url_for(".library")),
    )


def words(error: DomainError | None) -> str:
    if error is None:
        return "This file was not kept."
    return " ".join(found.detail for found in error.errors) or error.detail
