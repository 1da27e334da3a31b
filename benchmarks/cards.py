"""``python -m benchmarks.cards``: how fast cards are drawn, beside Playwright with the same browser and card.

The peer sets a page's content, waits for its fonts and takes a screenshot, in a page that is kept or in a
new context for each card; both sides have the same number of threads, and rounds alternate.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles

from benchmarks.card_peers import PlaywrightWorkers, rangoli, rate, sheet_of, times
from benchmarks.hostile_cards import HOSTILE
from benchmarks.results import Goal, Result, table
from webapp.adapters.renderer.chromium import ChromiumRenderer
from webapp.adapters.renderer.program import MEND, find_program
from webapp.domain.cards.catalogue import STARTERS
from webapp.kernel.errors import Invalid
from webapp.ports import Sheet

WORKERS = 2
A5 = (148.0, 210.0)
WARM = 4
MIB = 1024 * 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cards", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cards", type=int, default=20, help="cards in each round")
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--memory", type=int, default=1000, help="cards after which memory is read")
    parser.add_argument("--only", default="", metavar="TEXT", help="only groups whose name contains TEXT")
    options = parser.parse_args()
    program = find_program(os.environ.get("CHROMIUM"))
    if program is None:
        print(MEND, file=sys.stderr)
        return 1
    groups = {
        "png reused": lambda: pictures(program, options.rounds, options.cards, fresh=False),
        "png fresh": lambda: pictures(program, options.rounds, options.cards, fresh=True),
        "templates": lambda: templates(program, options.rounds),
        "forms": lambda: forms(program, options.cards),
        "cold start": lambda: cold_starts(program, options.rounds),
        "batch": lambda: batch(program, options.batch),
        "hostile": lambda: hostile(program),
        "memory": lambda: memory(program, options.memory),
    }
    print(f"Both sides drive {program}.")
    for name, group in groups.items():
        if options.only.casefold() in name:
            print(f"\n{table(list(group()))}", flush=True)
    return 0


def pictures(program: str, rounds: int, cards: int, *, fresh: bool) -> Iterator[Result]:
    """1080 × 1080 PNG: time of one card and cards a second, beside the peer."""
    sheet, size = sheet_of(), (1080, 1080)
    ours: list[float] = []
    theirs: list[float] = []
    rates: list[tuple[float, float]] = []
    peer = PlaywrightWorkers(program, WORKERS, fresh=fresh)
    with rangoli(program, fresh=fresh) as renderer, ThreadPoolExecutor(WORKERS) as pool:

        def draw() -> bytes:
            return renderer.picture(sheet, size, "png", 100)

        def draw_peer() -> bytes:
            return peer.draw(sheet)

        rate(pool, draw, WARM)
        rate(peer.pool, draw_peer, WARM)
        for _ in range(rounds):
            ours += times(draw, cards)
            theirs += peer.pool.submit(times, draw_peer, cards).result()
            rates.append((rate(pool, draw, 2 * cards), rate(peer.pool, draw_peer, 2 * cards)))
    peer.close()
    kind, goal = ("fresh contexts", 180.0) if fresh else ("reused", 130.0)
    yield Result(f"1080² PNG p50, {kind}", median(ours), "ms", Goal(at_most=goal), peer=median(theirs))
    yield Result(f"1080² PNG p95, {kind}", p95(ours), "ms", Goal(at_most=250), peer=p95(theirs))
    yield Result(
        f"cards, {WORKERS} workers, {kind}",
        median(mine for mine, _ in rates),
        "/s",
        Goal(to_peer=2.5),
        peer=median(other for _, other in rates),
        to_peer=median(mine / other for mine, other in rates),
    )


def templates(program: str, rounds: int) -> Iterator[Result]:
    """A card of each template that comes along, each in its own size, since one card alone may flatter."""
    sheets = [sheet_of(slug) for slug in STARTERS]
    peer = PlaywrightWorkers(program, WORKERS, fresh=False)
    rates: list[tuple[float, float]] = []
    with rangoli(program, fresh=False) as renderer, ThreadPoolExecutor(WORKERS) as pool:

        def draw(sheet: Sheet) -> bytes:
            size = round(sheet.width * sheet.scale), round(sheet.height * sheet.scale)
            return renderer.picture(sheet, size, "png", 100)

        rate_of_each(pool, draw, sheets)
        rate_of_each(peer.pool, peer.draw, sheets)
        for _ in range(rounds):
            rates.append((rate_of_each(pool, draw, sheets), rate_of_each(peer.pool, peer.draw, sheets)))
    peer.close()
    yield Result(
        f"cards of {len(sheets)} templates, {WORKERS} workers",
        median(mine for mine, _ in rates),
        "/s",
        peer=median(other for _, other in rates),
        to_peer=median(mine / other for mine, other in rates),
    )


def rate_of_each(pool: ThreadPoolExecutor, draw: Callable[[Sheet], bytes], sheets: list[Sheet]) -> float:
    """Cards a second when the whole pool draws each sheet once."""
    start = time.perf_counter()
    list(pool.map(draw, sheets))
    return len(sheets) / (time.perf_counter() - start)


def p95(found: list[float]) -> float:
    return quantiles(found, n=20)[-1]


def forms(program: str, cards: int) -> Iterator[Result]:
    """Other formats, one card after the other."""
    sheet = sheet_of()
    with rangoli(program, fresh=False) as renderer:
        for form in ("jpeg", "webp", "avif"):
            found = times(lambda form=form: renderer.picture(sheet, (1080, 1080), form, 85), cards)  # type: ignore[misc]
            yield Result(f"1080² {form.upper()} p50", median(found), "ms")
        found = times(lambda: renderer.document(sheet, A5), cards)
        yield Result("A5 PDF p50", median(found), "ms", Goal(at_most=180))


def cold_starts(program: str, rounds: int) -> Iterator[Result]:
    """From nothing to the first picture."""
    sheet = sheet_of()
    found = []
    for _ in range(rounds):
        with rangoli(program, fresh=False) as renderer:
            found += times(lambda: renderer.picture(sheet, (1080, 1080), "png", 100), 1)
    yield Result("cold start to the first card", median(found), "ms", Goal(at_most=700))


def batch(program: str, number: int) -> Iterator[Result]:
    """Many cards at once, as a job does them, in all workers."""
    sheet = sheet_of()
    with rangoli(program, fresh=False) as renderer, ThreadPoolExecutor(WORKERS) as pool:
        found = rate(pool, lambda: renderer.picture(sheet, (1080, 1080), "jpeg", 85), number)
    yield Result(f"batch of {number} JPEG", number / found, "s")


def hostile(program: str) -> Iterator[Result]:
    """Bombs between good cards: each ends, and the card after it comes out right."""
    good = sheet_of()
    took, after, refused = [], [], 0
    with rangoli(program, fresh=False) as renderer:
        wanted = renderer.picture(good, (1080, 1080), "png", 100)
        for body in HOSTILE:
            start = time.perf_counter()
            refused += not drawn(renderer, Sheet(body, 1080, 1080))
            took.append((time.perf_counter() - start) * 1000)
            start = time.perf_counter()
            if renderer.picture(good, (1080, 1080), "png", 100) != wanted:
                raise SystemExit("a card after a hostile one came out otherwise")
            after.append((time.perf_counter() - start) * 1000)
    yield Result(
        f"slowest of {len(HOSTILE)} hostile cards ({refused} refused)", max(took), "ms", Goal(at_most=5000)
    )
    yield Result("slowest good card after one", max(after), "ms", Goal(at_most=500))


def drawn(renderer: ChromiumRenderer, sheet: Sheet) -> bool:
    try:
        renderer.picture(sheet, (1080, 1080), "png", 100)
    except Invalid:
        return False
    return True


def memory(program: str, number: int) -> Iterator[Result]:
    """What the browser holds at most, read after each 25 cards."""
    sheet = sheet_of()
    most = 0
    with rangoli(program, fresh=False) as renderer:
        for count in range(number):
            renderer.picture(sheet, (1080, 1080), "jpeg", 85)
            if count % 25 == 24:
                most = max(most, sum(browser.connection.memory() for browser in renderer.browsers))
    yield Result(f"browser's memory at most, {number} cards", most / MIB, "MiB", Goal(at_most=800))


if __name__ == "__main__":
    sys.exit(main())
