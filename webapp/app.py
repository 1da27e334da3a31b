"""The application factory: the only place that knows every part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, g, render_template, request
from sqlalchemy import make_url
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

import webapp.jobs
import webapp.models  # every model must be known before the first query
import webapp.own_data  # noqa: F401
from config import Settings
from webapp.access import public, require_declarations
from webapp.adapters.cache.memory import MemoryCache
from webapp.adapters.change_counter.sqlite import SqliteChangeCounter, SqliteContentCounter
from webapp.adapters.images.process import ChildProcessImages
from webapp.adapters.images.variant_folder import VariantFolder
from webapp.adapters.limits.shared import SharedStorage
from webapp.adapters.mail.folder import FolderMailer
from webapp.adapters.mail.smtp import SmtpMailer
from webapp.adapters.mail.templates import TemplateRenderer
from webapp.adapters.renderer.chromium import ChromiumRenderer
from webapp.adapters.scanner import ClamdScanner
from webapp.adapters.storage.local import LocalStorage
from webapp.adapters.storage.s3 import Bucket, S3Storage
from webapp.adapters.task_queue.celery import CeleryTaskQueue, make_celery
from webapp.adapters.webhooks.http import HttpWebhookSender
from webapp.api.auth import configure_jwt, load_bearer
from webapp.api.content.converter import ContentTypeConverter, SubjectConverter
from webapp.api.content.totals import KeptTotals
from webapp.api.json_provider import OrjsonProvider
from webapp.api.openapi import register_api
from webapp.api.problems import MEDIA_TYPE, problem
from webapp.cli import register_commands
from webapp.concurrency import LimitConcurrency
from webapp.console import register_console
from webapp.console.see_as import load_cookie
from webapp.console.sign_in import ConsoleSessions, send_to_login
from webapp.extensions import cors, csrf, db, jwt, limiter, login, migrate
from webapp.faults import Fault, fault_of
from webapp.headers import set_security_headers
from webapp.kernel.errors import DomainError
from webapp.kernel.json_text import load_stored
from webapp.kernel.sqlite import prepare_engine
from webapp.logs import configure_logging, log_requests
from webapp.metrics import count_requests, keep_metrics_in
from webapp.ports import (
    BackupFolders,
    Cache,
    ChangeCounter,
    IdentityProvider,
    Mailer,
    Ports,
    Site,
    Storage,
)
from webapp.rewrites import RewritePaths
from webapp.site import register_site
from webapp.site.shelf import Shelf
from webapp.site.variant_shelf import VariantShelf
from webapp.static_files import version_static_files
from webapp.web import IdConverter, ObjectKeyConverter, Rangoli, UuidConverter
from webapp.worker.command import command as worker_command

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from webapp.adapters.change_counter.postgresql import PostgresqlContentCounter

ROOT = Path(__file__).resolve().parent.parent
JSON_TYPES = ("application/json", MEDIA_TYPE)
BODY_MAX = 1024 * 1024
"""Bytes of a request body; routes that take files raise it, routes that take less lower it."""


def create_app(settings: Settings) -> Rangoli:
    """A configured application that has not yet touched its database."""
    configure_logging(as_json=settings.is_production)
    if settings.sentry_dsn:
        from webapp.fault_reports import report_faults  # its library takes a while to load

        report_faults(settings.sentry_dsn, settings.environment)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    keep_metrics_in(settings.data_dir / "metrics")
    app = Rangoli(__name__, root_path=str(ROOT))
    connect_ports(app, settings)
    app.actor_loaders = {"/api/": load_bearer, "/console": load_cookie}
    configure(app, settings)
    bind_extensions(app, settings)
    register_faces(app)
    register_error_handlers(app)
    log_requests(app)
    count_requests(app)
    set_security_headers(app, https=settings.serves_https)
    require_declarations(app)
    keep_answers(app, settings)
    return app


def keep_answers(app: Rangoli, settings: Settings) -> None:
    """Give the application new middleware, and all else that remembers what was answered."""
    themes, content = change_counters(settings)
    app.extensions["kept_totals"] = KeptTotals(content)
    front: WSGIApplication = LimitConcurrency(
        Flask.wsgi_app.__get__(app), make_url(settings.database_url).get_backend_name()
    )
    front = VariantShelf(front, app.ports.variant_files, https=settings.serves_https)
    front = RewritePaths(Shelf(front, themes, content))
    hops = settings.proxy_hops
    if hops:
        front = ProxyFix(front, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = front  # type: ignore[method-assign]


def connect_ports(app: Rangoli, settings: Settings) -> None:
    """Give the application the things outside that the settings name."""
    app.extensions["celery"] = celery = make_celery(settings.redis_url, settings.data_dir)
    storage = make_storage(settings)
    media = storage.folder if isinstance(storage, LocalStorage) else None
    scanner = ClamdScanner(settings.clamav_address) if settings.clamav_address else None
    app.ports = Ports(
        task_queue=CeleryTaskQueue(celery),
        cache=make_cache(settings),
        storage=storage,
        backups=BackupFolders(settings.data_dir / "backups", media),
        mailer=make_mailer(settings),
        mail_renderer=TemplateRenderer(ROOT / "templates" / "mail"),
        site=make_site(settings),
        renderer=ChromiumRenderer(settings.chromium),
        images=ChildProcessImages(scanner),
        variant_files=VariantFolder(settings.data_dir / "variants"),
        scanner=scanner,
        webhooks=HttpWebhookSender(allow_private=settings.webhook_private_addresses),
        identity_providers=make_identity_providers(settings),
    )


def make_cache(settings: Settings) -> Cache:
    if settings.redis_url is None:
        return MemoryCache(settings.data_dir / "cache")
    from webapp.adapters.cache.redis import RedisCache  # its library takes its time to load

    return RedisCache(settings.redis_url)


def make_storage(settings: Settings) -> Storage:
    """The bucket that the settings name, or a folder."""
    if (
        settings.s3_bucket is None
        or settings.s3_access_key_id is None
        or settings.s3_secret_access_key is None
    ):
        return LocalStorage(settings.data_dir / "media", settings.origin, settings.secret_key)
    bucket = Bucket(
        name=settings.s3_bucket,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key,
        endpoint_url=settings.s3_endpoint_url,
        region=settings.s3_region,
        path_style=settings.s3_path_style,
        public_url=settings.s3_public_url,
    )
    return S3Storage(bucket, settings.origin)


def configure(app: Flask, settings: Settings) -> None:
    """Translate our settings to those of Flask and its extensions."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        ENVIRONMENT=settings.environment,
        DATA_DIR=settings.data_dir,
        PORT=settings.port,
        PUBLIC_ORIGIN=settings.public_origin,
        DEMO=settings.demo,
        MAX_FILE_SIZE=settings.max_file_size,
        UPLOAD_QUOTA=settings.upload_quota,
        REDIS_URL=settings.redis_url,
        METRICS_TOKEN=settings.metrics_token,
        WORKER_PROCESSES=settings.worker_processes,
        FIRST_SUPERUSER=settings.first_superuser,
        FIRST_SUPERUSER_PASSWORD=settings.first_superuser_password,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=BODY_MAX,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,
            "json_deserializer": load_stored,
        },
        SESSION_COOKIE_NAME="rangoli_session",
        SESSION_COOKIE_PATH="/console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.serves_https,
        SESSION_REFRESH_EACH_REQUEST=False,  # late answers would take messages away
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=f"{SharedStorage.STORAGE_SCHEME[0]}://",
        RATELIMIT_STORAGE_OPTIONS={
            "path": str(settings.data_dir / "limits.db"),
            "redis_url": settings.redis_url,
        },
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_HEADERS_ENABLED=True,
        CORS_ORIGINS=list(settings.cors_origins),
        CORS_EXPOSE_HEADERS=[
            *("ETag", "X-Total-Count", "X-Next-Cursor", "X-Request-Id", "Retry-After", "Location"),
        ],
    )
    app.json = OrjsonProvider(app)
    app.session_interface = ConsoleSessions()
    app.url_map.strict_slashes = False
    app.url_map.converters.update(
        id=IdConverter,
        uuid=UuidConverter,
        object_key=ObjectKeyConverter,
        content_type=ContentTypeConverter,
        subject=SubjectConverter,
    )
    configure_jwt(app)


