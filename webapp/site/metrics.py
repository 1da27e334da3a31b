"""``/metrics`` for Prometheus."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from webapp.access import public
from webapp.kernel.errors import Denied, Unauthenticated
from webapp.metrics import exposition

PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip")

blueprint = Blueprint("metrics", __name__)


@blueprint.route("/metrics")
@public
def read_metrics() -> Response:
    """The counts of all processes, for whoever knows the token or sits on this machine."""
    check_reader(current_app.config["METRICS_TOKEN"])
    response = Response(exposition(), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


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
