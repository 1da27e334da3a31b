"""One tab of the browser: it is given pages from memory, and reaches nothing else."""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import urlsplit

from webapp.adapters.renderer.connection import Connection, Message, Refused, result_of, take
from webapp.adapters.renderer.measuring import MEASURE
from webapp.ports import Sheet

ORIGIN = "http://card.invalid"
POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline' {ORIGIN}; img-src data: {ORIGIN}; "
    f"font-src data: {ORIGIN}; media-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'"
)
ISOLATED = "measuring"
SETUP: tuple[tuple[str, Message], ...] = (
    ("Inspector.enable", {}),
    ("Page.enable", {}),
    ("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
    ("Emulation.setScriptExecutionDisabled", {"value": True}),
)


class Tab:
    """A tab in a context of its own, used by one thread at a time. Its methods raise Gone, Late, Refused."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        self.connection = connection
        self.cards = 0
        self.is_open = True
        context = connection.ask("Target.createBrowserContext", {"disposeOnDetach": True}, seconds)
        self.context = context["browserContextId"]
        options = {"url": "about:blank", "browserContextId": self.context}
        self.target = connection.ask("Target.createTarget", options, seconds)["targetId"]
        attach = {"targetId": self.target, "flatten": True}
        self.session = connection.ask("Target.attachToTarget", attach, seconds)["sessionId"]
        self.messages = connection.listen(self.session)
        self.sheet: Sheet | None = None
        self._screen: tuple[Any, ...] = ()
        refuse = {"behavior": "deny", "browserContextId": self.context}
        connection.ask("Browser.setDownloadBehavior", refuse, seconds)
        for method, params in SETUP:
            self.ask(method, params, deadline)

    def ask(self, method: str, params: Message, deadline: float) -> Message:
        """Send a command and serve the page until the answer is there."""
        number = self.connection.send(method, params, self.session)
        while True:
            message = take(self.messages, deadline)
            if message.get("id") == number:
                return result_of(message)
            self._serve(message)

    def show(self, sheet: Sheet, deadline: float) -> Message:
        """Lay a sheet out, with its fonts and images there, and measure it; see ``measuring.py``."""
        self.cards += 1
        self.sheet = sheet
        screen = (sheet.width, sheet.height, sheet.scale)
        if screen != self._screen:
            width, height, scale = screen
            metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
            self.ask("Emulation.setDeviceMetricsOverride", metrics, deadline)
            self._screen = screen
        scheme = {"name": "prefers-color-scheme", "value": "dark" if sheet.is_dark else "light"}
        media = {"media": "screen", "features": [scheme]}
        self.ask("Emulation.setEmulatedMedia", media, deadline)
        self._load(deadline)
        return self._measure(deadline)

    def _load(self, deadline: float) -> None:
        number = self.connection.send("Page.navigate", {"url": f"{ORIGIN}/{self.cards}"}, self.session)
        waiting = {"answer", "load"}
        while waiting:
            message = take(self.messages, deadline)
            if message.get("id") == number:
                if error := result_of(message).get("errorText"):
                    raise Refused(error)
                waiting.discard("answer")
            elif message.get("method") == "Page.loadEventFired":
                waiting.discard("load")
            else:
                self._serve(message)

    def _measure(self, deadline: float) -> Message:
        frame = self.ask("Page.getFrameTree", {}, deadline)["frameTree"]["frame"]["id"]
        world = self.ask("Page.createIsolatedWorld", {"frameId": frame, "worldName": ISOLATED}, deadline)
        call = {
            "expression": MEASURE,
            "contextId": world["executionContextId"],
            "awaitPromise": True,
            "returnByValue": True,
        }
        answer = self.ask("Runtime.evaluate", call, deadline)
        if "exceptionDetails" in answer:
            raise Refused(answer["exceptionDetails"].get("text", ""))
        found: Message = answer["result"]["value"]
        return found

    def shoot(self, options: Message, deadline: float) -> bytes:
        """The picture of what is shown."""
        answer = self.ask("Page.captureScreenshot", {"optimizeForSpeed": True, **options}, deadline)
        return base64.b64decode(answer["data"])

    def print(self, options: Message, deadline: float) -> bytes:
        """What is shown, as PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", options, deadline)["data"])

    def _serve(self, message: Message) -> None:
        """Answer a request of the page from memory; whatever else it asks for fails."""
        if message.get("method") != "Fetch.requestPaused":
            return
        request = message["params"]["requestId"]
        body = self._body_of(message["params"])
        if body is None:
            params = {"requestId": request, "errorReason": "Aborted"}  # leaves the page where it is
            self.connection.send("Fetch.failRequest", params, self.session)
            return
        content_type, data = body
        headers = {"Content-Type": content_type, "Content-Security-Policy": POLICY}
        answer = {
            "requestId": request,
            "responseCode": 200,
            "responseHeaders": [{"name": name, "value": value} for name, value in headers.items()],
            "body": base64.b64encode(data).decode(),
        }
        self.connection.send("Fetch.fulfillRequest", answer, self.session)

    def _body_of(self, params: Message) -> tuple[str, bytes] | None:
        parts = urlsplit(params["request"]["url"])
        if self.sheet is None or f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            return None
        if params.get("resourceType") == "Document":
            is_ours = parts.path == f"/{self.cards}"
            return ("text/html; charset=utf-8", self.sheet.html.encode()) if is_ours else None
        return self.sheet.assets.get(parts.path.removeprefix("/"))

    def close(self, seconds: float, *, hangs: bool) -> None:
        """Give the tab's memory back; a page that hangs is made to crash first."""
        self.is_open = False
        self.connection.forget(self.session)
        if hangs:
            self.connection.send("Page.crash", {}, self.session)
        dispose = {"browserContextId": self.context}
        self.connection.ask("Target.disposeBrowserContext", dispose, seconds)
