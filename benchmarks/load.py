"""Drives load with ``wrk``: one thread, sixteen connections, short rounds that alternate over the servers.

Servers that share a machine with other work are only comparable when they are measured at nearly the same
time. So every round measures each server once, a ratio is taken inside a round, and the median over the
rounds is reported.
"""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from statistics import median
from urllib.parse import urlsplit

CONNECTIONS = 16
THREADS = 1
PATIENT_SECONDS = 60
WRK_MISSING = "The load driver wrk is not installed. On Debian or Ubuntu: sudo apt-get install wrk"


class LoadError(Exception):
    """A measurement that would not mean anything: ``wrk`` is missing, or answers were not as expected."""


class NothingAnswered(LoadError):
    """No request was answered in time."""


@dataclass(frozen=True, slots=True)
class Target:
    """One GET to repeat, or a POST where it has a ``body`` (JSON). ``status`` is the answer that it must have
    before it is worth measuring."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request got: its status, headers and body."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests per second of each named target, one value for each round."""

    rounds: Mapping[str, list[float]]

    def rate(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, other: str) -> float:
        """The median over the rounds of the ratio inside each round."""
        return median(
            mine / theirs for mine, theirs in zip(self.rounds[name], self.rounds[other], strict=True)
        )


def measure(targets: Mapping[str, Target], rounds: int, seconds: int) -> Rates:
    """Check each target once, then measure all of them ``rounds`` times in alternation, ``seconds`` each."""
    for target in targets.values():
        check(target)
    measured: dict[str, list[float]] = {name: [] for name in targets}
    for number in range(rounds):
        names = list(targets) if number % 2 == 0 else list(reversed(list(targets)))
        for name in names:
            measured[name].append(run_wrk(targets[name], seconds))
    return Rates(measured)


def check(target: Target) -> Answer:
    """Send one request; :class:`LoadError` when its status is not the expected one."""
    answer = ask(target.url, target.headers, None if target.body is None else target.body.encode())
    if answer.status != target.status:
        raise LoadError(
            f"{target.url} answered {answer.status}, expected {target.status}: {answer.body[:300]!r}"
        )
    return answer


def ask(
    url: str,
    headers: Mapping[str, str] | None = None,
    data: bytes | None = None,
    method: str | None = None,
    *,
    timeout: float = 30,
) -> Answer:
    """One request on a connection of its own. No redirect is followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method or ("GET" if data is None else "POST"), path, data, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def run_wrk(target: Target, seconds: int) -> float:
    """Requests per second over ``seconds``, or over a minute where nothing is answered that soon. Raises
    :class:`LoadError` when any answer was an error."""
    try:
        return _run_wrk(target, seconds)
    except NothingAnswered:
        return _run_wrk(target, PATIENT_SECONDS)


def _run_wrk(target: Target, seconds: int) -> float:
    return parse_wrk(report_of_wrk(target, seconds))


def report_of_wrk(target: Target, seconds: int) -> str:
    """What ``wrk`` says of ``seconds`` of this request."""
    program = shutil.which("wrk")
    if program is None:
        raise LoadError(WRK_MISSING)
    options = [f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", f"--timeout={PATIENT_SECONDS}s"]
    for name, value in target.headers.items():
        options += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if target.body is not None:
            script.write(f'wrk.method = "POST"\nwrk.body = [==[{target.body}]==]\n')
            script.flush()
            options += ["-s", script.name]
        command = [program, *options, target.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LoadError(f"wrk failed on {target.url}: {done.stderr or done.stdout}")
    return done.stdout


def parse_wrk(report: str) -> float:
    """The requests per second of a ``wrk`` report, or :class:`LoadError` when it tells of failed requests."""
    for trouble in ("Non-2xx or 3xx responses", "Socket errors"):
        if trouble in report:
            raise LoadError(f"wrk counted failed requests:\n{report}")
    found = re.search(r"^Requests/sec:\s*([0-9.]+)$", report, re.MULTILINE)
    if found is None or float(found[1]) == 0:
        raise NothingAnswered(f"wrk measured nothing:\n{report}")
    return float(found[1])
