"""The request's unit of work: who asks, one transaction, and what happens after the commit."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache, wraps
from ipaddress import ip_address
from typing import Any, TypeVar
from uuid import UUID

import structlog
from flask import Flask, Response, after_this_request, current_app, g, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import BaseConverter, PathConverter, Rule

from webapp.access import access_of
from webapp.domain.accounts.models import USER_AGENT_MAX
from webapp.domain.audit.models import ADDRESS_MAX
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.db import INT_MAX, answering_within, is_storable, reading, stop_reading
from webapp.kernel.errors import Conflict, DomainError, FieldError, Invalid, Malformed, Stale, Unavailable
from webapp.kernel.work import Actor, Work
from webapp.ports import Ports
from webapp.this_request import this_request

log = structlog.get_logger(__name__)

DatabaseDown = OperationalError | ProgrammingError | PoolTimeout
"""A missing table is one or the other of the first two."""
DATABASE_PATIENCE = 5.0
"""Seconds after which a request gives up on a database server that is silent."""
_UNPRINTABLE = re.compile(r"[^ -~]")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

ActorLoader = Callable[[], Actor]
View = TypeVar("View", bound=Callable[..., Any])


class LazyRule(Rule):
    """A route that compiles what builds its address when it is first asked for one.

    Of some 400 routes a process builds a few; compiling all was most of an application's start. Werkzeug
    has no hook for it: this one is its private method, in the version that is pinned.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_it, compiled = super()._compile_builder, list[Callable[..., tuple[str, str]]]()

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_it(append_unknown))
            return compiled[0](rule, **values)

        return build


class Rangoli(Flask):
    """Flask with one transaction around each view, and a face-specific way to tell who asks."""

    url_rule_class = LazyRule

    actor_loaders: dict[str, ActorLoader]
    """Path prefix → how that face knows a person. Other paths serve everyone alike."""
    ports: Ports
    """The things outside, as the settings chose them."""

    def dispatch_request(self) -> ResponseReturnValue:
        here = this_request()
        if here.routing_exception is not None:
            self.raise_routing_exception(here)
        assert here.endpoint is not None
        safe = here.method in SAFE_METHODS
        with answering_within(DATABASE_PATIENCE), reading() if safe else nullcontext():
            try:
                check_path(here.view_args or {})
                work = begin_work(self.load_actor() if safe else self.load_actor_ahead())
                if here.method != "OPTIONS":  # a browser asks before it may send credentials
                    access_of(self, here.endpoint).check(work.actor)
                answer = super().dispatch_request()
                commit()
            except BaseException as error:
                settle(error)
                raise
        return answer

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is asynchronous, and asking each costs time in each request."""
        return func

    def load_actor(self) -> Actor:
        path = request.path
        for prefix, load in self.actor_loaders.items():
            if path.startswith(prefix):
                return load()
        return Actor()

    def load_actor_ahead(self) -> Actor:
        """The actor, read in a transaction of its own, so that SQLite's write lock is held for less time."""
        with reading():
            actor = self.load_actor()
            db.session.rollback()
        return actor


def begin_work(actor: Actor) -> Work:
    """Start this request's unit of work for ``actor``."""
    ports = current_ports()
    g.work = work = Work(
        db.session(),
        actor,
        utc_now(),
        request_id=g.get("request_id"),
        address=client_address(),
        user_agent=_agent(request.headers.get("User-Agent", "")),
        wake=ports.task_queue.wake,
        drop=ports.cache.drop,
    )
    return work


def client_address() -> str | None:
    """The IP address behind the trusted proxies; None where it is none (a socket file)."""
    return _address(request.remote_addr or "")


@lru_cache(maxsize=1024)
def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))[:ADDRESS_MAX]
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _agent(text: str) -> str | None:
    return _UNPRINTABLE.sub("", text)[:USER_AGENT_MAX] or None


def current_work() -> Work:
    """The unit of work of the present request."""
    work = g.work
    assert isinstance(work, Work)
    return work


