"""Writers who go on until they are stopped, and remember what was acknowledged."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from itertools import count
from typing import Any

from tests.api.documents import theme_document

TRY_AGAIN = frozenset({409, 500, 502, 503})
"""What may be answered while a part is down; 409 when the first try with a key is not over yet."""


class Client:
    """The API with an admin's token."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.url = f"{url}/api/v1"
        self.headers = {"Content-Type": "application/json"}
        answer = self.call("POST", "/auth/login", {"username": name, "password": password})
        self.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """One request. Raises OSError where there is no answer, HTTPError for a refusal."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {**self.headers, **headers}, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


class Writer(threading.Thread):
    """Makes things under names of its own. Without an answer it asks again, under the same key.

    ``acknowledged`` holds the address of each thing and the members it must have; ``mailed`` the
    addresses that were promised a mail.
    """

    def __init__(self, client: Client, name: str, stopped: threading.Event) -> None:
        super().__init__(name=name)
        self.client, self.stopped = client, stopped
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.mailed: list[str] = []
        self.interrupted = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            for number in count():
                if self.stopped.is_set():
                    return
                self.make(f"{self.name}x{number}", number)
        except BaseException as error:
            self.failure = error

    def make(self, word: str, number: int) -> None:
        """One round of everything."""
        color = f"#{number % 0x1000000:06x}"
        theme = self.insist("POST", "/themes", theme_document(f"Theme {word}"), key=f"theme-{word}")
        path = f"/themes/{theme['id']}"
        changed = self.insist("PATCH", path, {"colors": {"primary": color}})
        self.acknowledged[path] = {"name": f"Theme {word}", "colors": changed["colors"]}
        item = {"title": f"Item {word}", "content": {"n": number}, "tags": ["all", f"tag {word}"]}
        made = self.insist("POST", "/data", item, key=f"data-{word}")
        self.acknowledged[f"/data/{made['id']}"] = {"title": item["title"], "tags": made["tags"]}
        self.insist("POST", f"/utils/test-email?email_to={word}@example.org")
        self.mailed.append(f"{word}@example.org")

    def insist(self, method: str, path: str, body: object = None, key: str | None = None) -> Any:
        """Ask until there is an answer."""
        while True:
            try:
                return self.client.call(method, path, body, **({"Idempotency-Key": key} if key else {}))
            except urllib.error.HTTPError as refusal:
                if refusal.code not in TRY_AGAIN:
                    raise AssertionError(f"{method} {path}: {refusal.code} {refusal.read()!r}") from refusal
            except (OSError, HTTPException, ValueError):  # no answer, or half of one
                pass
            self.interrupted += 1
            time.sleep(0.1)