def bind_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        if db.engine.dialect.name == "postgresql":
            from webapp.adapters.postgresql import connect_promptly  # its library takes its time to load

            connect_promptly(db.engine)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    jwt.init_app(app)
    login.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    if settings.cors_origins:
        cors.init_app(app, resources=r"/api/.*")


def register_faces(app: Flask) -> None:
    register_api(app)
    register_console(app)
    register_site(app)
    register_commands(app)
    app.cli.add_command(worker_command)
    version_static_files(app)
    public(app.view_functions["static"])


def register_error_handlers(app: Flask) -> None:
    """Errors as problems for the API and as pages for everybody else."""

    def answer(error: Exception) -> Response:
        fault = fault_of(error)
        if fault.status >= 500:
            app.logger.error("request failed", exc_info=error)
        if request.path.startswith("/api/"):
            return problem(fault)
        if isinstance(error, SecurityError):  # without a host that is ours there is no address to link
            return Response(f"{fault.detail}\n", fault.status, mimetype="text/plain")
        if fault.status == 401 and request.path.startswith("/console"):
            return send_to_login()
        return error_page(fault)

    app.register_error_handler(DomainError, answer)
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, answer)


def error_page(fault: Fault) -> Response:
    """An error for a person, or as a problem for a client that asks for JSON."""
    g.fault = fault  # the page must come up without asking a database that may be the trouble
    if request.accept_mimetypes.best_match(["text/html", *JSON_TYPES]) in JSON_TYPES:
        return problem(fault)
    response = Response(render_template("errors/error.html", fault=fault), fault.status, mimetype="text/html")
    response.headers.update(fault.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def make_mailer(settings: Settings) -> Mailer:
    """SMTP where there is a server; else files, which reach people in development only."""
    if settings.smtp_host is None:
        return FolderMailer(settings.data_dir / "mail", reaches_people=not settings.is_production)
    return SmtpMailer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password,
        starttls=settings.smtp_tls,
        implicit_tls=settings.smtp_ssl,
    )


