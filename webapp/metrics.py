"""What is counted, in every process of an installation, and how Prometheus reads it.

The faces, the worker and the adapters count; the domain knows nothing of it. Labels only hold words of
ours (route patterns, codes, kinds), never what a caller sent, so that their number is bounded.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from flask import Flask, Request, Response, g
from prometheus_client import Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.registry import Collector

from webapp.kernel.errors import DomainError
from webapp.metric_files import MetricFiles
from webapp.this_request import this_request

ROUTE = "rangoli.route"
"""Where a request's environment tells its route pattern, for those who keep the answer."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUEST_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 5.0)
JOB_BUCKETS = (0.01, 0.1, 0.5, 2.5, 10.0, 60.0)

REQUESTS = Histogram(
    "rangoli_http_request_duration_seconds",
    "Requests answered: how many and how long, by route pattern.",
    ["method", "route", "status"],
    registry=None,
    buckets=REQUEST_BUCKETS,
)
IN_PROGRESS = Gauge(
    "rangoli_http_requests_in_progress",
    "Requests being answered by the application now.",
    ["method"],
    registry=None,
    multiprocess_mode="livesum",
)
LOGINS = Counter(
    "rangoli_logins", "Sign-ins tried, by outcome: success or a problem code.", ["outcome"], registry=None
)
REGISTRATIONS = Counter(
    "rangoli_registrations", "Registrations tried, by outcome likewise.", ["outcome"], registry=None
)
CACHE = Counter(
    "rangoli_cache_lookups", "Look-ups in the cache: hit, miss or unavailable.", ["result"], registry=None
)
JOBS = Histogram(
    "rangoli_job_duration_seconds",
    "Attempts at jobs by kind and outcome: done, retried, failed, lost.",
    ["kind", "outcome"],
    registry=None,
    buckets=JOB_BUCKETS,
)
RENDERS = Histogram(
    "rangoli_render_duration_seconds",
    "Pages drawn by the browser, by what they became, and outcome: success or a problem code.",
    ["kind", "outcome"],
    registry=None,
    buckets=JOB_BUCKETS,
)

_files: MetricFiles | None = None


def keep_metrics_in(folder: Path) -> None:
    """Count into ``folder``. Counts belong to the process: the first application in it decides."""
    global _files
    if _files is None:
        _files = MetricFiles(folder)


class _Found(Collector):
    """Metrics that were read from elsewhere, as a registry takes them."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def exposition(found: Iterable[Metric] = ()) -> bytes:
    """The counts of all processes, and what was ``found``, in Prometheus' text format (version 0.0.4)."""
    assert _files is not None
    with _files.reading():
        registry = _files.registry()
        registry.register(_Found(list(found)))
        return generate_latest(registry)


# --- requests -------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _request_series(method: str, route: str, status: int) -> Histogram:
    return REQUESTS.labels(method, route, str(status))


@lru_cache
def _in_progress(method: str) -> Gauge:
    return IN_PROGRESS.labels(method)


def count_request(method: str, route: str, status: int, started: float) -> None:
    """Count an answered request; ``route`` is a pattern, ``started`` a ``time.perf_counter()``."""
    _request_series(method, route, status).observe(time.perf_counter() - started)


def count_requests(app: Flask) -> None:
    """Count what the application answers. What stands in front of it counts for itself."""

    @app.before_request
    def begin() -> None:
        g.counted_from = time.perf_counter()
        g.in_progress = gauge = _in_progress(_method(this_request()))
        gauge.inc()

    @app.after_request
    def end(response: Response) -> Response:
        if (started := g.get("counted_from")) is not None:
            here = this_request()
            route = here.url_rule.rule if here.url_rule is not None else "unmatched"
            here.environ[ROUTE] = route
            count_request(_method(here), route, response.status_code, started)
        return response

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if (gauge := g.pop("in_progress", None)) is not None:
            gauge.dec()


def _method(here: Request) -> str:
    return here.method if here.method in METHODS else "other"


# --- jobs and outcomes -------------------------------------------------------------------------------


def count_job(kind: str, outcome: str, started: float) -> None:
    """Count an attempt at a job that began at ``started``, a ``time.perf_counter()``."""
    JOBS.labels(kind, outcome).observe(time.perf_counter() - started)


def count_cache(result: str) -> None:
    """Count a look-up in the cache."""
    CACHE.labels(result).inc()


@contextmanager
def counting(counter: Counter) -> Iterator[None]:
    """Count how a block ends: ``success``, or the code of the error that leaves it."""
    try:
        yield
    except DomainError as error:
        counter.labels(error.code).inc()
        raise
    counter.labels("success").inc()


@contextmanager
def counting_render(kind: str) -> Iterator[None]:
    """Count a page being drawn as a ``png``, ``pdf`` or the like, with its time and how it ends."""
    started, outcome = time.perf_counter(), "success"
    try:
        yield
    except DomainError as error:
        outcome = error.code
        raise
    finally:
        RENDERS.labels(kind, outcome).observe(time.perf_counter() - started)
