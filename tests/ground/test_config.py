"""Settings: read once, every problem named, no production without its secrets."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir

import pytest

from config import ConfigError, Settings
from tests.identity_provider import TEAM_KEY
from webapp.app import create_app
from webapp.cli.setup import prepare
from webapp.extensions import db

GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "kP2v9-xQ7_mZr4Lw8Tt1Yb6Nc3Hd5Fg0Js",
    "PUBLIC_ORIGIN": "https://rangoli.example.org",
}


def problems(**environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({"DATA_DIR": gettempdir(), **environ})
    return [problem.split(" ", 1)[0] for problem in caught.value.problems]


def test_development_needs_nothing(tmp_path: Path) -> None:
    settings = Settings.from_env({"DATA_DIR": str(tmp_path)})
    assert settings.environment == "development"
    assert settings.database_url == f"sqlite:///{tmp_path}/rangoli.db"
    assert len(settings.secret_key) >= 32


def test_the_development_secret_is_kept_and_private(tmp_path: Path) -> None:
    first = Settings.from_env({"DATA_DIR": str(tmp_path)}).secret_key
    assert Settings.from_env({"DATA_DIR": str(tmp_path)}).secret_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_data_folder_that_cannot_be_is_named_with_the_rest(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert problems(DATA_DIR=f"{tmp_path}/file", PORT="x") == ["DATA_DIR", "PORT"]
    assert problems(DATA_DIR=f"{tmp_path}/file/folder") == ["DATA_DIR"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to the superuser")
def test_a_data_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert problems(DATA_DIR=str(tmp_path)) == ["DATA_DIR"]


def test_production_starts_with_its_secrets(tmp_path: Path) -> None:
    settings = Settings.from_env({**GOOD, "DATA_DIR": str(tmp_path)})
    assert settings.trusted_hosts == ("rangoli.example.org",)
    assert settings.serves_https
    assert settings.cors_origins == ()
    assert not settings.demo


def test_production_names_everything_that_is_missing() -> None:
    assert problems(ENVIRONMENT="production") == ["PUBLIC_ORIGIN", "SECRET_KEY"]


@pytest.mark.parametrize("key", ["changethis", "short", "a" * 64, "your-secret-key"])
def test_11_production_refuses_a_weak_secret(key: str) -> None:
    assert problems(**{**GOOD, "SECRET_KEY": key}) == ["SECRET_KEY"]


def test_11_production_refuses_to_debug() -> None:
    assert problems(**{**GOOD, "FLASK_DEBUG": "1"}) == ["FLASK_DEBUG"]


def test_production_refuses_a_default_password() -> None:
    environ = {**GOOD, "FIRST_SUPERUSER": "a@example.org", "FIRST_SUPERUSER_PASSWORD": "changethis"}
    assert problems(**environ) == ["FIRST_SUPERUSER_PASSWORD"]


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    found = problems(
        DATA_DIR=str(tmp_path),
        ENVIRONMENT="staging",
        PORT="70000",
        PROXY_HOPS="-1",
        DATABASE_URL="mysql://x",
        REDIS_URL="http://x",
        RATE_LIMITS="maybe",
        PUBLIC_ORIGIN="example.org/path",
        CORS_ORIGINS="ftp://x",
        TRUSTED_HOSTS="a b",
        FIRST_SUPERUSER="a@example.org",
    )
    assert sorted(found) == [
        "CORS_ORIGINS",
        "DATABASE_URL",
        "ENVIRONMENT",
        "FIRST_SUPERUSER",
        "PORT",
        "PROXY_HOPS",
        "PUBLIC_ORIGIN",
        "RATE_LIMITS",
        "REDIS_URL",
        "TRUSTED_HOSTS",
    ]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_addresses_of_hosting_platforms_are_taken(tmp_path: Path, scheme: str) -> None:
    settings = Settings.from_env({"DATA_DIR": str(tmp_path), "DATABASE_URL": f"{scheme}://u:p@db/x"})
    assert settings.database_url == "postgresql+psycopg://u:p@db/x"


@pytest.mark.parametrize("path", ["", ":memory:", "?mode=ro"])
def test_a_database_has_a_place(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL must begin with"):
        Settings.from_env({"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{path}"})


def test_a_relative_database_lies_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_env({"DATABASE_URL": "sqlite:///here.db"})
    app = create_app(settings)
    with app.app_context():
        prepare()
        db.session.remove()
        db.engine.dispose()
    assert (tmp_path / "here.db").exists()
    assert app.test_client().get("/themes/active.css").status_code == 200


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = Settings.from_env({"DATA_DIR": str(tmp_path)})
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]


S3 = {"S3_BUCKET": "pictures", "S3_ACCESS_KEY_ID": "id", "S3_SECRET_ACCESS_KEY": "secret"}


def test_a_bucket_is_set_whole_or_not_at_all(tmp_path: Path) -> None:
    assert problems(DATA_DIR=str(tmp_path), S3_REGION="auto") == list(S3)
    assert problems(DATA_DIR=str(tmp_path), S3_BUCKET="pictures") == list(S3)[1:]
    settings = Settings.from_env({"DATA_DIR": str(tmp_path), **S3})
    assert (settings.s3_region, settings.s3_path_style) == ("us-east-1", False)
    elsewhere = {"S3_ENDPOINT_URL": "http://127.0.0.1:9000/", "S3_PUBLIC_URL": "https://files.example.org/a/"}
    settings = Settings.from_env({"DATA_DIR": str(tmp_path), **S3, **elsewhere})
    assert (settings.s3_endpoint_url, settings.s3_path_style) == ("http://127.0.0.1:9000", True)
    assert settings.s3_public_url == "https://files.example.org/a"


def test_an_identity_provider_is_set_whole_or_not_at_all() -> None:
    assert problems(GOOGLE_CLIENT_ID="x", APPLE_CLIENT_ID="org.example", APPLE_PRIVATE_KEY="no key") == [
        *("GOOGLE_CLIENT_SECRET", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY")
    ]


def test_a_key_of_apple_may_have_its_line_breaks_written(tmp_path: Path) -> None:
    pem = TEAM_KEY.as_pem(private=True).decode()
    apple = {"APPLE_CLIENT_ID": "org.example", "APPLE_TEAM_ID": "T", "APPLE_KEY_ID": "K"}
    for text in (pem, pem.replace("\n", "\\n")):
        settings = Settings.from_env({**apple, "APPLE_PRIVATE_KEY": text, "DATA_DIR": str(tmp_path)})
        assert settings.apple_private_key.strip() == pem.strip()


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "no address", "org.example.app:/a b", "x:/#y", "/signed-in"]
)
def test_wrong_addresses_of_apps(text: str) -> None:
    assert problems(APP_REDIRECTS=text) == ["APP_REDIRECTS"]


def test_wrong_settings_of_files(tmp_path: Path) -> None:
    wrong = {
        "S3_ENDPOINT_URL": "nowhere",
        "S3_PATH_STYLE": "yes",
        "S3_PUBLIC_URL": "ftp://x",
        "MAX_FILE_SIZE": "1",
    }
    found = problems(DATA_DIR=str(tmp_path), **S3, **wrong)
    assert sorted(found) == ["MAX_FILE_SIZE", "S3_ENDPOINT_URL", "S3_PATH_STYLE", "S3_PUBLIC_URL"]
