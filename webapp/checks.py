"""What state each part of an installation is in, for ``/health``, ``/admin/status`` and ``flask doctor``."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.domain.accounts.queries import has_admin
from webapp.domain.backups.queries import last_backup, period
from webapp.domain.jobs.models import State
from webapp.domain.jobs.queries import queue_state
from webapp.domain.mail.queries import find_trouble
from webapp.domain.themes.queries import find_active_theme
from webapp.extensions import limiter
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import DomainError, Unavailable
from webapp.ports import BackupFolders, Cache, IdentityProvider, Mailer, Renderer, Scanner, Sheet, Storage
from webapp.web import current_ports

STARTED = time.monotonic()
LOW_DISK = 100 * 1024 * 1024
"""Bytes of free disk below which writing is in danger."""
SCRIPTS = {
    "Latin": "ą",
    "Devanagari": "अ",
    "Bengali": "অ",
    "Gurmukhi": "ਅ",
    "Gujarati": "અ",
    "Tamil": "அ",
    "Telugu": "అ",
    "Kannada": "ಅ",
    "Malayalam": "അ",
    "Arabic": "ع",
    "Chinese": "漢",
    "Japanese": "か",
    "Korean": "한",
    "emoji": "🪔",
}
"""Scripts that cards are written in, and a letter of each."""
LATE = timedelta(minutes=5)
"""How long a job that is due may wait before there are too few workers."""


@dataclass(frozen=True, slots=True)
class Check:
    """One part: ``status`` is ``ok``, ``warning`` or ``down``; ``mend`` says how to put it right."""

    name: str
    status: str
    detail: str
    mend: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Without advice where there is none to give."""
        return {name: value for name, value in asdict(self).items() if value and name != "name"}


def run_checks(app: Flask, session: Session, *, thorough: bool = False) -> list[Check]:
    """The state of every part, the needed ones first; ``thorough`` also asks what may take seconds."""
    ports, now = current_ports(), utc_now()
    cache = check_cache(ports.cache)
    return [
        check_database(session),
        check_disk(app.config["DATA_DIR"]),
        check_storage(app.config["DATA_DIR"], ports.storage),
        check_worker(session, now),
        check_mail(session, ports.mailer, now, thorough=thorough),
        cache,
        check_limits(
            app.config["REDIS_URL"],
            redis_answers=cache.status == "ok",
            is_production=app.config["ENVIRONMENT"] == "production",
        ),
        check_sign_in(ports.identity_providers, thorough=thorough),
        *([check_scanner(ports.scanner)] if ports.scanner else []),
        check_setup(session),
        check_backups(session, ports.backups, now),
        *([check_renderer(ports.renderer), check_fonts(ports.renderer)] if thorough else []),
    ]


def check_database(session: Session) -> Check:
    """Whether the database answers and has the tables of this version."""
    try:
        session.execute(text("SELECT 1"))
        dialect = session.get_bind().dialect.name
        revision = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except SQLAlchemyError:
        session.rollback()
        return Check("database", "down", "does not answer, or has no tables", "Run `flask setup`.")
    head, known = revisions(current_app.extensions["migrate"].directory)
    if revision not in known:  # while a newer version is rolled out, this one goes on serving
        return Check("database", "warning", "has the tables of a newer version", "Run that version.")
    if revision != head:
        return Check("database", "down", "has the tables of an older version", "Run `flask setup`.")
    return Check("database", "ok", "PostgreSQL" if dialect == "postgresql" else "SQLite")


@lru_cache
def revisions(folder: str) -> tuple[str | None, frozenset[str]]:
    """The newest migration of this version, and all of them."""
    scripts = ScriptDirectory(folder)
    return scripts.get_current_head(), frozenset(script.revision for script in scripts.walk_revisions())


def check_disk(data_dir: Path) -> Check:
    """Whether there is room for what is written."""
    try:
        free = shutil.disk_usage(data_dir).free
    except OSError:
        return Check("disk", "down", "the data folder is not there", "Mend DATA_DIR.")
    detail = f"{free // 2**20} MiB free for the data folder"
    if free < LOW_DISK:
        return Check("disk", "warning", detail, "Free some disk space.")
    return Check("disk", "ok", detail)


def check_storage(data_dir: Path, storage: Storage) -> Check:
    """Whether the data folder can be written, and files can be reached.

    Without the data folder nothing works; with files out of reach, pages and answers still do.
    """
    if not os.access(data_dir, os.W_OK):
        return Check("storage", "down", "the data folder cannot be written", "Mend DATA_DIR or its owner.")
    try:
        return Check("storage", "ok", storage.check())
    except Unavailable as error:
        return Check("storage", "warning", error.detail, "Check the S3_ settings and the server behind them.")


def check_worker(session: Session, now: datetime) -> Check:
    """Whether a worker was seen lately, and how the work stands."""
    try:
        queue = queue_state(session, now)
    except SQLAlchemyError:
        session.rollback()
        return Check("worker", "warning", "cannot be seen without the database")
    failed = queue.counts[State.FAILED]
    detail = f"{queue.depth} waiting, {queue.counts[State.RUNNING]} running, {failed} failed"
    if not queue.has_worker(now):
        last = queue.worker_seen_at
        seen = f"last seen {in_words(now - last)} ago" if last else "never seen"
        return Check("worker", "warning", f"{seen}; {detail}", "Start `flask worker`.")
    if queue.oldest_due and now - queue.oldest_due > LATE:
        late = in_words(now - queue.oldest_due)
        return Check("worker", "warning", f"{late} behind; {detail}", "Raise WORKER_PROCESSES.")
    if failed:
        return Check("worker", "warning", detail, "See why under Jobs in the console.")
    return Check("worker", "ok", detail)


