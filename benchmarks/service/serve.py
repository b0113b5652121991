"""Serve a world until told to end: `python -m benchmarks.service.serve uniform:20x100 --now 2026-11-24T12:00:00Z`."""

import argparse
from datetime import datetime

from benchmarks.service.emulator import TIERS, Emulator, serve
from benchmarks.service.worlds import world_of

KEPT_MEGABYTES = 4000


def main() -> None:
    """Write the address to standard error and serve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.serve", description=__doc__)
    parser.add_argument("world", help="uniform:ADVERTISERSxADS, uniform:ADVERTISERSxADS:CREATED or various:ADVERTISERS")
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--tier", choices=TIERS)
    wish = parser.parse_args()
    world = world_of(wish.world, wish.now)
    # The compared package sends what a strict server refuses; kept pages make the server cheaper than any client.
    serve(Emulator(world, now=wish.now, tier=wish.tier, latency=wish.latency, strict=False, canned=KEPT_MEGABYTES))


if __name__ == "__main__":
    main()