def make_site(settings: Settings) -> Site:
    """What mails and links need to know of this installation."""
    return Site(
        origin=settings.origin,
        frontend_origin=settings.frontend_origin,
        sender=settings.sender,
        reply_to=settings.mail_reply_to,
        secret=settings.secret_key.encode(),
        content_origin=settings.content_origin,
        frontend_origins=frontend_origins(settings),
        app_redirects=settings.app_redirects,
    )


def frontend_origins(settings: Settings) -> tuple[str, ...]:
    """The origins that browsers may be sent back to; ``*`` lets anybody call the API, but not that."""
    local = () if settings.is_production else ("http://localhost", "http://127.0.0.1")
    named = (settings.frontend_origin, *settings.cors_origins, *local)
    return tuple(origin for origin in named if origin and origin != "*")


def make_identity_providers(settings: Settings) -> dict[str, IdentityProvider]:
    """The providers that the settings name, in the order in which people are offered them."""
    made: dict[str, IdentityProvider] = {}
    if settings.google_client_id and settings.google_client_secret:
        from webapp.adapters.oauth.openid import Google  # their libraries take their time to load

        made["google"] = Google(settings.google_client_id, settings.google_client_secret)
    if settings.apple_client_id and settings.apple_team_id and settings.apple_key_id:
        from webapp.adapters.oauth.apple import Apple

        key = settings.apple_private_key or ""
        made["apple"] = Apple(settings.apple_client_id, settings.apple_team_id, settings.apple_key_id, key)
    if settings.facebook_client_id and settings.facebook_client_secret:
        from webapp.adapters.oauth.facebook import Facebook

        made["facebook"] = Facebook(settings.facebook_client_id, settings.facebook_client_secret)
    if settings.github_client_id and settings.github_client_secret:
        from webapp.adapters.oauth.github import GitHub

        made["github"] = GitHub(settings.github_client_id, settings.github_client_secret)
    return made


def change_counters(
    settings: Settings,
) -> tuple[ChangeCounter, SqliteContentCounter | PostgresqlContentCounter]:
    """That of themes and that of content."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        path = str(Path(url.database or "").resolve())
        return SqliteChangeCounter(path), SqliteContentCounter(path)
    from webapp.adapters.change_counter import postgresql  # its library takes its time to load

    server = postgresql.Watched(url.set(drivername="postgresql").render_as_string(hide_password=False))
    return postgresql.PostgresqlChangeCounter(server), postgresql.PostgresqlContentCounter(server)
