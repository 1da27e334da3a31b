"""Who may change how a person signs in: somebody who has proved to be them a moment ago."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.console.addresses import back
from webapp.console.sign_in import STEP, sign_in, waiting_person
from webapp.domain.accounts.models import User
from webapp.domain.accounts.second_factor import is_on
from webapp.domain.accounts.sign_in import admit
from webapp.domain.accounts.sign_in_steps import StepPurpose, end_step
from webapp.web import current_work

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def ask_to_confirm() -> ResponseReturnValue:
    """Ask for the password once more, and come back to the page."""
    wanted = request.path if request.method == "GET" else url_for("console.security")
    return redirect(url_for("console.confirm", next=wanted), 303)


def freshly_confirmed(view: View) -> View:
    """A view of a signed-in person that asks for the password first where that was long ago."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not current_user.session.is_fresh(current_work().now):
            return ask_to_confirm()
        return view(*args, **kwargs)

    return asked  # type: ignore[return-value]


def setting_up(view: View) -> View:
    """A view that sets a factor up for the person it is given.

    That is who is signed in, or has given the right password and must have a factor before anything else.
    Nobody sets up a factor in place of proving the one there is.
    """

    @wraps(view)
    def known(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if current_user.is_authenticated:
            return freshly_confirmed(view)(current_user.person, *args, **kwargs)
        user = waiting_person()
        if user is None or is_on(current_work().session, user):
            return redirect(url_for("console.login"), 303)
        return view(user, *args, **kwargs)

    return known  # type: ignore[return-value]


def finish(user: User, codes: Sequence[str]) -> ResponseReturnValue:
    """A factor is set up: who waited at the door is in, and new recovery codes are shown this once."""
    wanted = back(url_for("console.security" if current_user.is_authenticated else "console.dashboard"))
    if not current_user.is_authenticated:
        end_step(current_work(), session.get(STEP, ""), StepPurpose.SECOND)
        sign_in(admit(current_work(), user))
    return recovery_codes_page(codes, wanted) if codes else redirect(wanted, 303)


def recovery_codes_page(codes: Sequence[str], wanted: str) -> str:
    """Codes to be kept; they are nowhere else."""
    return render_template("console/account/recovery_codes.html", codes=codes, wanted=wanted)
