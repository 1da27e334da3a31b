"""``/metrics``: what is counted under which labels, who may read it, and the sums over processes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from config import Settings
from tests.conftest import MakeUser, post
from tests.installations import close_app, make_settings
from webapp.access import public
from webapp.app import create_app
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.registry import GiveUp, JobRun, handles
from webapp.kernel.errors import Unavailable
from webapp.metric_files import MetricFiles
from webapp.metrics import counting_render, exposition
from webapp.web import commit_work
from webapp.worker.running import Runner

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-the-scraper"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
REQUESTS = "rangoli_http_request_duration_seconds_count"


def samples(text: str, name: str = "") -> Samples:
    """All counts, or those of one name: reading the text takes long after many tests."""
    wanted = [line for line in text.splitlines() if line.startswith((name, "# "))]
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families("\n".join(wanted) + "\n")
        for sample in family.samples
    }


class Reading:
    """The counts now, and what has come to them since. Counts belong to the process, so tests compare."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.before = self.text()

    def text(self) -> str:
        return self.app.test_client().get("/metrics").get_data(as_text=True)

    def now(self, name: str) -> float:
        """A count without labels."""
        return samples(self.text(), name)[name, frozenset()]

    def since(self, name: str, **labels: str) -> float:
        """How much a count has grown up to the first time that this is asked."""
        key = (name, frozenset(labels.items()))
        after, before = (samples(text, name) for text in (self.after, self.before))
        return after.get(key, 0) - before.get(key, 0)

    @cached_property
    def after(self) -> str:
        return self.text()


@pytest.fixture
def reading(app: Flask) -> Reading:
    return Reading(app)


# --- what is counted ------------------------------------------------------------------------


def test_requests_are_counted_by_route_and_never_by_path(client: FlaskClient, reading: Reading) -> None:
    assert client.get("/api/v1/themes/1").status_code == 200
    assert client.get("/api/v1/themes/4711").status_code == 404
    assert client.get("/no/such/page/4712").status_code == 404
    assert client.open("/info", method="BREW").status_code == 405
    route = "/api/v1/themes/<id:theme_id>"
    assert reading.since(REQUESTS, method="GET", route=route, status="200") == 1
    assert reading.since(REQUESTS, method="GET", route=route, status="404") == 1
    assert reading.since(REQUESTS, method="GET", route="unmatched", status="404") == 1
    assert reading.since(REQUESTS, method="other", route="unmatched", status="405") == 1
    assert not re.search("/471[12]|BREW", client.get("/metrics").get_data(as_text=True))


def test_how_long_it_took_is_in_the_histogram(app: Flask, client: FlaskClient, reading: Reading) -> None:
    client.get("/info")
    labels = {"method": "GET", "route": "/info", "status": "200"}
    assert reading.since("rangoli_http_request_duration_seconds_bucket", le="+Inf", **labels) == 1
    assert reading.since("rangoli_http_request_duration_seconds_bucket", le="5.0", **labels) == 1
    assert 0 < reading.since("rangoli_http_request_duration_seconds_sum", **labels) < 5


@pytest.mark.own_installation
def test_a_fault_is_counted_and_leaves_nothing_in_progress(app: Flask) -> None:
    seen: list[float] = []

    def view() -> str:
        seen.append(now_in_progress())
        raise RuntimeError("a fault")

    def now_in_progress() -> float:
        name = "rangoli_http_requests_in_progress"
        return samples(exposition().decode(), name)[name, frozenset({("method", "POST")})]

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/probe", "probe", public(view), methods=["POST"])
    reading = Reading(app)
    assert app.test_client().post("/probe").status_code == 500
    assert reading.since(REQUESTS, method="POST", route="/probe", status="500") == 1
    assert now_in_progress() == seen[0] - 1


