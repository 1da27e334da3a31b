"""Rounds of writing, killing and looking."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence

from tests.torture.inspection import check_acknowledged, check_database, check_mails
from tests.torture.machine import ADMIN, Machine
from tests.torture.writing import Client, Writer

WRITERS = 3


def torture(
    kind: str,
    rounds: int,
    say: Callable[[str], None],
    *,
    seed: int = 0,
    parts: Sequence[str] = (),
    short: bool = False,
) -> None:
    """Kill one of ``parts`` (or of all) in each round while writers write. Raises if something is lost.

    ``short`` is with one web process, and a third of a second of writing before and after it.
    """
    chance = random.Random(seed)
    machine = Machine(kind, web_processes=1 if short else 2)
    try:
        client = Client(machine.url, *ADMIN)
        for number in range(rounds):
            part = (parts or machine.parts)[number % len(parts or machine.parts)]
            pause = 0.3 if short else chance.uniform(0.3, 2.0)
            writers = write_while(machine, client, part, f"r{number}", pause)
            check_database(machine.database_url)
            kept = check_acknowledged(client, writers)
            interrupted = sum(writer.interrupted for writer in writers)
            say(f"{kind} {number + 1}: {part} killed, {interrupted} tries cut off, {kept} things kept")
            check_mails(machine.database_url, writers)
    finally:
        machine.stop()


def write_while(machine: Machine, client: Client, part: str, name: str, pause: float) -> list[Writer]:
    """Write, kill ``part`` after ``pause`` seconds, and stop once everything has been answered."""
    stopped = threading.Event()
    writers = [Writer(client, f"{name}w{number}", stopped) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        time.sleep(pause)
        machine.kill(part)
        time.sleep(pause)
    finally:
        stopped.set()
        for writer in writers:
            writer.join(120)
    for writer in writers:
        if writer.failure is not None:
            raise writer.failure
        assert not writer.is_alive()
    return writers
