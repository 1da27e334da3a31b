"""The cache: the same promises of both implementations, as two processes see them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import make_url

from tests.patience import wait_until
from tests.proxy import TcpProxy
from webapp.adapters import redis_client
from webapp.adapters.cache.memory import MemoryCache
from webapp.adapters.cache.redis import PREFIX, RedisCache
from webapp.kernel.cache_groups import CacheGroup
from webapp.ports import Cache

FRUIT = CacheGroup("fruit:list", 60)
TREES = CacheGroup("trees:{}", 60)


@pytest.fixture(params=["memory", "redis"])
def caches(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Cache, Cache]:
    """The cache as two processes have it."""
    if request.param == "memory":
        return MemoryCache(tmp_path / "cache"), MemoryCache(tmp_path / "cache")
    url = request.getfixturevalue("redis_url")
    return RedisCache(url), RedisCache(url)


class Maker:
    """Makes another answer each time, and knows how often it was asked."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.times = 0
        self.before = before

    def __call__(self) -> bytes:
        self.times += 1
        answer = str(self.times).encode()
        self.before()
        return answer


def test_what_was_made_is_kept(caches: tuple[Cache, Cache]) -> None:
    make = Maker()
    assert [caches[0].fetch(FRUIT, "page=1", make) for _ in range(3)] == [b"1"] * 3
    assert caches[0].fetch(FRUIT, "page=2", make) == b"2"
    assert caches[0].fetch(TREES.of(1), "page=1", make) == b"3"
    assert caches[0].fetch(FRUIT, "page=1", make) == b"1"


def test_any_bytes_are_kept(caches: tuple[Cache, Cache]) -> None:
    for value in (b"", bytes(range(256)) * 100):
        caches[0].fetch(FRUIT, f"{len(value)}", lambda value=value: value)
        assert caches[0].fetch(FRUIT, f"{len(value)}", Maker()) == value


def test_a_drop_is_seen_by_every_process_at_once(caches: tuple[Cache, Cache]) -> None:
    one, other = caches
    make = Maker()
    for cache in caches:
        cache.fetch(FRUIT, "", make)
        cache.fetch(TREES.of(1), "", make)
    other.drop(FRUIT)
    before = make.times
    assert one.fetch(FRUIT, "", make) == other.fetch(FRUIT, "", lambda: b"%d" % (before + 1))
    assert make.times == before + 1
    for _ in range(2):
        other.drop(FRUIT)
        assert other.fetch(FRUIT, "", Maker()) == b"1"


def test_a_drop_leaves_other_groups_alone(caches: tuple[Cache, Cache]) -> None:
    cache = caches[0]
    for key in (1, 2):
        cache.fetch(TREES.of(key), "", lambda: b"kept")
    cache.drop(TREES.of(1), FRUIT)
    assert cache.fetch(TREES.of(2), "", Maker()) == b"kept"
    assert cache.fetch(TREES.of(1), "", Maker()) == b"1"


@pytest.mark.parametrize("clearer", [0, 1])
def test_everything_can_be_forgotten(caches: tuple[Cache, Cache], clearer: int) -> None:
    for cache in caches:
        cache.fetch(FRUIT, "", lambda: b"kept")
        cache.fetch(TREES.of(1), "", lambda: b"kept")
    caches[clearer].clear()
    for cache in caches:
        assert b"kept" not in (cache.fetch(FRUIT, "", Maker()), cache.fetch(TREES.of(1), "", Maker()))


@pytest.mark.parametrize("dropper", [0, 1])
def test_what_was_made_before_a_drop_is_not_kept_after_it(caches: tuple[Cache, Cache], dropper: int) -> None:
    make = Maker(before=lambda: caches[dropper].drop(FRUIT) if make.times == 1 else None)
    assert caches[0].fetch(FRUIT, "", make) == b"1"
    assert caches[0].fetch(FRUIT, "", make) == b"2"
    assert caches[0].fetch(FRUIT, "", make) == b"2"


def test_a_life_ends(caches: tuple[Cache, Cache]) -> None:
    make, brief = Maker(), CacheGroup("brief", 1)
    assert caches[0].fetch(brief, "", make) == b"1"
    wait_until(lambda: caches[0].fetch(brief, "", make) != b"1", "it ends", seconds=5)


def test_nothing_is_kept_of_what_failed(caches: tuple[Cache, Cache]) -> None:
    def fail() -> bytes:
        raise LookupError

    with pytest.raises(LookupError):
        caches[0].fetch(FRUIT, "", fail)
    assert caches[0].fetch(FRUIT, "", Maker()) == b"1"


# --- in memory ------------------------------------------------------------------------------


def test_memory_is_bounded_and_the_longest_unused_goes_first(tmp_path: Path) -> None:
    cache = MemoryCache(tmp_path / "cache", bytes_max=80)
    for name in "abcdefgh":
        cache.fetch(FRUIT, name, lambda: b"x" * 10)
    cache.fetch(FRUIT, "a", Maker())
    cache.fetch(FRUIT, "i", lambda: b"x" * 10)
    assert cache.fetch(FRUIT, "a", Maker()) == b"x" * 10
    assert cache.fetch(FRUIT, "b", Maker()) == b"1"
    cache.fetch(FRUIT, "large", lambda: b"x" * 11)
    assert cache.fetch(FRUIT, "large", Maker()) == b"1"
    assert cache.size <= 80


# --- in Redis -------------------------------------------------------------------------------


@pytest.fixture
def proxy(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TcpProxy]:
    monkeypatch.setattr(redis_client, "PAUSE", 0.0)
    monkeypatch.setattr(redis_client, "TIMEOUT", 0.2)
    proxy = TcpProxy(make_url(redis_url).port)
    yield proxy
    proxy.stop()


@pytest.mark.parametrize("trouble", ["silent", "is_cut"])
def test_a_lost_redis_is_a_miss_and_drops_are_made_up_for(
    proxy: TcpProxy, redis_url: str, trouble: str
) -> None:
    far_url = make_url(redis_url).set(port=proxy.port).render_as_string()
    far, near = RedisCache(far_url), RedisCache(redis_url)
    assert far.fetch(FRUIT, "", lambda: b"old") == b"old"
    setattr(proxy, trouble, True)
    started = time.monotonic()
    assert far.fetch(FRUIT, "", lambda: b"new") == b"new"
    far.drop(FRUIT)
    assert time.monotonic() - started < 3
    proxy.mend()
    deadline = time.monotonic() + 5
    while far.owed:
        assert far.fetch(FRUIT, "", lambda: b"newer") == b"newer", "what was dropped came back"
        assert time.monotonic() < deadline, "the drop was not made up for"
    assert near.fetch(FRUIT, "", Maker()) != b"old"


def test_a_stamp_that_redis_evicted_takes_its_answers_along(redis_url: str) -> None:
    cache = RedisCache(redis_url)
    cache.fetch(FRUIT, "", lambda: b"old")
    Redis.from_url(redis_url).delete(f"{PREFIX}{FRUIT.name}")
    assert cache.fetch(FRUIT, "", Maker()) == b"1"
