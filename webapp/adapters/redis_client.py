"""Connections to Redis that give up soon, and leave it alone for a while once it has failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

TIMEOUT = 0.5
"""Seconds to wait for a connection, and for an answer; Redis on a network near by takes a thousandth."""
PAUSE = 5.0
"""Seconds for which a Redis that failed is not asked again, so that a slow one does not slow each request."""

log = structlog.get_logger(__name__)

T = TypeVar("T")


def make_pool(url: str) -> ConnectionPool:
    """Connections that time out. One that the server has closed meanwhile is opened anew, once."""
    retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
    return ConnectionPool.from_url(
        url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=retry, retry_on_timeout=False
    )


class Lossy:
    """A Redis that may fail: questions then have another answer, and the log says so once."""

    def __init__(self, url: str, purpose: str) -> None:
        self.pool = make_pool(url)
        self.client = Redis(connection_pool=self.pool)
        self.purpose = purpose
        self.asleep_until = 0.0
        self.is_lost = False

    def ask(self, question: Callable[[], T], otherwise: T) -> T:
        """The answer to ``question``, or ``otherwise`` while Redis is down."""
        now = time.monotonic()
        if now < self.asleep_until:
            return otherwise
        if self.is_lost:  # one thread asks whether it is back; the others do not wait for it
            self.asleep_until = now + PAUSE
        try:
            answer = question()
        except RedisError as error:
            self.asleep_until = time.monotonic() + PAUSE
            if not self.is_lost:
                log.warning("redis_lost", purpose=self.purpose, error=type(error).__name__)
            self.is_lost = True
            return otherwise
        if self.is_lost:
            self.is_lost, self.asleep_until = False, 0.0
            log.info("redis_is_back", purpose=self.purpose)
        return answer
