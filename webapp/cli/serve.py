"""``flask serve``: set up, say where everything is, and serve until stopped."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys

import click
from flask import current_app, url_for
from flask.cli import with_appcontext

from webapp.cli.demo import load_demo
from webapp.cli.setup import prepare
from webapp.cli.work import in_plain_words
from webapp.domain.accounts.first_admin import make_token
from webapp.domain.accounts.queries import has_admin
from webapp.extensions import db

THREADS = 32
"""Of each web process: a request has one until its client has sent and got everything."""
CONNECTIONS = 2_000
"""To each web process at a time. Browsers keep theirs open for a while, and further ones are not answered."""
OPEN_FILES = 2 * CONNECTIONS
"""Of a process: its connections, and what it reads and writes besides."""
STOP_SECONDS = 30
"""How long a request may take to its end when the server is told to stop."""


@click.command("serve")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--worker/--no-worker", default=True, help="Whether a worker runs beside the web processes.")
@with_appcontext
def command(workers: int, worker: bool) -> None:
    """Set up, load the demo content on a first run, and serve the web with a worker beside it."""
    check_address(*address())
    with in_plain_words():
        is_first = prepare()
        if current_app.config["DEMO"] and (is_first or not has_admin(db.session())):
            load_demo()
    announce()
    if worker:
        start_worker()
    serve(workers)


def address() -> tuple[str, int]:
    """Where to listen: in development for this machine only."""
    config = current_app.config
    return "127.0.0.1" if config["ENVIRONMENT"] == "development" else "0.0.0.0", config["PORT"]  # noqa: S104


def check_address(host: str, port: int) -> None:
    """Raise ClickException unless a server can listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            words = f"Cannot listen on {host}:{port}: {error.strerror}. The setting PORT names another port."
            raise click.ClickException(words) from error


def announce() -> None:
    """Print where the console is and how to get in."""
    config = current_app.config
    origin = config["PUBLIC_ORIGIN"] or f"http://127.0.0.1:{config['PORT']}"
    with current_app.test_request_context(base_url=origin):
        console = url_for("console.dashboard")
        first_admin = url_for("console.first_admin", token=make_token(config["SECRET_KEY"]))
    click.echo(f"\n  Rangoli    {origin}/")
    click.echo(f"  Console    {origin}{console}")
    click.echo(f"  API docs   {origin}/docs")
    click.echo(f"  Stylesheet {origin}/themes/active.css")
    if not has_admin(db.session()):
        click.echo(
            "\n  There is no admin yet. Make the first one here (works once, for a day):"
            f"\n  {origin}{first_admin}"
        )
    click.echo("")


def start_worker() -> None:
    """Start a worker that ends when this process does, also after it has become the web server."""
    subprocess.Popen([sys.executable, "-m", "webapp.worker.keeper", str(os.getpid())])  # noqa: S603


def allow_open_files(number: int) -> None:
    """Let this process and those that it starts have ``number`` files open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def serve(workers: int) -> None:
    """Become the web server. The process is replaced, so that signals reach the server itself."""
    db.engine.dispose()
    allow_open_files(OPEN_FILES)
    sys.stdout.flush()
    host, port = address()
    arguments = [
        sys.executable,
        "-m",
        "granian",
        *("--interface", "wsgi"),
        *("--host", host),
        *("--port", str(port)),
        *("--workers", str(workers)),
        *("--blocking-threads", str(THREADS)),
        *("--backpressure", str(CONNECTIONS)),
        "--respawn-failed-workers",
        *("--workers-kill-timeout", str(STOP_SECONDS)),
        *("--log-level", "error"),  # its warnings are of numbers that are as they should be (ADR 10)
        "--no-ws",
        "wsgi:app",
    ]
    os.execv(sys.executable, arguments)  # noqa: S606
