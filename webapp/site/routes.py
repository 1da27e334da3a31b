"""The start page, ``/health`` and ``/info``."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from webapp import __version__
from webapp.access import public
from webapp.checks import check_database, check_storage, process_facts
from webapp.domain.settings.queries import get_setting
from webapp.domain.themes.queries import find_active_theme
from webapp.kernel.clock import rfc3339
from webapp.web import current_ports, current_work

blueprint = Blueprint("site", __name__)

ENDPOINTS = (
    ("/themes/active.css", "The active theme as a stylesheet"),
    ("/api/v1/themes/active", "The active theme as JSON"),
    ("/api/v1/themes", "All themes"),
    ("/api/v1/openapi.json", "The whole API as OpenAPI 3.1"),
    ("/health", "The state of this server"),
)


@blueprint.route("/")
@public
def landing() -> ResponseReturnValue:
    """A page for people; for a client that asks for JSON, where things are."""
    session = current_work().session
    site_name = get_setting(session, "site_name")
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify({"message": f"Welcome to {site_name}", **facts(site_name)})
    theme = find_active_theme(session)
    return render_template("site/landing.html", site_name=site_name, theme=theme, endpoints=ENDPOINTS)


@blueprint.route("/info")
@public
def info() -> ResponseReturnValue:
    """What this server is."""
    return jsonify(facts(get_setting(current_work().session, "site_name")))


@blueprint.route("/health")
@public
def health() -> ResponseReturnValue:
    """GALLERY's health report; 503 when a needed part is down."""
    work = current_work()
    needed = (
        check_database(work.session),
        check_storage(current_app.config["DATA_DIR"], current_ports().storage),
    )
    is_up = all(check.status != "down" for check in needed)
    report = {
        "status": "healthy" if is_up else "unhealthy",
        "version": __version__,
        "environment": current_app.config["ENVIRONMENT"],
        "timestamp": rfc3339(work.now),
        "checks": {check.name: check.as_dict() for check in needed} | process_facts(),
    }
    return jsonify(report), 200 if is_up else 503, {"Cache-Control": "no-store"}


def facts(site_name: str) -> dict[str, str]:
    """Name, version and addresses, as ``/info`` and the start page's JSON tell them."""
    return {
        "name": site_name,
        "version": __version__,
        "environment": current_app.config["ENVIRONMENT"],
        "api": "/api/v1",
        "docs": "/docs",
        "openapi": "/api/v1/openapi.json",
        "stylesheet": "/themes/active.css",
    }
