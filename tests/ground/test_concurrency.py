"""The concurrency limit: who works counts, who waits does not."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from tests.patience import wait_until
from webapp.concurrency import AT_ONCE, SMALL, LimitConcurrency
from webapp.domain.accounts import passwords
from webapp.domain.accounts.passwords import hash_password
from webapp.kernel.concurrency import ConcurrencyLimit, waiting

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SOON = 10.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


class SlowBody(io.BytesIO):
    """A body of which nothing comes before somebody says so."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.asked, self.goes_on = Event(), Event()

    def read(self, size: int | None = -1) -> bytes:
        self.asked.set()
        assert self.goes_on.wait(SOON)
        return super().read(size)


def answers(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An application that says how long the body was."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return [str(len(environ["wsgi.input"].read(length))).encode()]


def one_at_a_time(application: Application, longest: float | None = None) -> LimitConcurrency:
    limited = LimitConcurrency(application, "sqlite")
    limited.limit = ConcurrencyLimit(1, longest)
    return limited


class Held:
    """An application whose first request comes to an end when it is told to, and the others at once."""

    def __init__(self) -> None:
        self.held, self.goes_on = Event(), Event()
        self.names: list[str] = []

    def __call__(self, environ: dict[str, Any], _: Any) -> list[bytes]:
        self.names.append(environ["name"])
        if not self.held.is_set():
            self.held.set()
            assert self.goes_on.wait(SOON)
        return [b"done"]


def ask(application: Application, body: io.BytesIO | None = None, **environ: Any) -> bytes:
    size = len(body.getvalue()) if body else 0
    request = EnvironBuilder(method="POST", input_stream=body or io.BytesIO(), content_length=size)
    pieces = application({**request.get_environ(), **environ}, lambda *_: None)
    return b"".join(pieces)


def test_only_a_few_work_at_a_time(pool: ThreadPoolExecutor) -> None:
    working, most, lock, both = 0, 0, Lock(), Barrier(2)

    def application(*_: Any) -> list[bytes]:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        both.wait(SOON)  # as many as are allowed are really there at once
        with lock:
            working -= 1
        return []

    limited = LimitConcurrency(application, "postgresql")
    limited.limit.longest = None
    list(pool.map(lambda _: ask(limited), range(8)))
    assert most == AT_ONCE["postgresql"] == 2


@pytest.mark.parametrize("size", [10, SMALL + 1])
def test_a_body_that_comes_slowly_keeps_nobody_from_working(pool: ThreadPoolExecutor, size: int) -> None:
    limited, body = one_at_a_time(answers), SlowBody(b"x" * size)
    slow = pool.submit(ask, limited, body)
    assert body.asked.wait(SOON)
    assert pool.submit(ask, limited).result(SOON) == b"0"
    body.goes_on.set()
    assert slow.result(SOON) == str(size).encode()


def test_a_body_without_a_length_is_read_as_it_comes(pool: ThreadPoolExecutor) -> None:
    def lines(environ: dict[str, Any], _: Any) -> list[bytes]:
        return list(environ["wsgi.input"])

    environ = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert ask(one_at_a_time(lines), io.BytesIO(b"one\ntwo"), **environ) == b"one\ntwo"


def test_a_client_that_goes_away_leaves_a_short_body() -> None:
    assert ask(one_at_a_time(answers), io.BytesIO(b"four"), CONTENT_LENGTH="10") == b"4"


def test_an_answer_that_is_read_slowly_keeps_nobody_from_working(pool: ThreadPoolExecutor) -> None:
    def pieces(*_: Any) -> Iterator[bytes]:
        yield b"one"
        yield b"two"

    limited = one_at_a_time(pieces)
    slow = iter(limited(EnvironBuilder().get_environ(), lambda *_: None))
    assert next(slow) == b"one"
    assert pool.submit(ask, limited).result(SOON) == b"onetwo"


def test_who_waits_for_something_else_lets_others_work(pool: ThreadPoolExecutor) -> None:
    waits, goes_on = Event(), Event()

    def application(environ: dict[str, Any], _: Any) -> list[bytes]:
        if environ.get("slow"):
            with waiting(), waiting():  # the second changes nothing
                waits.set()
                assert goes_on.wait(SOON)
        return [b"done"]

    limited = one_at_a_time(application)
    slow: Future[bytes] = pool.submit(ask, limited, slow=True)
    assert waits.wait(SOON)
    assert pool.submit(ask, limited).result(SOON) == b"done"
    goes_on.set()
    assert slow.result(SOON) == b"done"
    assert ask(limited) == b"done"


def test_who_has_waited_goes_on_although_the_others_do_not_come_to_an_end(pool: ThreadPoolExecutor) -> None:
    waits, works, lock_is_free = Event(), Event(), Event()

    def application(environ: dict[str, Any], _: Any) -> list[bytes]:
        if environ.get("holds_a_lock"):
            with waiting():
                waits.set()
                assert works.wait(SOON)
            lock_is_free.set()
        else:
            works.set()
            assert lock_is_free.wait(SOON)
        return [b"done"]

    limited = one_at_a_time(application, longest=0.01)
    holder = pool.submit(ask, limited, holds_a_lock=True)
    assert waits.wait(SOON)
    assert pool.submit(ask, limited).result(SOON) == holder.result(SOON) == b"done"
    assert ask(limited, holds_a_lock=True) == b"done", "nothing was given back that was not taken"


def test_a_request_that_comes_to_no_end_keeps_the_others_waiting_for_a_moment_and_only_once(
    pool: ThreadPoolExecutor,
) -> None:
    application = Held()
    limited = one_at_a_time(application, longest=0.01)
    endless = pool.submit(ask, limited, name="endless")
    assert application.held.wait(SOON)
    assert pool.submit(ask, limited, name="other").result(SOON) == b"done"
    assert limited.limit.take(patience=0), "the endless one does not count any more"
    application.goes_on.set()
    endless.result(SOON)
    assert limited.limit.take(patience=0) is None, "its end gives nothing back"


def test_who_is_interrupted_while_it_waits_leaves_the_queue() -> None:
    limit = ConcurrencyLimit(1)
    turn = limit.take()
    assert turn

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(KeyboardInterrupt):
        limit.take()
    signal.signal(signal.SIGALRM, old)
    assert turn.end()
    assert limit.take(patience=0), "nobody has it who is gone"


def test_who_does_not_count_any_more_does_not_after_a_wait_either(pool: ThreadPoolExecutor) -> None:
    limit = ConcurrencyLimit(1, longest=0.01)

    def work() -> bool:
        with limit.working():
            others = pool.submit(limit.take)
            assert others.result(SOON), "it came, since this one has worked for so long"
            with waiting():
                pass
            return True

    assert pool.submit(work).result(SOON)


def test_whose_turn_does_not_come_in_time_goes_without() -> None:
    limit = ConcurrencyLimit(1)
    turn = limit.take()
    assert turn
    assert limit.take(patience=0.01) is None
    turn.end()
    assert limit.take(patience=0), "who has gone has no place in the queue"


def test_who_came_first_works_first(pool: ThreadPoolExecutor) -> None:
    application = Held()
    limited = one_at_a_time(application)
    requests = [pool.submit(ask, limited, name="first")]
    assert application.held.wait(SOON)
    for name in ("second", "third", "fourth"):
        requests.append(pool.submit(ask, limited, name=name))
        wait_until(lambda: len(limited.limit._waiting) == len(requests) - 1, f"{name} waits")
    application.goes_on.set()
    assert [request.result(SOON) for request in requests] == [b"done"] * 4
    assert application.names == ["first", "second", "third", "fourth"]


def test_passwords_are_hashed_two_at_a_time_and_keep_nobody_from_working(pool: ThreadPoolExecutor) -> None:
    with passwords._hashing.working(), passwords._hashing.working():

        def application(environ: dict[str, Any], _: Any) -> list[bytes]:
            if "password" in environ:
                return [hash_password(environ["password"]).encode()]
            return [b"done"]

        limited = one_at_a_time(application)
        hashing = pool.submit(ask, limited, password="a long password")
        wait_until(lambda: len(passwords._hashing._waiting) == 1, "the hash waits")
        assert pool.submit(ask, limited).result(SOON) == b"done"
        assert not hashing.done()
    assert passwords.verify_password("a long password", hashing.result(SOON).decode())[0]


def test_an_error_ends_the_work_too() -> None:
    def application(*_: Any) -> list[bytes]:
        raise ZeroDivisionError

    limited = one_at_a_time(application)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            ask(limited)


def test_outside_of_a_request_nothing_is_limited() -> None:
    with waiting(), waiting():
        pass


def test_a_limit_inside_another_gives_back_both() -> None:
    inner = one_at_a_time(answers)

    def application(*_: Any) -> list[bytes]:
        return [ask(inner)]

    outer = one_at_a_time(application)
    assert [ask(outer), ask(outer)] == [b"0", b"0"]
