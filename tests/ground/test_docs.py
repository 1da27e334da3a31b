"""The documentation names every setting, code and dependency, and what it points at is there."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from webapp.domain.settings.registry import DEFINITIONS
from webapp.faults import CODE_OF_STATUS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = "\n".join(path.read_text() for path in sorted((ROOT / "webapp").rglob("*.py")))


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


@pytest.mark.parametrize("name", [field.name.upper() for field in fields(Settings)])
def test_every_setting(name: str) -> None:
    assert f"`{name}`" in read("settings.md")


@pytest.mark.parametrize("key", [definition.key for definition in DEFINITIONS])
def test_every_product_setting(key: str) -> None:
    assert f"`{key}`" in read("settings.md")


def problem_codes() -> set[str]:
    named = set(re.findall(r'\bcode ?= ?"([a-z_]+)"', SOURCES)) - {"error"}
    return named | set(CODE_OF_STATUS.values()) | {"internal_error", "http_error"}


@pytest.mark.parametrize("code", sorted(problem_codes()))
def test_every_problem_code(code: str) -> None:
    assert f"`{code}`" in read("problems.md").split("## Codes of fields")[0]


CODE_AT = {"FieldError": 2, "Coded": 1, "TokenError": 0, "ColorError": 0}
"""Which argument of these calls is the code."""


def field_codes() -> set[str]:
    """Codes in calls of the error types, and in the ``(detail, code)`` pairs that checks return."""
    found = set()
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            candidate = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODE_AT:
                position = CODE_AT[node.func.id]
                candidate = node.args[position] if len(node.args) > position else None
            elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                candidate = node.value.elts[-1]
            if isinstance(candidate, ast.Constant) and re.fullmatch(r"[a-z_]+", str(candidate.value)):
                found.add(str(candidate.value))
    return found


def test_every_field_code() -> None:
    table = read("problems.md").split("## Codes of fields")[1]
    found = field_codes()
    assert len(found) > 12, "the search for codes found too few to be right"
    assert {code for code in found if f"`{code}`" not in table} == set()


def test_every_direct_dependency() -> None:
    direct = (ROOT / "requirements.txt").read_text().split("# What those bring")[0]
    names = [re.split(r"[=\[]", line)[0].lower() for line in direct.splitlines() if "==" in line]
    assert [name for name in names if name not in read("dependencies.md").lower()] == []


def test_every_view_says_what_it_does(app: Flask) -> None:
    views = {name: view for name, view in app.view_functions.items() if name != "static"}
    assert [name for name, view in views.items() if not (view.__doc__ or "").strip()] == []


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_and_pictures_are_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_commands_are_there(page: Path) -> None:
    targets = set(re.findall(r"`make ([a-z]+)", page.read_text()))
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert targets <= known
