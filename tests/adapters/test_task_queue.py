"""Wake-ups when Redis is down, or listens and never answers: nothing is raised, nothing waits long."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest

from tests.services import free_port
from webapp.adapters.task_queue.celery import CeleryTaskQueue, make_celery


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where somebody listens and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("kind", ["down", "silent"])
def test_a_lost_redis_neither_stops_nor_delays_a_request(kind: str, silent_port: int, tmp_path: Path) -> None:
    port = silent_port if kind == "silent" else free_port()
    queue = CeleryTaskQueue(make_celery(f"redis://127.0.0.1:{port}/0", tmp_path))
    start = time.monotonic()
    for _ in range(3):
        queue.wake(uuid.uuid4(), 60)
    assert time.monotonic() - start < 3, "only the first one may wait, and not long"
    assert queue.quiet_until > time.monotonic()


def test_without_redis_a_wake_up_is_a_file(tmp_path: Path) -> None:
    CeleryTaskQueue(make_celery(None, tmp_path)).wake(uuid.uuid4(), 60)
    assert len(list((tmp_path / "queue").glob("*.msg"))) == 1


def test_a_reader_never_finds_a_part_of_a_message(tmp_path: Path) -> None:
    """Kombu's own channel would hand over an empty file here, and its worker would end."""
    with make_celery(None, tmp_path).connection() as connection:
        channel = connection.default_channel

        class Nosy:
            """Looks for messages while it is written into one."""

            def __json__(self) -> str:
                with pytest.raises(Empty):
                    channel._get("rangoli")
                return "told"

        channel._put("rangoli", {"body": Nosy()})
        assert channel._get("rangoli") == {"body": "told"}
    assert list((tmp_path / "queue").glob(".*")) == []
