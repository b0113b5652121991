"""Reads a seeded account from the emulator twice, two days apart, and shows what came of it: `make demo`."""

import os
import sys
from pathlib import Path

from integration_tests.clients import environment
from integration_tests.demo.analysis import DAYS as ANALYSED_DAYS
from integration_tests.demo.analysis import Analysis
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
        analysis = Analysis(emulator, folder, demo.config) if environment.is_there() else None
        fill(analysis)
        say(f"\nTwo days pass. The clock says {emulator.clock.move(days=2):%Y-%m-%dT%H:%M:%SZ}.")
        say("The streams that have a cursor go on from where they stood.\n")
        second = demo.sync("second", "incremental_catalog.json", "first_state.json")
        fill(analysis)
        say(f"\n{stream_table(ROWS, first, second)}\n")
        spend, agree = spend_table(emulator, demo.start_date.isoformat(), (first, second))
        say(f"Spend since {demo.start_date}: {SPEND_STREAM} of both syncs, and what the account holds.\n\n{spend}\n")
        agree &= conclude(analysis)
    if not agree:
        demo.failed.append("comparison of spend")
    say(f"Configuration, catalogue, states and all messages are in {folder}/.")
    return demo.failed


def fill(analysis: Analysis | None) -> None:
    """Bring the DuckDB file up to date, if there is PyAirbyte to do it."""
    if analysis:
        say(f"\nPyAirbyte reads {ANALYSED_DAYS} days into {analysis.file}.")
        told = analysis.sync()
        say(f"  {told['records']:,} records, {told['seconds']:.1f} s")


def conclude(analysis: Analysis | None) -> bool:
    """Draw what is in the DuckDB file, or say why there is none; whether it agrees with what the account holds."""
    if analysis is None:
        say(f"PyAirbyte is left out, and with it the DuckDB file and the picture: {environment.MISSING}\n")
        return True
    analysis.draw()
    agrees = all(brought == held for brought, held in analysis.spend().values())
    verdict = "agrees" if agrees else "DOES NOT AGREE"
    say(f"The DuckDB file {verdict} with what the account holds: {analysis.picture} shows it by day.")
    say(f"Ask it: .clients/bin/python examples/first_questions.py {analysis.file}\n")
    return agrees


def main() -> None:
    """Run the demo and exit; non-zero if anything failed."""
    if failed := show():
        sys.exit(f"Failed: {', '.join(failed)}. The messages tell why.")


if __name__ == "__main__":
    main()
