"""``/metrics`` for Prometheus."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from webapp.access import public
from webapp.domain.jobs.queries import queue_state
from webapp.domain.mail.queries import count_mails
from webapp.kernel.errors import Denied, Unauthenticated
from webapp.kernel.work import SYSTEM, Work
from webapp.metrics import exposition
from webapp.web import current_work

PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")

blueprint = Blueprint("metrics", __name__)


@blueprint.route("/metrics")
@public
def read_metrics() -> Response:
    """The counts of all processes, for whoever knows the token or sits on this machine."""
    check_reader(current_app.config["METRICS_TOKEN"])
    response = Response(exposition(state_of_the_installation()), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def state_of_the_installation() -> list[Metric]:
    """What the database knows: whether it answers, and how the work stands."""
    work = current_work()
    up = GaugeMetricFamily("rangoli_database_up", "Whether the database answers.")
    try:
        queue = queue_state(work.session, work.now)
        mails_by_status = count_mails(Work(work.session, SYSTEM, work.now))
    except SQLAlchemyError:
        up.add_metric([], 0)
        return [up]
    up.add_metric([], 1)
    jobs = GaugeMetricFamily("rangoli_jobs", "Jobs in the table, by state.", labels=["state"])
    for state, number in queue.counts.items():
        jobs.add_metric([state], number)
    mails = GaugeMetricFamily("rangoli_mails", "Mails in the log, by status.", labels=["status"])
    for status, number in mails_by_status.items():
        mails.add_metric([status], number)
    waiting = GaugeMetricFamily("rangoli_jobs_oldest_due_seconds", "How long the oldest due job waits.")
    waiting.add_metric([], (work.now - queue.oldest_due).total_seconds() if queue.oldest_due else 0)
    worker = GaugeMetricFamily("rangoli_worker_up", "Whether a worker was seen lately.")
    worker.add_metric([], queue.has_worker(work.now))
    return [up, jobs, mails, waiting, worker]


def check_reader(token: str | None) -> None:
    """Raise Unauthenticated without the bearer ``token``; with none set, Denied to all but this machine."""
    if token is None:
        if not is_from_this_machine():
            raise Denied("Set METRICS_TOKEN to read the metrics from another machine.")
        return
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise Unauthenticated("The metrics need their bearer token.")


def is_from_this_machine() -> bool:
    """Whether the request came from loopback to loopback, with no trace of a proxy between."""
    if any(name in request.headers for name in PROXY_HEADERS):
        return False
    host = urlsplit(f"//{request.host}").hostname or ""
    return _is_loopback(request.remote_addr or "") and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
