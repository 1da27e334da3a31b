"""The console's frame: who is signed in, navigation, light or dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import editors_only, public
from webapp.console.navigation import navigation
from webapp.console.see_as import look_only
from webapp.console.sign_in import local_path
from webapp.console.styleguide import sample_context
from webapp.domain.settings.queries import get_setting
from webapp.domain.themes.queries import find_live_stylesheet
from webapp.extensions import csrf
from webapp.kernel.errors import NotFound

FILES_MAX = 20
"""Files in one form."""
COLOR_SCHEMES = ("system", "light", "dark")

blueprint = Blueprint("console", __name__, url_prefix="/console")


View = TypeVar("View", bound=Callable[..., Any])
FORM_MAX = 64 * 1024
"""Bytes of a form beside its files."""


def takes_files(view: View) -> View:
    """Let a form bring files of ``MAX_FILE_SIZE``, as many as API forms take."""
    view.__takes_files__ = True  # type: ignore[attr-defined]
    return view


@blueprint.before_request
def protect() -> None:
    """Every unsafe request of the console, and only of the console, carries a CSRF token.

    To find it the whole form is read, so files are taken only from browsers that have a session.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if (
        getattr(view, "__takes_files__", False)
        and current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    ):
        request.max_content_length = FILES_MAX * (current_app.config["MAX_FILE_SIZE"] + FORM_MAX)
        request.max_form_parts = FILES_MAX * 2
    csrf.protect()
    look_only()


@blueprint.app_context_processor
def page_context() -> dict[str, Any]:
    """What every page needs."""
    scheme = request.cookies.get("color_scheme", "system")
    context: dict[str, Any] = {"color_scheme": scheme if scheme in COLOR_SCHEMES else "system"}
    work = g.get("work")
    if request.path.startswith("/console") and work is not None and "fault" not in g:
        found = find_live_stylesheet(work.session, None)
        context |= {
            "site_name": get_setting(work.session, "site_name"),
            "stylesheet_url": f"/themes/{found[0].slug}.{found[1].hash}.css" if found else None,
            "nav": navigation(work) if work.actor.is_approved else [],
            "person": current_user.person if current_user.is_authenticated else None,
            "actor": work.actor,
            "seen_by": current_user.session.user if work.actor.seen_by else None,
        }
    return context


@blueprint.route("/styleguide")
@editors_only
def styleguide() -> ResponseReturnValue:
    """Every part of the console with sample data, for those who develop it."""
    if current_app.config["ENVIRONMENT"] != "development":
        raise NotFound
    samples = sample_context(Path(current_app.static_folder or ""))
    return render_template("console/styleguide.html", **samples)


@blueprint.route("/color-scheme", methods=["POST"])
@public
def color_scheme() -> ResponseReturnValue:
    """Remember light, dark or the system's choice in a cookie."""
    chosen = request.form.get("scheme", "")
    response = make_response(redirect(local_path(request.form.get("next")), 303))
    if chosen in COLOR_SCHEMES:
        response.set_cookie(
            "color_scheme",
            chosen,
            max_age=31536000,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response
