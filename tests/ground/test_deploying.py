"""What is deployed with: the files agree with each other, with the settings and with what the code needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from werkzeug.serving import make_server

from config import Settings
from tests.installations import close_app
from webapp.app import create_app

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NOT_OURS = {"PATH", "PYTHONUNBUFFERED", "PYTHON_VERSION", "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}
"""Read by Python, pip and the platform."""


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def render() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "render.yaml").read_text())
    return loaded


def units() -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((ROOT / "deploy").glob("*.service"))}


def names() -> Iterator[tuple[str, str]]:
    """Every variable of the environment that is set for our own processes, with the file that does."""
    for command in procfile().values():
        yield from (("Procfile", name) for name in re.findall(r"\$\{?([A-Z_]+)", command))
    for line in re.findall(r"^ENV (.*)", DOCKERFILE, re.M):
        yield from (("Dockerfile", name) for name in re.findall(r"([A-Z_0-9]+)=", line))
    for service in compose()["services"].values():
        if service.get("image") == "rangoli":
            yield from (("compose.yaml", name) for name in service["environment"])
    variables = [v for group in render()["envVarGroups"] for v in group["envVars"]]
    variables += [v for service in render()["services"] for v in service.get("envVars", ())]
    yield from (("render.yaml", v["key"]) for v in variables if "key" in v)
    for file, unit in units().items():
        for line in re.findall(r"^Environment=(.*)", unit, re.M):
            yield from ((file, name) for name in re.findall(r"([A-Z_0-9]+)=", line))


@pytest.mark.parametrize(("file", "name"), sorted(set(names())))
def test_every_variable_is_a_documented_setting(file: str, name: str) -> None:
    assert name in NOT_OURS or f"`{name}`" in (ROOT / "docs/settings.md").read_text()


def test_the_web_is_started_everywhere_alike() -> None:
    web = procfile()["web"]
    assert f'CMD ["sh", "-c", "exec {web}"]' in DOCKERFILE
    assert [s["startCommand"] for s in render()["services"] if s["type"] == "web"] == [web]
    assert web.split("granian ")[1].split("--workers")[1].split(" --", 1)[1] in units()["rangoli-web.service"]


def test_the_worker_is_started_everywhere_alike() -> None:
    worker = procfile()["worker"]
    assert compose()["services"]["worker"]["command"] == worker
    assert [s["startCommand"] for s in render()["services"] if s["type"] == "worker"] == [worker]
    assert f".venv/bin/{worker}" in units()["rangoli-worker.service"]


def test_every_command_of_ours_exists(app: Flask) -> None:
    texts = [*procfile().values(), *units().values(), (ROOT / "compose.yaml").read_text()]
    texts += [(ROOT / "render.yaml").read_text(), (ROOT / "docs/deploying.md").read_text()]
    commands = {name for text in texts for name in re.findall(r"\bflask ([a-z][a-z-]+)", text)}
    assert {"setup", "worker"} <= commands <= set(app.cli.commands)


def test_the_image_runs_as_nobody_special_and_tells_its_health() -> None:
    last = DOCKERFILE.split("\nFROM ")[-1]
    assert re.findall(r"^USER (.*)", last, re.M) == ["rangoli"]
    assert "HEALTHCHECK" in last and "pip" not in last


def test_the_image_has_all_that_the_application_needs(tmp_path: Path, settings: Settings) -> None:
    """What the Dockerfile copies is enough to start, and the ignore file lets all of it through."""
    last = DOCKERFILE.split("\nFROM ")[-1]
    copied = [word for line in re.findall(r"^COPY (?!--)(.*) \S+$", last, re.M) for word in line.split()]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    assert {*copied, "requirements.txt"} == allowed
    for name in copied:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)  # with its bytecode, which saves compiling it
        else:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    environ = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_ORIGIN": "https://example.org",
        "DATA_DIR": str(tmp_path / "data"),
    }
    start = "import wsgi; from flask_migrate import upgrade\nwith wsgi.app.app_context(): upgrade()"
    command = [sys.executable, "-c", start]
    run = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_the_health_check_asks_under_our_own_name(settings: Settings) -> None:
    origin, hosts = "https://example.org", ("example.org",)
    app = create_app(replace(settings, environment="production", public_origin=origin, trusted_hosts=hosts))
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def check(public_origin: str) -> int:
        environ = {"PORT": str(server.server_port), "PUBLIC_ORIGIN": public_origin}
        command = [sys.executable, str(ROOT / "deploy/healthcheck.py")]
        return subprocess.run(command, env=environ, capture_output=True).returncode

    try:
        assert check("https://example.org") == 0
        assert check("https://other.example.org") != 0
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        close_app(app)
    assert check("https://example.org") != 0
