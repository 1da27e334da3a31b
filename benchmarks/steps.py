"""``python -m benchmarks.steps``: the steps of Python's interpreter that one request of content takes.

They do not depend on the machine or on what else runs there, so that two versions can be compared by them.
What the database, the server and C libraries do is not among them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING, Any

from werkzeug.test import EnvironBuilder

from benchmarks import content_rows
from benchmarks.product import EMAIL, PASSWORD, settings
from config import Settings
from webapp.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ROWS = 1_000
ORIGIN = "http://127.0.0.1"
LIST = "/api/v1/data?limit=20&sort=-created_at"
ITEM = {"title": "A row", "description": "Written to be counted.", "content": {"n": 1}}
READS = {
    "list of 20 with total": LIST,
    "list of 20 without total": f"{LIST}&total=false",
    "item": f"/api/v1/data/{ROWS // 2}",
    "search, a phrase": f"/api/v1/data/search?q=item%20{ROWS // 2}&limit=20",
}
WARM = 20
TIMES = 5


def main() -> None:
    with TemporaryDirectory() as folder:
        chosen = settings(Path(folder), f"sqlite:///{folder}/rangoli.db")
        os.environ.update(chosen, PUBLIC_ORIGIN=ORIGIN)
        content_rows.main(ROWS)
        with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):  # where the log goes
            caller = Caller(create_app(Settings.from_env()).wsgi_app)
            found = {name: caller.steps("GET", path) for name, path in READS.items()}
            found["POST"] = caller.steps("POST", "/api/v1/data", ITEM)
    for name, steps in found.items():
        print(f"{name}: {steps:,}")


class Caller:
    """An editor who calls the application in this process, past any server."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.token = ""
        signed_in = self.request("POST", "/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD})()
        self.token = json.loads(signed_in)["access_token"]

    def request(self, method: str, path: str, body: Any = None) -> Callable[[], bytes]:
        """A request that is yet to be sent; it answers the body."""
        headers = {"Cache-Control": "no-cache"}
        if method == "POST" and self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        environ = EnvironBuilder(path, ORIGIN, method=method, json=body, headers=headers).get_environ()
        return lambda: b"".join(self.application(environ, lambda *_: lambda _: None))

    def steps(self, method: str, path: str, body: Any = None) -> int:
        """The steps of one request, once its like has been sent some times."""
        for _ in range(WARM):
            self.request(method, path, body)()
        counted = 0

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal counted
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            counted += event == "opcode"
            return trace

        for _ in range(TIMES):
            send = self.request(method, path, body)
            sys.settrace(trace)
            send()
            sys.settrace(None)
        return round(counted / TIMES)


if __name__ == "__main__":
    main()
