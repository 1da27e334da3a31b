"""Fixtures of the console's tests alone."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api.entries import Desk
from tests.conftest import Person


@pytest.fixture
def desk(app: Flask, editor: Person) -> Desk:
    """The API, to make what the console shows and to see what it has done."""
    return Desk(app.test_client(), editor.headers)
