"""The console's sign-in: a random token in the cookie, its session in the database."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from functools import partial

from flask import Flask, Request, Response, flash, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import UserMixin, current_user, login_user, logout_user

from webapp.domain.accounts.models import User, UserSession
from webapp.domain.accounts.second_factor import needs_second_step
from webapp.domain.accounts.sessions import is_seen_late, note_seen
from webapp.domain.accounts.sign_in import admit, end_session, find_console_session, start_console_session
from webapp.domain.accounts.sign_in_steps import StepPurpose, begin_step, find_step
from webapp.extensions import db, login
from webapp.kernel.clock import utc_now
from webapp.kernel.work import ANONYMOUS, Work
from webapp.web import afterwards, current_work

login.session_protection = None

STEP = "step"
"""Where the cookie keeps the token of the second step."""
SEEING = "seeing"
"""Where the cookie keeps with whose eyes an admin looks, and since when."""
IN_CONSOLE = re.compile(r"/console(?![^/?#])")


class ConsoleSessions(SecureCookieSessionInterface):
    """Flask's cookie session for the console alone: no other path opens one or varies by cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if request.path.startswith("/console") else None


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps: the cookie's token and the session behind it."""

    def __init__(self, token: str, session: UserSession) -> None:
        self.token = token
        self.session = session
        self.seen: User | None = None
        """With whose eyes they look, where they do."""

    def get_id(self) -> str:
        return self.token

    @property
    def person(self) -> User:
        return self.seen or self.session.user


@login.user_loader
def load_session(token: str) -> SignedIn | None:
    found = find_console_session(Work(db.session(), ANONYMOUS, utc_now()), token)
    if found is not None and is_seen_late(found.last_seen_at, utc_now()):
        afterwards(partial(note_seen, session_id=found.id))
    return SignedIn(token, found) if found else None


def sign_in(user: User) -> None:
    """Start a session with a fresh identifier; what the visitor's cookie held before is dropped."""
    session.clear()
    session.permanent = True
    token = secrets.token_urlsafe(32)
    login_user(SignedIn(token, start_console_session(current_work(), user, token)))


def enter(user: User, wanted: str) -> Response:
    """Let a person with the right password in, or lead on to the second step."""
    work = current_work()
    if not needs_second_step(work.session, user):
        sign_in(admit(work, user))
        return redirect(wanted, 303)  # type: ignore[return-value]
    session.clear()
    session[STEP] = secrets.token_urlsafe(32)
    begin_step(work, session[STEP], StepPurpose.SECOND, user)
    return redirect(url_for("console.second_step", next=wanted), 303)  # type: ignore[return-value]


def waiting_person() -> User | None:
    """Who has given the right password in this browser, and has still to prove more."""
    step = find_step(current_work(), session.get(STEP, ""), StepPurpose.SECOND)
    return step.user if step is not None else None


def sign_out() -> None:
    """End the session in the database and in the browser."""
    if current_user.is_authenticated:
        own = replace(current_work(), actor=current_user.session.user.as_actor())
        end_session(own, current_user.session.id)
    forget_sign_in()


def forget_sign_in() -> None:
    """Let the browser forget a session that is no longer in the database."""
    logout_user()
    session.clear()


def send_to_login() -> Response:
    """Ask for a sign-in and come back afterwards to the page that was wanted."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.method != "GET":
        flash("You were signed out. Sign in and try again.", "warning")
    return redirect(url_for("console.login", next=wanted), 303)  # type: ignore[return-value]


def local_path(target: str | None) -> str:
    """``target`` if it is a path of this server's console, otherwise the dashboard.

    Browsers drop tabs and line breaks and read ``\\`` as ``/``, so anything but plain printable ASCII
    behind a single slash is refused (``/\\t/evil.example`` would leave the site).
    """
    is_plain = all("!" <= c <= "~" and c != "\\" for c in target or "")
    return target if target and is_plain and IN_CONSOLE.match(target) else url_for("console.dashboard")
