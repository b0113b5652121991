"""Serves a world for the benchmark until it is told to end: `python -m benchmarks.served uniform:20x100 --now …`."""

import argparse
from datetime import datetime

from benchmarks.worlds import world_of
from integration_tests.emulator import Emulator
from integration_tests.emulator.__main__ import serve
from integration_tests.emulator.http.rate_limit import TIERS

KEPT_MEGABYTES = 4000


def main() -> None:
    """Say the address on standard error and serve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.served", description=__doc__)
    parser.add_argument("world", help="uniform:ADVERTISERSxADS or various:ADVERTISERS")
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--tier", choices=TIERS)
    wish = parser.parse_args()
    world = world_of(wish.world, wish.now)
    # The compared package sends what a strict server refuses; kept pages make the server cheaper than any client.
    serve(Emulator(world, now=wish.now, tier=wish.tier, latency=wish.latency, strict=False, canned=KEPT_MEGABYTES))


if __name__ == "__main__":
    main()
