"""Settings: the only reader of the environment.

``Settings.from_env()`` reads the process environment and a ``.env`` file beside it, names every
problem at once in a :class:`ConfigError`, and refuses to start a production server without its secrets.
Every setting is documented in ``docs/settings.md``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from webapp.kernel import setting_values as values

SECRET_KEY_MIN = 32
WEAK_SECRETS = frozenset({"changethis", "change-me", "changeme", "secret", "your-secret-key"})
PASSWORD_MIN = 8
IDENTITY_PROVIDERS = (
    ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    ("FACEBOOK_CLIENT_ID", "FACEBOOK_CLIENT_SECRET"),
    ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"),
    ("APPLE_CLIENT_ID", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY"),
)
"""What each needs, all of it or nothing."""

T = TypeVar("T")


class ConfigError(Exception):
    """The environment does not make a working configuration. ``problems`` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("Rangoli cannot start:\n" + "\n".join(f"  - {p}" for p in problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations. Sizes are in bytes."""

    environment: str
    secret_key: str
    database_url: str
    data_dir: Path
    port: int = 8000
    public_origin: str | None = None
    frontend_origin: str | None = None
    content_origin: str | None = None
    cors_origins: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    redis_url: str | None = None
    metrics_token: str | None = None
    sentry_dsn: str | None = None
    worker_processes: int = 2
    rate_limits: bool = True
    demo: bool = False
    first_superuser: str | None = None
    first_superuser_password: str | None = None
    max_file_size: int = 10 * 1024 * 1024
    upload_quota: int = 500 * 1024 * 1024
    chromium: str | None = None
    clamav_address: str | None = None
    s3_bucket: str | None = None
    s3_access_key_id: str | None = None
    s3_secret_access_key: str | None = None
    s3_endpoint_url: str | None = None
    s3_region: str = "us-east-1"
    s3_path_style: bool = False
    s3_public_url: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_user: str | None = None
    smtp_password: str | None = None
    smtp_tls: bool = True
    smtp_ssl: bool = False
    mail_from: str | None = None
    mail_reply_to: str | None = None
    webhook_private_addresses: bool = False
    google_client_id: str | None = None
    google_client_secret: str | None = None
    facebook_client_id: str | None = None
    facebook_client_secret: str | None = None
    github_client_id: str | None = None
    github_client_secret: str | None = None
    apple_client_id: str | None = None
    apple_team_id: str | None = None
    apple_key_id: str | None = None
    apple_private_key: str | None = None
    app_redirects: tuple[str, ...] = ()

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        host = urlsplit(self.public_origin).hostname if self.public_origin else "localhost"
        return self.mail_from or f"rangoli@{host}"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def serves_https(self) -> bool:
        """Whether browsers reach this server over HTTPS, so that cookies can be ``Secure``."""
        return (self.public_origin or "").startswith("https://")

    @property
    def origin(self) -> str:
        """The address of this server, for links that people follow from elsewhere."""
        return self.public_origin or f"http://127.0.0.1:{self.port}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from ``environ`` (default: ``.env``, overridden by the process environment).

        Raises :class:`ConfigError` naming every problem.
        """
        if environ is None:
            from_file = {k: v for k, v in dotenv_values(".env").items() if v is not None}
            environ = {**from_file, **os.environ}
        return _Reader(environ).settings()


class _Reader:
    """Reads one environment and collects what is wrong with it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = {k: v.strip() for k, v in environ.items()}
        self.problems: list[str] = []

    def settings(self) -> Settings:
        environment = self.value("ENVIRONMENT", values.choice("development", "production"), "development")
        production = environment == "production"
        data_dir = self.data_dir()
        public_origin = self.value("PUBLIC_ORIGIN", values.origin, None)
        if production and public_origin is None and "PUBLIC_ORIGIN" not in self.blamed:
            self.problems.append(
                "PUBLIC_ORIGIN is missing: the address people reach this server at, "
                "such as https://example.org."
            )
        if production and self.environ.get("FLASK_DEBUG") not in (None, "", "0"):
            self.problems.append("FLASK_DEBUG must be off in production: its error pages show and run code.")
        smtp_ssl = self.value("SMTP_SSL", values.switch, False)
        content_origin = self.value("CONTENT_ORIGIN", values.origin, None)
        if content_origin is not None and content_origin == public_origin:
            self.problems.append(
                "CONTENT_ORIGIN must be another origin than PUBLIC_ORIGIN: that is what it is for."
            )
        settings = Settings(
            environment=environment,
            secret_key=self.secret_key(production, data_dir),
            database_url=self.value("DATABASE_URL", values.database_url, f"sqlite:///{data_dir}/rangoli.db"),
            data_dir=data_dir,
            port=self.value("PORT", values.number(1, 65535), 8000),
            public_origin=public_origin,
            frontend_origin=self.value("FRONTEND_ORIGIN", values.origin, None),
            content_origin=content_origin,
            cors_origins=self.value("CORS_ORIGINS", values.origins, () if production else ("*",)),
            trusted_hosts=self.value(
                "TRUSTED_HOSTS", values.hosts, self.default_hosts(public_origin, content_origin)
            ),
            proxy_hops=self.value("PROXY_HOPS", values.number(0, 10), 0),
            redis_url=self.value("REDIS_URL", values.redis_url, None),
            metrics_token=self.value("METRICS_TOKEN", values.token, None),
            sentry_dsn=self.value("SENTRY_DSN", values.sentry_dsn, None),
            worker_processes=self.value("WORKER_PROCESSES", values.number(1, 64), 2),
            rate_limits=self.value("RATE_LIMITS", values.switch, True),
            demo=self.value("DEMO", values.switch, not production),
            first_superuser=self.environ.get("FIRST_SUPERUSER") or None,
            first_superuser_password=self.superuser_password(),
            max_file_size=self.value("MAX_FILE_SIZE", values.number(2**10, 100 * 2**20), 10 * 2**20),
            upload_quota=self.value("UPLOAD_QUOTA", values.number(0, 999_999_999), 500 * 2**20),
            chromium=self.value("CHROMIUM", values.program, None),
            clamav_address=self.value("CLAMAV_ADDRESS", values.socket_address, None),
            **self.s3(),
            smtp_host=self.environ.get("SMTP_HOST") or None,
            smtp_port=self.value("SMTP_PORT", values.number(1, 65535), 465 if smtp_ssl else 587),
            smtp_user=self.environ.get("SMTP_USER") or None,
            smtp_password=self.environ.get("SMTP_PASSWORD") or None,
            smtp_tls=self.value("SMTP_TLS", values.switch, not smtp_ssl),
            smtp_ssl=smtp_ssl,
            webhook_private_addresses=self.value("WEBHOOK_PRIVATE_ADDRESSES", values.switch, False),
            mail_from=self.value("MAIL_FROM", values.mail_address, None),
            mail_reply_to=self.value("MAIL_REPLY_TO", values.mail_address, None),
            **self.identity_providers(),
            app_redirects=self.value("APP_REDIRECTS", values.app_redirects, ()),
        )
        self.check_mail(settings)
        if self.problems:
            raise ConfigError(self.problems)
        return settings

    # --- one setting ---

    @property
    def blamed(self) -> set[str]:
        return {problem.split(" ", 1)[0] for problem in self.problems}

    def value(self, name: str, parse: Callable[[str], T], default: T) -> T:
        text = self.environ.get(name)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            self.problems.append(f"{name} {error}.")
            return default

    def data_dir(self) -> Path:
        """The folder of everything that is kept, which is made."""
        folder = Path(self.environ.get("DATA_DIR") or "./data").resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.problems.append(f"DATA_DIR is {folder}, which cannot be made: {error.strerror}.")
        else:
            if not os.access(folder, os.W_OK | os.X_OK):
                self.problems.append(f"DATA_DIR is {folder}, which cannot be written to.")
        return folder

    def secret_key(self, production: bool, data_dir: Path) -> str:
        key = self.environ.get("SECRET_KEY", "")
        if not production and not key:
            return "" if "DATA_DIR" in self.blamed else _kept_secret(data_dir / "secret_key")
        if not key:
            self.problems.append(
                "SECRET_KEY is missing: a random text that only this installation knows, "
                'such as the output of `python -c "import secrets; print(secrets.token_urlsafe(48))"`.'
            )
        elif production and (len(key) < SECRET_KEY_MIN or key.lower() in WEAK_SECRETS or len(set(key)) < 8):
            self.problems.append(f"SECRET_KEY is too weak: use at least {SECRET_KEY_MIN} random characters.")
        return key

    def superuser_password(self) -> str | None:
        password = self.environ.get("FIRST_SUPERUSER_PASSWORD") or None
        if bool(password) != bool(self.environ.get("FIRST_SUPERUSER")):
            self.problems.append(
                "FIRST_SUPERUSER and FIRST_SUPERUSER_PASSWORD go together: set both or neither."
            )
        production = self.environ.get("ENVIRONMENT") == "production"
        if password and production and (len(password) < PASSWORD_MIN or password.lower() in WEAK_SECRETS):
            self.problems.append(
                "FIRST_SUPERUSER_PASSWORD is too weak: use at least 8 characters of your own."
            )
        return password

    def s3(self) -> dict[str, Any]:
        """The bucket, or nothing of it; a server that is not Amazon's is spoken to in path style."""
        needed = ("S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
        optional = ("S3_ENDPOINT_URL", "S3_REGION", "S3_PATH_STYLE", "S3_PUBLIC_URL")
        if not any(self.environ.get(name) for name in (*needed, *optional)):
            return {}
        self.need_together(needed)
        endpoint = self.value("S3_ENDPOINT_URL", values.web_address, None)
        return {
            **{name.lower(): self.environ.get(name) for name in needed},
            "s3_endpoint_url": endpoint,
            "s3_region": self.environ.get("S3_REGION") or "us-east-1",
            "s3_path_style": self.value("S3_PATH_STYLE", values.switch, endpoint is not None),
            "s3_public_url": self.value("S3_PUBLIC_URL", values.web_address, None),
        }

    def identity_providers(self) -> dict[str, Any]:
        """How this installation is registered with each provider that people may sign in with."""
        found: dict[str, Any] = {}
        for names in IDENTITY_PROVIDERS:
            if any(self.environ.get(name) for name in names):
                self.need_together(names)
                found |= {name.lower(): self.environ.get(name) or None for name in names}
        if found.get("apple_private_key"):
            found["apple_private_key"] = self.value("APPLE_PRIVATE_KEY", values.private_key, None)
        return found

    def need_together(self, names: tuple[str, ...]) -> None:
        """Blame those of ``names`` that are not there, since others of them are."""
        for name in names:
            if not self.environ.get(name):
                self.problems.append(
                    f"{name} is missing: {', '.join(names)} go together, or are all left out."
                )

    def check_mail(self, settings: Settings) -> None:
        """What the settings of mail need of each other."""
        if settings.smtp_host and not settings.mail_from and "MAIL_FROM" not in self.blamed:
            self.problems.append("MAIL_FROM is missing: the address that mails come from.")
        if settings.smtp_tls and settings.smtp_ssl:
            self.problems.append("SMTP_TLS and SMTP_SSL exclude each other: set one of them to off.")
        if bool(settings.smtp_user) != bool(settings.smtp_password):
            self.problems.append("SMTP_USER and SMTP_PASSWORD go together: set both or neither.")

    @staticmethod
    def default_hosts(public_origin: str | None, content_origin: str | None) -> tuple[str, ...]:
        if public_origin is None:
            return ()
        origins = dict.fromkeys(filter(None, (public_origin, content_origin)))
        return tuple(urlsplit(origin).hostname or "" for origin in origins)


def _kept_secret(path: Path) -> str:
    """A random key of a development installation, made once and kept in its data folder."""
    with suppress(FileNotFoundError):
        return path.read_text()
    key = secrets.token_urlsafe(48)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(key)
    except FileExistsError:  # another process was first
        return path.read_text()
    return key