def current_ports() -> Ports:
    """The things outside of the present application."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(app, Rangoli)
    return app.ports


def afterwards(act: Callable[[Work], object]) -> None:
    """Do something small in work of its own once the request is answered; a fault is only logged."""

    @after_this_request
    def run(response: Response) -> Response:
        _carry_out(act, "afterwards_failed")
        return response


def apart(app: Flask, act: Callable[[Work], object]) -> bool:
    """Do something small in work of its own, outside of requests; answers whether it is done."""
    with app.app_context(), answering_within(DATABASE_PATIENCE):
        return _carry_out(act, "apart_failed")


def _carry_out(act: Callable[[Work], object], failure: str) -> bool:
    work = Work(db.session(), Actor(), utc_now())
    try:
        act(work)
        commit_work(work)
    except Exception:
        db.session.rollback()
        log.exception(failure)
        return False
    return True


def preferred_language() -> str | None:
    """The language for mails that the present request's browser or app likes best of those there are."""
    known = current_ports().mail_renderer.languages
    wanted = (tag for code in request.accept_languages.values() for tag in (code, code.split("-")[0]))
    return next((tag.lower() for tag in wanted if tag.lower() in known), None)


def commit() -> None:
    """Commit this request's work, then run its after-commit hooks."""
    commit_work(current_work())


def commit_work(work: Work) -> None:
    """Commit ``work``, then run its after-commit hooks; a failing hook is logged, not shown."""
    hooks = work.take_hooks()
    if work.session.in_transaction():  # an answer that needed no rows has begun none
        work.session.commit()
    for hook in hooks:
        try:
            hook()
        except Exception:
            log.exception("after_commit_hook_failed")


def go_on() -> Work:
    """Commit what was done so far and answer fresh work, so that nothing slow keeps the database waiting."""
    actor = current_work().actor
    commit()
    return begin_work(actor)


def rollback() -> None:
    """Drop what this request has done so far, hooks included; it may go on with fresh work."""
    db.session.rollback()
    if "work" in g:
        g.work.take_hooks()


def writing_view(view: View) -> View:
    """A view that is asked with GET and writes all the same, such as one that counts its callers."""

    @wraps(view)
    def written(*args: Any, **kwargs: Any) -> Any:
        rollback()  # end what began as reading
        stop_reading()
        return view(*args, **kwargs)

    return written  # type: ignore[return-value]


def settle(error: BaseException) -> None:
    """End the transaction of a request that failed, and speak of database faults in our own words.

    Work is dropped, except where the error says that it must be kept (a refresh token that was
    replayed revokes its family although the answer is a refusal).
    """
    if isinstance(error, DomainError) and error.keeps_work:
        commit()
        return
    rollback()
    forget_successes()
    if isinstance(error, StaleDataError):
        raise Stale from error
    if isinstance(error, IntegrityError):
        raise Conflict from error
    is_down = isinstance(error, DatabaseDown) or getattr(error, "connection_invalidated", False)
    if is_down:
        raise Unavailable("The database is not available right now.", code="database_unavailable") from error
    if isinstance(error, StatementError) and isinstance(error.orig, ValueError):
        raise Malformed("The request holds text that cannot be stored.") from error


def forget_successes() -> None:
    """Take back what this request said was done: it is not."""
    if session.get("_flashes"):
        session["_flashes"] = [flash for flash in session["_flashes"] if flash[0] != "success"]


# --- values in paths ------------------------------------------------------------------------


class BadPathValue(str):
    """A path segment that is not of the kind its route asks for; answered with 422, not 404."""


class IdConverter(BaseConverter):
    """A positive integer id that fits a column: ``<id:theme_id>``."""

    def to_python(self, value: str) -> int | BadPathValue:
        if not (value.isascii() and value.isdigit() and len(value) <= len(str(INT_MAX))):
            return BadPathValue(value)
        return int(value) if int(value) <= INT_MAX else BadPathValue(value)


class UuidConverter(BaseConverter):
    """A UUID in its canonical form: ``<uuid:user_id>``."""

    def to_python(self, value: str) -> UUID | BadPathValue:
        try:
            found = UUID(value)
        except ValueError:
            return BadPathValue(value)
        return found if str(found) == value.lower() else BadPathValue(value)


class ObjectKeyConverter(PathConverter):
    """The key of an object in storage, which has slashes inside: ``<object_key:key>``."""

    def to_python(self, value: str) -> str:
        return value.removesuffix("/")


def check_path(view_args: dict[str, Any]) -> None:
    """Raise Invalid for path values that no resource can have."""
    errors = [
        FieldError(f"/path/{name}", "Not a valid identifier.", "invalid_type")
        for name, value in view_args.items()
        if isinstance(value, BadPathValue) or (isinstance(value, str) and not is_storable(value))
    ]
    if errors:
        raise Invalid(errors)
