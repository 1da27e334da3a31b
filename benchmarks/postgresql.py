"""A PostgreSQL server for the time of a benchmark: a named one, or one of our own in a temporary folder."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.servers import free_port

ACCOUNT = "postgres"
"""The account that runs the server when the benchmark itself runs as root, which PostgreSQL refuses."""


class NoPostgreSQL(Exception):
    """There is no PostgreSQL to measure with; the message says why."""


@contextmanager
def server(url: str | None = None) -> Iterator[str]:
    """The address of a server where databases may be made: ``url`` itself, or a new server's."""
    if url is not None:
        yield url
        return
    programs = _programs()
    account = _account()
    with tempfile.TemporaryDirectory(prefix="bench-postgresql-") as name:
        folder = Path(name)
        if account:
            shutil.chown(folder, account)
        port = free_port()

        def call(program: str, *arguments: str) -> None:
            _call([str(programs / program), "-D", str(folder / "data"), *arguments], folder, account)

        call("initdb", "--username=bench", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        call("pg_ctl", "start", "--wait", "--silent", f"--log={folder / 'log'}", f"--options={settings}")
        try:
            yield f"postgresql://bench@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """The SQLAlchemy address of a new, empty database on that server, dropped at the end."""
    name = f"bench_{secrets.token_hex(6)}"
    _administer(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(server_url)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()
    finally:
        _administer(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _administer(server_url: str, statement: sql.Composed) -> None:
    try:
        with psycopg.connect(server_url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)
    except psycopg.OperationalError as error:
        raise NoPostgreSQL(f"PostgreSQL cannot be reached: {error}") from error


def _programs() -> Path:
    """The folder of ``initdb`` and ``pg_ctl``: on the path, or where Debian keeps them."""
    on_path = shutil.which("pg_ctl")
    if on_path and shutil.which("initdb"):
        return Path(on_path).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if not installed:
        raise NoPostgreSQL(
            "PostgreSQL is not installed. On Debian or Ubuntu: sudo apt-get install postgresql"
        )
    return installed[-1]


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT).pw_name
    except KeyError:
        raise NoPostgreSQL(f"PostgreSQL does not run as root, and there is no account {ACCOUNT}.") from None


def _call(command: list[str], folder: Path, account: str | None) -> None:
    identity: dict[str, Any] = {"user": account, "group": account, "extra_groups": []} if account else {}
    # Not a pipe: the server would inherit it and the call would wait for the server to end.
    with open(folder / "output", "w+") as output:
        done = subprocess.run(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, check=False, **identity
        )
        if done.returncode != 0:
            output.seek(0)
            raise NoPostgreSQL(f"PostgreSQL did not start: {output.read().strip()}")
