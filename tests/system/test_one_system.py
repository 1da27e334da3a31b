"""Two web processes on different ports, a worker, one Redis and one PostgreSQL behave as one system."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.documents import theme_document
from tests.conftest import MakeUser
from tests.installations import SECRET_KEY, Installation, close_app, make_settings
from tests.services import free_port
from webapp.app import create_app
from webapp.domain.backups.commands import request_backup
from webapp.web import commit_work
from webapp.worker.running import Runner

pytestmark = pytest.mark.own_installation

ROOT = Path(__file__).resolve().parents[2]
METRICS_TOKEN = "a-token-for-the-scraper"
LOGIN = "/api/v1/auth/login"
ME = "/api/v1/auth/me"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Caller:
    """Asks one web process, as a client with a token or as a browser with the cookies of ``jar``."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def ask(
        self,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        jar: http.cookiejar.CookieJar | None = None,
        form: dict[str, str] | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        try:
            answer = opener.open(urllib.request.Request(self.origin + path, data, headers), timeout=20)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return Answer(answer.status, answer.headers, answer.read().decode())

    def login(self, username: str, password: str) -> Answer:
        return self.ask(LOGIN, {"username": username, "password": password})

    def count(self, metric: str) -> float:
        """The value of the one sample that begins so."""
        text = self.ask("/metrics", token=METRICS_TOKEN).text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(metric))


@dataclass(frozen=True)
class System:
    """Two web processes and what they share."""

    one: Caller
    other: Caller
    installation: Installation
    redis_url: str
    log: Path


@pytest.fixture
def system(installation: Installation, redis_url: str) -> Iterator[System]:
    """Everything started as in production."""
    environ = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")} | {
        "ENVIRONMENT": "production",
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_ORIGIN": "http://127.0.0.1",
        "DATABASE_URL": installation.database.url,
        "DATA_DIR": str(installation.folder.data),
        "REDIS_URL": redis_url,
        "METRICS_TOKEN": METRICS_TOKEN,
    }
    ports = [free_port(), free_port()]
    commands = [
        ["granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "2", "wsgi:app"]
        for port in ports
    ]
    commands.append(["flask", "--app", "wsgi", "worker", "--processes", "1"])
    log = installation.folder.root / "log"
    with log.open("w") as output:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=output, stderr=output
            )
            for command in commands
        ]
    one, other = (Caller(f"http://127.0.0.1:{port}") for port in ports)
    try:
        for caller in (one, other):
            wait(lambda caller=caller: is_up(caller), "a web process did not start", log)
        yield System(one, other, installation, redis_url, log)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def is_up(caller: Caller) -> bool:
    try:
        return caller.ask("/health").status == 200
    except OSError:
        return False


def wait(condition: Callable[[], bool], trouble: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{trouble}:\n{log.read_text()}")
        time.sleep(0.05)


def test_one_system(system: System, make_user: MakeUser) -> None:
    admin = make_user("admin")
    tokens = system.one.login(admin.username, admin.password).json
    a_theme_published_on_one_is_served_by_the_other(system, tokens["access_token"])
    a_job_is_done_by_the_worker(system, tokens["access_token"])
    a_token_is_valid_on_both_until_it_is_revoked_on_one(system, tokens)
    a_session_of_the_console_is_valid_on_both(system, admin.username, admin.password)
    limits_are_shared(system, used=2)
    metrics_are_those_of_all(system)


def a_theme_published_on_one_is_served_by_the_other(system: System, token: str) -> None:
    for color, caller, reader in (
        ("#112288", system.one, system.other),
        ("#882211", system.other, system.one),
    ):
        before = reader.ask("/themes/active.css")
        theme = caller.ask("/api/v1/themes", theme_document(color, primary=color), token=token)
        assert theme.status == 201
        assert caller.ask(f"/api/v1/themes/{theme.json['id']}/activate", {}, token=token).status == 200
        after = reader.ask("/themes/active.css")
        assert after.headers["ETag"] != before.headers["ETag"]
        assert reader.ask("/api/v1/themes/active").json["id"] == theme.json["id"]


def a_token_is_valid_on_both_until_it_is_revoked_on_one(system: System, tokens: dict[str, Any]) -> None:
    assert system.other.ask(ME, token=tokens["access_token"]).status == 200
    again = system.other.ask("/api/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]}).json
    assert system.one.ask(ME, token=again["access_token"]).status == 200
    assert system.other.ask("/api/v1/auth/logout", {}, token=again["access_token"]).status == 200
    for token in (tokens["access_token"], again["access_token"]):
        assert [caller.ask(ME, token=token).status for caller in (system.one, system.other)] == [401, 401]


def a_session_of_the_console_is_valid_on_both(system: System, username: str, password: str) -> None:
    jar = http.cookiejar.CookieJar()
    page = system.one.ask("/console/login", jar=jar)
    form = {"csrf_token": csrf_token(page), "identifier": username, "password": password}
    assert 'action="/console/logout"' in system.one.ask("/console/login", form=form, jar=jar).text
    page = system.other.ask("/console", jar=jar)
    assert 'action="/console/logout"' in page.text
    system.other.ask("/console/logout", form={"csrf_token": csrf_token(page)}, jar=jar)
    assert 'name="identifier"' in system.one.ask("/console", jar=jar).text


def csrf_token(page: Answer) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def limits_are_shared(system: System, used: int) -> None:
    callers = [system.one, system.other] * 4
    with ThreadPoolExecutor(len(callers)) as pool:
        statuses = list(pool.map(lambda caller: caller.login("nobody", "not a password").status, callers))
    assert sorted(statuses) == [401] * (5 - used) + [429] * (len(callers) - 5 + used)


def a_job_is_done_by_the_worker(system: System, token: str) -> None:
    settings = make_settings(
        system.installation.database.url, system.installation.folder.data, redis_url=system.redis_url
    )
    app = create_app(settings)
    with app.app_context():
        work = Runner(app).begin()
        job_id = request_backup(work).id
        commit_work(work)
    close_app(app)
    for caller in (system.one, system.other):
        wait(
            lambda caller=caller: caller.ask(f"/api/v1/jobs/{job_id}", token=token).json["state"] == "done",
            "the worker did not do the job",
            system.log,
        )


def metrics_are_those_of_all(system: System) -> None:
    logins = 'rangoli_http_request_duration_seconds_count{method="POST",route="/api/v1/auth/login"'
    for caller in (system.one, system.other):
        assert caller.count(logins) == 9, "one by the admin, eight by nobody"
        assert caller.count('rangoli_job_duration_seconds_count{kind="backups.make",outcome="done"}') >= 1, (
            "and the first scheduled one"
        )
        assert caller.count("rangoli_worker_up") == 1
