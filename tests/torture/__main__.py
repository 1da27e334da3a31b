"""``python -m tests.torture --rounds 20``."""

from __future__ import annotations

import argparse

from tests.torture.rounds import torture

KINDS = ("sqlite", "postgresql")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--rounds", type=int, default=12, help="kills for each database (default 12)")
    parser.add_argument("--database", choices=KINDS, help="only this one")
    parser.add_argument("--seed", type=int, default=0, help="when the kills come")
    options = parser.parse_args()
    for kind in [options.database] if options.database else KINDS:
        torture(kind, options.rounds, print, seed=options.seed)


if __name__ == "__main__":
    main()
