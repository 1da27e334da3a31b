"""The arithmetic behind the table of ``make bench``: a wrong ratio would be believed."""

from __future__ import annotations

import pytest

from benchmarks.load import LoadError, Rates, Target, parse_wrk, run_wrk
from benchmarks.results import Goal, Result, table

REPORT = """Running 2s test @ http://127.0.0.1:8000/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.05ms  412.11us   9.21ms   91.30%
    Req/Sec    15.31k     1.02k   16.90k    72.50%
  30468 requests in 2.00s, 251.52MB read
Requests/sec:  15229.31
Transfer/sec:    125.72MB
"""


def test_the_rate_is_read_from_a_report() -> None:
    assert parse_wrk(REPORT) == 15229.31


@pytest.mark.parametrize(
    "report",
    [
        REPORT + "  Non-2xx or 3xx responses: 12\n",
        REPORT + "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
        REPORT.replace("15229.31", "0.00"),
        "unable to connect to 127.0.0.1:8000 Connection refused",
    ],
)
def test_a_report_of_failures_is_no_measurement(report: str) -> None:
    with pytest.raises(LoadError):
        parse_wrk(report)


def test_a_missing_driver_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LoadError, match="apt-get install wrk"):
        run_wrk(Target("http://127.0.0.1:1/"), seconds=1)


def test_ratios_are_taken_inside_a_round() -> None:
    rates = Rates({"fast": [1000, 100, 900], "slow": [500, 50, 300]})
    assert rates.rate("fast") == 900
    assert rates.ratio("fast", "slow") == 2  # the medians alone would say 3


@pytest.mark.parametrize(
    ("to_peer", "to_bare", "met"),
    [(5.0, 0.8, True), (4.99, 0.9, False), (9.0, 0.79, False), (9.0, None, False)],
)
def test_every_bound_of_a_goal_must_hold(to_peer: float, to_bare: float | None, met: bool) -> None:
    goal = Goal(to_peer=5, to_bare=0.8)
    assert Result("row", 1.0, "/s", goal, to_peer=to_peer, to_bare=to_bare).met is met


@pytest.mark.parametrize(("value", "met"), [(24.9, True), (25.0, True), (25.1, False)])
def test_a_time_must_not_exceed_its_bound(value: float, met: bool) -> None:
    assert Result("row", value, "ms", Goal(at_most=25)).met is met


def test_a_row_without_a_goal_is_neither_met_nor_missed() -> None:
    assert Result("row", 1.0, "/s").met is None


def test_the_table_says_what_was_missed() -> None:
    lines = table([Result("sheet", 12345.6, "/s", Goal(to_peer=5), peer=4000, to_peer=3.09)]).splitlines()
    assert [cell.strip() for cell in lines[-1].strip("|").split("|")] == [
        "sheet", "12,346 /s", "4,000 /s", "", "3.1 ×", "", "≥ 5 × peer", "NO",
    ]  # fmt: skip
    assert len({len(line) for line in lines}) == 1
