"""Reads a seeded account from the emulator twice, two days apart, and shows what came of it: `make demo`."""

import os
import sys
from pathlib import Path

from integration_tests.demo.commands import ROWS, TIER, Demo, say
from integration_tests.demo.tables import SPEND_STREAM, spend_table, stream_table
from integration_tests.emulator import Emulator, World
from integration_tests.harness.accounts import NOW
from source_tiktok_marketing.config import BASE_URL_VARIABLE

FOLDER = Path("demo_output")
DAYS = 4


def show(folder: Path = FOLDER, days: int = DAYS, world: World | None = None) -> list[str]:
    """Run the demo; returns the commands that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    with Emulator(world, now=NOW, tier=TIER) as emulator:
        demo = Demo(emulator, folder, days)
        say(f"The emulator serves a made-up account on this machine. Its clock says {NOW}.\n")
        os.environ[BASE_URL_VARIABLE] = emulator.base_url
        say(f"$ export {BASE_URL_VARIABLE}={emulator.base_url}")
        demo.configure()
        first = demo.sync("first", "catalog.json")
        say(f"\nTwo days pass. The clock says {emulator.clock.move(days=2):%Y-%m-%dT%H:%M:%SZ}.")
        say("The streams that have a cursor go on from where they stood.\n")
        second = demo.sync("second", "incremental_catalog.json", "first_state.json")
        say(f"\n{stream_table(ROWS, first, second)}\n")
        spend, agree = spend_table(emulator, demo.start_date.isoformat(), (first, second))
        say(f"Spend since {demo.start_date}: {SPEND_STREAM} of both syncs, and what the account holds.\n\n{spend}\n")
    if not agree:
        demo.failed.append("comparison of spend")
    say(f"Configuration, catalogue, states and all messages are in {folder}/.")
    return demo.failed


def main() -> None:
    """Run the demo and exit; non-zero if anything failed."""
    if failed := show():
        sys.exit(f"Failed: {', '.join(failed)}. The messages tell why.")


if __name__ == "__main__":
    main()
