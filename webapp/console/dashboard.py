"""The console's first page: what waits for the person who is signed in."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from webapp.access import approved_only
from webapp.checks import run_checks
from webapp.console.people.forms import RejectForm
from webapp.console.routes import blueprint
from webapp.domain.accounts.models import Status
from webapp.domain.accounts.queries import count_by_status, list_users
from webapp.domain.themes.queries import find_active_theme, list_themes
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work
from webapp.web import current_work

SHOWN = PageRequest(limit=5)
"""How many of each kind the page lists; the rest is a link away."""


@blueprint.route("")
@approved_only
def dashboard() -> ResponseReturnValue:
    """What waits, the theme in use and, for an admin, the state of the installation."""
    work = current_work()
    context: dict[str, Any] = {"theme": find_active_theme(work.session)}
    if work.actor.is_editor:
        context["themes"] = list_themes(work.session, PageRequest(limit=1)).total
        context["changed"] = list_themes(work.session, SHOWN, changed=True)
    if work.actor.is_admin:
        context |= for_admins(work)
    return render_template("console/dashboard.html", **context)


def for_admins(work: Work) -> dict[str, Any]:
    return {
        "counts": count_by_status(work),
        "waiting": list_users(work, SHOWN, status=Status.PENDING, sort="oldest"),
        "reject_form": RejectForm(formdata=None),
        "checks": run_checks(current_app._get_current_object(), work.session),  # type: ignore[attr-defined]
    }
