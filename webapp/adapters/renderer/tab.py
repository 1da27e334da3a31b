"""One tab of the browser: it is given pages from memory, and reaches nothing else.

It opens one empty page, whose policy and origin stay, and each sheet is written into that: going to a new
page for each costs about half as much again as drawing it.

The headless shell draws a frame only when told to (``HeadlessExperimental.beginFrame``): what was only
measured is never painted, and a picture waits for no clock: the frame that is drawn for it brings it along.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from webapp.adapters.renderer.connection import Connection, Late, Message, Refused, result_of, take
from webapp.adapters.renderer.measuring import MEASURE, WRITE
from webapp.ports import Sheet

ORIGIN = "http://card.invalid"
POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline' {ORIGIN}; img-src data: {ORIGIN}; "
    f"font-src data: {ORIGIN}; media-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'"
)
EMPTY = b"<!doctype html>"
ISOLATED = "measuring"
BEGIN_FRAME = "HeadlessExperimental.beginFrame"
FRAME = 0.004
"""Seconds from one frame to the next while a picture is taken that no frame can bring."""
LASTING = "http-equiv"
"""What a page says with this may outlast it in the document that it was written into."""
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
        self.is_settled = True
        """Whether the last page is painted to its end; one that was only measured may still be painted."""
        context = connection.ask("Target.createBrowserContext", {"disposeOnDetach": True}, seconds)
        self.context = context["browserContextId"]
        options = {"url": "about:blank", "browserContextId": self.context, "enableBeginFrameControl": True}
        self.target = connection.ask("Target.createTarget", options, seconds)["targetId"]
        attach = {"targetId": self.target, "flatten": True}
        self.session = connection.ask("Target.attachToTarget", attach, seconds)["sessionId"]
        self.messages = connection.listen(self.session)
        self.sheet: Sheet | None = None
        self._look: tuple[Any, ...] = ()
        self._world: int | None = None
        """Number of the empty page's isolated world; None when there must be another page."""
        self._served: dict[str, tuple[str, bytes]] = {}
        """The assets that the empty page has loaded and may remember."""
        refuse = {"behavior": "deny", "browserContextId": self.context}
        connection.ask("Browser.setDownloadBehavior", refuse, seconds)
        for method, params in SETUP:
            self.ask(method, params, deadline)
        self._is_paced = self._draws_when_told(deadline)
        """Whether the browser draws no frame but those that it is told to draw."""

    def _draws_when_told(self, deadline: float) -> bool:
        try:
            self.ask(BEGIN_FRAME, {}, deadline)
        except Refused:
            return False
        return True

    def ask(self, method: str, params: Message, deadline: float) -> Message:
        """Send a command and serve the page until the answer is there."""
        return self._answer_to(self.connection.send(method, params, self.session), deadline)

    def _answer_to(self, number: int, deadline: float) -> Message:
        while True:
            message = take(self.messages, deadline)
            if message.get("id") == number:
                return result_of(message)
            self._serve(message)

    def show(self, sheet: Sheet, deadline: float) -> Message:
        """Lay a sheet out, with its fonts and images there, and measure it; see ``measuring.py``."""
        self.cards += 1
        self.is_settled = self._is_paced
        self._suit(sheet, deadline)
        world = self._world
        if world is None or not self._served.items() <= sheet.assets.items():
            world = self._open(deadline)
        self.sheet = sheet
        self._world = None if LASTING in sheet.html.casefold() else world
        write = {
            "functionDeclaration": WRITE,
            "arguments": [{"value": sheet.html}],
            "executionContextId": world,
        }
        self._load("Runtime.callFunctionOn", write, deadline)
        measure = {"expression": MEASURE, "contextId": world, "awaitPromise": True, "returnByValue": True}
        found: Message = _value(self.ask("Runtime.evaluate", measure, deadline))["value"]
        return found

    def _open(self, deadline: float) -> int:
        """Open the empty page; answers the number of the isolated world in it."""
        self.sheet, self._served = None, {}
        frame = self._load("Page.navigate", {"url": f"{ORIGIN}/"}, deadline)
        if error := frame.get("errorText"):
            raise Refused(error)
        isolated = {"frameId": frame["frameId"], "worldName": ISOLATED}
        world: int = self.ask("Page.createIsolatedWorld", isolated, deadline)["executionContextId"]
        return world

    def _load(self, method: str, params: Message, deadline: float) -> Message:
        """Send a command that makes a page load, and wait for its answer and for the page."""
        number = self.connection.send(method, params, self.session)
        answer: Message = {}
        waiting = {"answer", "load"}
        while waiting:
            message = take(self.messages, deadline)
            if message.get("id") == number:
                answer = _value(result_of(message))
                waiting.discard("answer")
            elif message.get("method") == "Page.loadEventFired":
                waiting.discard("load")
            else:
                self._serve(message)
        return answer

    def _suit(self, sheet: Sheet, deadline: float) -> None:
        """Make the window, and what the page may prefer, those of the sheet."""
        look = (sheet.width, sheet.height, sheet.scale, sheet.is_dark)
        if look == self._look:
            return
        size = {"width": sheet.width, "height": sheet.height, "deviceScaleFactor": sheet.scale}
        self.ask("Emulation.setDeviceMetricsOverride", {**size, "mobile": False}, deadline)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if sheet.is_dark else "light"}
        self.ask("Emulation.setEmulatedMedia", {"media": "screen", "features": [scheme]}, deadline)
        self._look = look

    def shoot(self, options: Message, deadline: float) -> bytes:
        """The picture of what is shown."""
        options = {"optimizeForSpeed": True, **options}
        picture: bytes | None = None
        if self._is_paced and self.sheet and self.sheet.scale == 1 and "clip" not in options:
            # a frame can bring a picture of itself, as a whole and in CSS pixels
            frame = self.ask(BEGIN_FRAME, {"screenshot": options}, deadline)
            picture = frame.get("screenshotData")
        if picture is None:
            number = self.connection.send("Page.captureScreenshot", options, self.session)
            wait = self._painted_answer_to if self._is_paced else self._answer_to
            picture = wait(number, deadline)["data"]
        self.is_settled = True
        return picture

    def _painted_answer_to(self, number: int, deadline: float) -> Message:
        """The answer to a command for which frames are drawn, one after the other until it is there.

        None is pending then: meanwhile the browser would refuse to draw another one.
        """
        answer: Message | None = None
        frame, due = 0, 0.0
        while answer is None or frame:
            if not frame and time.monotonic() >= due:
                frame = self.connection.send(BEGIN_FRAME, {}, self.session)
                due = time.monotonic() + FRAME
            try:
                message = take(self.messages, deadline if frame else due)
            except Late:
                if time.monotonic() >= deadline:
                    raise
                continue
            if message.get("id") == number:
                answer = result_of(message)
            elif message.get("id") == frame:
                frame = 0
            else:
                self._serve(message)
        return answer

    def print(self, options: Message, deadline: float) -> bytes:
        """What is shown, as PDF."""
        data: bytes = self.ask("Page.printToPDF", options, deadline)["data"]
        return data

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
            "body": data,
        }
        self.connection.send("Fetch.fulfillRequest", answer, self.session)

    def _body_of(self, params: Message) -> tuple[str, bytes] | None:
        parts = urlsplit(params["request"]["url"])
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            return None
        if self.sheet is None:
            return ("text/html; charset=utf-8", EMPTY) if parts.path == "/" else None
        if params.get("resourceType") == "Document":
            return None
        name = parts.path.removeprefix("/")
        if name in self.sheet.assets:
            self._served[name] = self.sheet.assets[name]
        return self.sheet.assets.get(name)

    def close(self, seconds: float) -> None:
        """Give the tab's memory back."""
        self.connection.forget(self.session)
        dispose = {"browserContextId": self.context}
        self.connection.ask("Target.disposeBrowserContext", dispose, seconds)


def _value(answer: Message) -> Message:
    """What a program in the page answered, or what another command did. Raises Refused when it failed."""
    if "exceptionDetails" in answer:
        raise Refused(answer["exceptionDetails"].get("text", ""))
    result: Message = answer.get("result", answer)
    return result
