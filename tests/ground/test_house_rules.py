"""The rules of the house that a program can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((ROOT / "webapp").rglob("*.py")), ROOT / "config.py", ROOT / "wsgi.py"]
MAY_COMMIT = ("webapp/web.py", "webapp/cli/", "webapp/kernel/sqlite.py")
MAY_READ_THE_ENVIRONMENT = ("config.py", "webapp/metric_files.py")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def offenders(pattern: str, *, allowed: tuple[str, ...] = ()) -> list[str]:
    """``file:line`` of each line that matches, outside the files that may."""
    expression = re.compile(pattern)
    return [
        f"{relative(path)}:{number}"
        for path in SOURCES
        if not relative(path).startswith(allowed or ("\0",))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if expression.search(line)
    ]


def test_imports_follow_the_floors_of_the_house() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout


def test_only_the_web_and_the_command_line_commit() -> None:
    assert offenders(r"\.commit\(", allowed=MAY_COMMIT) == []


def test_only_the_settings_read_the_environment() -> None:
    assert offenders(r"os\.environ|getenv", allowed=MAY_READ_THE_ENVIRONMENT) == []


def test_nothing_is_built_at_start_up_that_migrations_should_build() -> None:
    assert offenders(r"create_all") == []


def test_no_branch_on_testing() -> None:
    assert offenders(r"(?i)\bif .*\btesting\b") == []


def test_no_rooms_for_everything() -> None:
    assert [relative(p) for p in SOURCES if p.stem in ("utils", "util", "helpers", "common", "misc")] == []


def test_no_error_is_swallowed() -> None:
    assert offenders(r"except\s*:|except (Base)?Exception:\s*(pass)?$", allowed=MAY_COMMIT) == []


def test_docstrings_name_no_machine_and_no_other_host() -> None:
    known = (
        r"127\.0\.0\.1|localhost|card\.invalid|proxy\.invalid|sqlite\.org|example\.org|evil|cdn\.redoc\.ly"
    )
    known += (
        r"|accounts\.google\.com|(appleid|account)\.apple\.com|(api\.)?github\.com|(www|graph)\.facebook\.com"
    )
    assert offenders(rf"/work/|/root/|https?://(?!({known}))\w") == []


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield relative(path), node


def test_routes_are_short() -> None:
    """A route parses, calls one command or query and presents; 15 lines without decorators and docstring."""
    long = []
    for path, node in functions():
        routed = any("route(" in ast.unparse(decorator) for decorator in node.decorator_list)
        body = node.body[1:] if ast.get_docstring(node) else node.body
        if routed and body and (node.end_lineno or 0) - body[0].lineno + 1 > 15:
            long.append(f"{path}:{node.lineno} {node.name}")
    assert long == []


def test_public_functions_and_modules_say_what_they_are() -> None:
    silent = [
        relative(path)
        for path in SOURCES
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_have_one_subject(path: Path) -> None:
    """Some 300 lines are the sign to look for a second room; 400 are too many."""
    assert len(path.read_text().splitlines()) <= 400
