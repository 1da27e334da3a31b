"""The style guide is there for developers, and not in production."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient


def test_in_development(as_editor: FlaskClient) -> None:
    assert "Style guide" in as_editor.get("/console/styleguide").get_data(as_text=True)


def test_not_in_production(app: Flask, as_editor: FlaskClient) -> None:
    app.config["ENVIRONMENT"] = "production"
    assert as_editor.get("/console/styleguide").status_code == 404
