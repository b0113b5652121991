"""Run the emulator from the command line until SIGTERM or SIGINT."""

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime

from integration_tests.emulator.http.rate_limit import TIERS
from integration_tests.emulator.http.server import Emulator
from integration_tests.emulator.world.clock import as_utc
from integration_tests.emulator.world.seeding import seeded_world, uniform_world, young_world


def main(arguments: list[str] | None = None) -> None:
    """Serve a seeded or uniform world and say where."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--uniform", metavar="ADVERTISERSxADS", help="serve a uniform world such as 20x100 instead")
    parser.add_argument("--young", action="store_true", help="serve two accounts that are a day old instead")
    parser.add_argument("--now", help="stop the clock at this time (ISO 8601); without it the real clock is followed")
    parser.add_argument("--tier", choices=[*TIERS, "none"], default="none", help="rate limits of an app tier")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--gzip", action="store_true", help="compress answers for clients that accept it")
    parser.add_argument("--lenient", action="store_true", help="tolerate unknown parameters and pages beyond the last")
    parser.add_argument("--sandbox", action="store_true", help="answer as the sandbox host does")
    parser.add_argument(
        "--canned",
        type=int,
        nargs="?",
        const=4000,
        default=0,
        metavar="MEGABYTES",
        help="keep finished pages and serve them again as they are; goes with --now",
    )
    wish = parser.parse_args(arguments)
    today = (as_utc(wish.now) if wish.now else datetime.now(UTC)).date()
    world = (young_world if wish.young else seeded_world)(wish.seed, today)
    if wish.uniform:
        advertisers, ads = map(int, wish.uniform.split("x"))
        world = uniform_world(advertisers, ads)
    emulator = Emulator(
        world,
        now=wish.now,
        tier=None if wish.tier == "none" else wish.tier,
        latency=wish.latency,
        strict=not wish.lenient,
        gzip=wish.gzip,
        sandbox=wish.sandbox,
        canned=wish.canned,
        port=wish.port,
    )
    serve(emulator)


def serve(emulator: Emulator) -> None:
    """Say the address on standard error and serve until the process is told to end."""
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    with emulator:
        sys.stderr.write(f"{emulator.base_url}\n")
        sys.stderr.flush()
        done.wait()


if __name__ == "__main__":
    main()