def test_answers_from_the_shelf_are_counted_once(client: FlaskClient, reading: Reading) -> None:
    etag = client.get("/themes/active.css").headers["ETag"]
    client.get("/themes/active.css")
    client.get("/themes/active.css", headers={"If-None-Match": etag})
    client.get("/api/v1/themes/active")
    client.get("/api/v1/themes/active")
    labels = {"method": "GET", "route": "/themes/<name>.css"}
    assert reading.since(REQUESTS, **labels, status="200") == 2
    assert reading.since(REQUESTS, **labels, status="304") == 1
    assert reading.since(REQUESTS, method="GET", route="/api/v1/themes/active", status="200") == 2


def test_sign_ins_by_every_way_in_and_outcome(
    client: FlaskClient, make_user: MakeUser, reading: Reading
) -> None:
    person, suspended = make_user(), make_user(status="suspended")

    def sign_in(username: str, password: str) -> None:
        client.post("/api/v1/auth/login", json={"username": username, "password": password})
        client.post("/api/v1/login/access-token", data={"username": username, "password": password})
        post(client, "/console/login", {"identifier": username, "password": password})

    sign_in(person.username, person.password)
    sign_in(person.username, "not the password")
    sign_in(suspended.username, suspended.password)
    for outcome in ("success", "invalid_credentials", "suspended"):
        assert reading.since("rangoli_logins_total", outcome=outcome) == 3, outcome


def test_registrations_by_outcome(client: FlaskClient, reading: Reading) -> None:
    body = {"username": "somebody", "password": "correct horse battery"}
    for _ in range(2):
        client.post("/api/v1/auth/register", json=body)
    client.post("/api/v1/users/signup", json={"email": "x@example.org", "password": body["password"]})
    assert reading.since("rangoli_registrations_total", outcome="success") == 2
    assert reading.since("rangoli_registrations_total", outcome="taken") == 1


@handles("metrics.works")
def works(run: JobRun) -> None:
    """A job that ends well."""


@handles("metrics.breaks", attempts=2)
def breaks(run: JobRun) -> None:
    raise RuntimeError("a fault")


@handles("metrics.gives_up")
def gives_up(run: JobRun) -> None:
    raise GiveUp("There is no use in it.")


def test_jobs_by_kind_and_outcome(app: Flask, reading: Reading) -> None:
    runner = Runner(app)  # type: ignore[arg-type]
    expected = {"metrics.works": "done", "metrics.breaks": "retried", "metrics.gives_up": "failed"}
    for kind in expected:
        with app.app_context():
            work = runner.begin()
            job_id = enqueue(work, kind, run_at=work.now + timedelta(seconds=1)).id
            commit_work(work)
        runner.run(job_id)
    for kind, outcome in expected.items():
        assert reading.since("rangoli_job_duration_seconds_count", kind=kind, outcome=outcome) == 1
    states = {state: reading.since("rangoli_jobs", state=state) for state in ("queued", "done", "failed")}
    assert states == {"queued": 1, "done": 1, "failed": 1}
    assert reading.now("rangoli_database_up") == 1
    assert reading.now("rangoli_worker_up") == 0
    runner.tick()
    assert reading.now("rangoli_worker_up") == 1


def test_pages_drawn_by_kind_and_outcome(reading: Reading) -> None:
    kind = "a kind of its own"  # what was counted before the first application is not in the files
    with counting_render(kind):
        pass
    with pytest.raises(Unavailable), counting_render(kind):
        raise Unavailable(code="renderer_unavailable")
    for outcome in ("success", "renderer_unavailable"):
        assert reading.since("rangoli_render_duration_seconds_count", kind=kind, outcome=outcome) == 1


# --- who may read it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1"),
        ({"Forwarded": "for=127.0.0.1"}, "127.0.0.1"),
        ({"Via": "1.1 proxy"}, "127.0.0.1"),
        ({"Host": "site.example.org"}, "127.0.0.1"),
        ({}, "192.0.2.7"),
        ({}, "::ffff:192.0.2.7"),
    ],
)
def test_without_a_token_only_this_machine(
    client: FlaskClient, headers: dict[str, str], address: str
) -> None:
    assert client.get("/metrics").status_code == 200
    refused = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert refused.status_code == 403
    assert b"rangoli_http" not in refused.data