def check_mail(session: Session, mailer: Mailer, now: datetime, *, thorough: bool) -> Check:
    """Whether mails reach people, and whether all of the last day could be handed over; ``thorough``
    also asks the mail server."""
    if not mailer.reaches_people:
        return Check("mail", "warning", "written to files that nobody receives", "Set SMTP_HOST.")
    try:
        place = f"{mailer.check()}; " if thorough else ""
        trouble = find_trouble(session, now - timedelta(days=1))
    except Unavailable as error:
        return Check("mail", "warning", error.detail, "Check the SMTP_ settings and the server behind them.")
    except SQLAlchemyError:
        session.rollback()
        return Check("mail", "down", "cannot be sent without the database", "Run `flask setup`.")
    if trouble is None:
        return Check("mail", "ok", f"{place}all of the last day were handed over")
    return Check("mail", "warning", trouble.reason or "", "Look at the mails in the console.")


def check_cache(cache: Cache) -> Check:
    """Whether what keeps answers ready can be reached."""
    try:
        return Check("cache", "ok", cache.check())
    except Unavailable as error:
        return Check("cache", "warning", f"{error.detail} Everything is made anew.", "Check REDIS_URL.")


def check_limits(redis_url: str | None, *, redis_answers: bool, is_production: bool) -> Check:
    """Where hits of rate limits are counted."""
    if not limiter.enabled:
        return Check("limits", "warning" if is_production else "ok", "switched off by RATE_LIMITS")
    if not limiter.storage.check():
        detail = "DATA_DIR/limits.db cannot be written; counted in each process"
        return Check("limits", "warning", detail, "Mend DATA_DIR or free some disk space.")
    if redis_url and not redis_answers:
        detail = "Redis does not answer; counted on each machine for itself"
        return Check("limits", "warning", detail, "Check REDIS_URL.")
    return Check("limits", "ok", "counted on this machine" + (" and in Redis" if redis_url else ""))


def check_sign_in(providers: Mapping[str, IdentityProvider], *, thorough: bool) -> Check:
    """With which accounts elsewhere people may sign in; ``thorough`` also asks those providers."""
    if not providers:
        return Check("sign_in", "ok", "with a password; no identity provider is set")
    try:
        for provider in providers.values() if thorough else ():
            provider.check()
    except Unavailable as error:
        return Check("sign_in", "warning", error.detail, "Check that this server reaches the internet.")
    ways = ", ".join(("a password", *(provider.label for provider in providers.values())))
    return Check("sign_in", "ok", f"with {ways}")


def check_scanner(scanner: Scanner) -> Check:
    """Whether uploads can be scanned; without that none is taken."""
    try:
        return Check("scanner", "ok", scanner.check())
    except Unavailable as error:
        return Check("scanner", "warning", error.detail, "Start clamd, or mend CLAMAV_ADDRESS.")


def check_renderer(renderer: Renderer) -> Check:
    """Whether there is a browser that draws cards."""
    try:
        return Check("renderer", "ok", renderer.check())
    except Unavailable as error:
        return Check("renderer", "warning", error.detail)


def check_fonts(renderer: Renderer) -> Check:
    """Whether cards in these scripts have fonts, as the browser that draws them says."""
    try:
        missing = renderer.measure(Sheet("".join(SCRIPTS.values()), 300, 300)).missing_characters
    except DomainError:
        return Check("fonts", "warning", "cannot be seen without a browser")
    without = [script for script, letter in SCRIPTS.items() if letter in missing]
    if without:
        mend = "Install them (Debian: apt-get install fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji)."
        return Check("fonts", "warning", f"none for {', '.join(without)}", mend)
    return Check("fonts", "ok", ", ".join(SCRIPTS))


def check_setup(session: Session) -> Check:
    """Whether there is an admin and an active theme."""
    try:
        missing = [
            words
            for words, found in (
                ("no active theme: run `flask setup`", find_active_theme(session) is not None),
                ("no admin: run `flask create-admin`", has_admin(session)),
            )
            if not found
        ]
    except SQLAlchemyError:
        session.rollback()
        return Check("setup", "down", "cannot be read without the database", "Run `flask setup`.")
    return Check("setup", "warning", "; ".join(missing)) if missing else Check("setup", "ok", "complete")


def check_backups(session: Session, folders: BackupFolders, now: datetime) -> Check:
    """How old the last backup is, and whether that is older than it should be by a day."""
    last = last_backup(folders)
    detail = f"the last one is {in_words(now - last.made_at)} old" if last else "none yet"
    try:
        every = period(session)
    except SQLAlchemyError:
        session.rollback()
        return Check("backups", "warning", detail)
    if every is None:
        return Check("backups", "ok", f"{detail}; none is made by itself")
    if last is None or last.made_at + every + timedelta(days=1) < now:
        return Check("backups", "warning", detail, "Run `flask backup`, and see that `flask worker` runs.")
    return Check("backups", "ok", detail)


def in_words(age: timedelta) -> str:
    """An age in days, hours or minutes."""
    units = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
    unit, size = next((pair for pair in units if age >= pair[1]), units[-1])
    number = max(age // size, 0)
    return f"{number} {unit}{'' if number == 1 else 's'}"


def process_facts() -> dict[str, Any]:
    """Memory in MiB at its highest, and seconds since the start, of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mib = peak / (2**20 if sys.platform == "darwin" else 2**10)
    return {"memory": {"peak_mib": round(mib, 1)}, "uptime": round(time.monotonic() - STARTED, 1)}
