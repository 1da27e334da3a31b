"""What state each part of an installation is in, for ``/health``, ``/admin/status`` and ``flask doctor``."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.domain.accounts.queries import has_admin
from webapp.domain.backups.queries import last_backup, period
from webapp.domain.mail.queries import find_trouble
from webapp.domain.themes.queries import find_active_theme
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Unavailable
from webapp.ports import BackupFolders, Mailer, Renderer, Storage
from webapp.web import current_ports

STARTED = time.monotonic()
LOW_DISK = 100 * 1024 * 1024
"""Bytes of free disk below which storage is in trouble."""


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


def run_checks(app: Flask, session: Session) -> list[Check]:
    """The state of every part, the needed ones first."""
    return [
        check_database(session),
        check_storage(app.config["DATA_DIR"], current_ports().storage),
        check_limits(app.config["REDIS_URL"]),
        check_mail(session, current_ports().mailer, utc_now()),
        check_setup(session),
        check_backups(session, current_ports().backups, utc_now()),
    ]


def check_database(session: Session) -> Check:
    """Whether the database answers and has the tables of this version."""
    try:
        session.execute(text("SELECT 1"))
        dialect = session.get_bind().dialect.name
        session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except SQLAlchemyError:
        session.rollback()
        return Check("database", "down", "does not answer, or has no tables", "Run `flask setup`.")
    return Check("database", "ok", "PostgreSQL" if dialect == "postgresql" else "SQLite")


def check_storage(data_dir: Path, storage: Storage) -> Check:
    """Whether the data folder can be written and has room, and files can be reached.

    Without the data folder nothing works; with files out of reach, pages and answers still do.
    """
    if not os.access(data_dir, os.W_OK):
        return Check("storage", "down", "the data folder cannot be written", "Mend DATA_DIR or its owner.")
    try:
        place = storage.check()
    except Unavailable as error:
        return Check("storage", "warning", error.detail, "Check the S3_ settings and the server behind them.")
    free = shutil.disk_usage(data_dir).free
    detail = f"{place}, {free // 2**20} MiB free in the data folder"
    if free < LOW_DISK:
        return Check("storage", "warning", detail, "Free some disk space.")
    return Check("storage", "ok", detail)


def check_limits(redis_url: str | None) -> Check:
    """Whether the store of rate limits answers."""
    if redis_url is None:
        return Check("limits", "ok", "counted in each process")
    try:
        Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2).ping()
    except RedisError:
        return Check(
            "limits", "warning", "Redis does not answer; counted in each process", "Check REDIS_URL."
        )
    return Check("limits", "ok", "Redis")


def check_renderer(renderer: Renderer) -> Check:
    """Whether there is a browser that draws cards."""
    try:
        return Check("renderer", "ok", renderer.check())
    except Unavailable as error:
        return Check("renderer", "warning", error.detail)


def check_mail(session: Session, mailer: Mailer, now: datetime) -> Check:
    """Whether mails reach people, and whether all of the last day could be handed over."""
    if not mailer.reaches_people:
        return Check("mail", "warning", "written to files that nobody receives", "Set SMTP_HOST.")
    try:
        trouble = find_trouble(session, now - timedelta(days=1))
    except SQLAlchemyError:
        session.rollback()
        return Check("mail", "down", "cannot be sent without the database", "Run `flask setup`.")
    if trouble is None:
        return Check("mail", "ok", "all of the last day were handed over")
    return Check("mail", "warning", trouble.reason or "", "Look at the mails in the console.")


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