@pytest.fixture
def guarded(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(make_settings(settings.database_url, settings.data_dir, metrics_token=TOKEN))
    yield app.test_client()
    close_app(app)


def test_with_a_token_whoever_knows_it(guarded: FlaskClient) -> None:
    far = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}
    for wrong in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = guarded.get("/metrics", headers=wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    answer = guarded.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, **far)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


# --- several processes ----------------------------------------------------------------------

PROGRAM = """
import os, sys
from pathlib import Path
from webapp import metrics
metrics.keep_metrics_in(Path(sys.argv[1]))
for line in sys.stdin:
    command, _, number = line.strip().partition(" ")
    if command == "count":
        for _ in range(int(number)):
            metrics.LOGINS.labels("success").inc()
        metrics.count_request("GET", "/x", 200, 0.0)
        metrics._in_progress("GET").inc()
    elif command == "fork":
        if (child := os.fork()) == 0:
            metrics.LOGINS.labels("success").inc()
            os._exit(0)
        os.waitpid(child, 0)
    print("done", flush=True)
"""


class Counter:
    """A process that counts when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, command: str) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Counter]]:
    counters: list[Counter] = []

    def start() -> Counter:
        counters.append(Counter(tmp_path / "metrics"))
        return counters[-1]

    yield start
    for counter in counters:
        counter.kill()


READER = """
import sys
from pathlib import Path
from webapp import metrics
metrics.keep_metrics_in(Path(sys.argv[1]))
sys.stdout.buffer.write(metrics.exposition())
"""


def read(folder: Path) -> dict[str, float]:
    """Logins, requests and requests in progress, as a process of its own reads them."""
    done = subprocess.run(
        [sys.executable, "-c", READER, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {
        name.removeprefix("rangoli_"): value
        for (name, _), value in samples(done.stdout).items()
        if name.endswith(("_count", "_total", "_in_progress"))
    }


def test_counts_of_dead_processes_stay_and_their_gauges_go(
    start: Callable[[], Counter], tmp_path: Path
) -> None:
    folder = tmp_path / "metrics"
    first, second = start(), start()
    first.do("count 3")
    second.do("count 4")
    whole = {"logins_total": 7, "http_request_duration_seconds_count": 2, "http_requests_in_progress": 2}
    assert read(folder) == whole
    first.kill()
    assert read(folder) == whole | {"http_requests_in_progress": 1}
    third = start()
    third.do("count 1")
    third.kill()
    third = start()
    third.do("count 2")
    assert read(folder) == {
        "logins_total": 10,
        "http_request_duration_seconds_count": 4,
        "http_requests_in_progress": 2,
    }
    assert len(list(folder.glob("counter_*.db"))) == 4, "three that live, one for all that ended"


def test_a_forked_child_counts_for_itself(start: Callable[[], Counter], tmp_path: Path) -> None:
    parent = start()
    parent.do("count 1")
    parent.do("fork")
    parent.do("count 1")
    assert read(tmp_path / "metrics")["logins_total"] == 3


def test_a_fresh_start_is_an_empty_folder(start: Callable[[], Counter], tmp_path: Path) -> None:
    only = start()
    only.do("count 5")
    only.kill()
    fresh = start()
    fresh.do("count 1")
    assert read(tmp_path / "metrics")["logins_total"] == 1


def test_this_process_is_alive_to_others(tmp_path: Path, start: Callable[[], Counter]) -> None:
    counter = start()
    counter.do("count 1")
    (name,) = (path.stem for path in (tmp_path / "metrics").glob("*.alive"))
    files = MetricFiles.__new__(MetricFiles)
    files.folder = tmp_path / "metrics"
    assert files.is_alive(name)
    counter.kill()
    assert not files.is_alive(name)
