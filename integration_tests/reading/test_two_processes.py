"""A sync that uses a second process emits what one without it emits, and leaves nothing behind."""

import os
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest

from integration_tests.emulator import Emulator, uniform_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Run

REPORTS = ("ads_reports_daily", "ads_reports_hourly", "ads_audience_reports_by_country_daily")
STREAMS = (*REPORTS, "campaigns")
BEGINNING = "Pages meet, so a second process ("


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with Emulator(uniform_world(3, 20), now=NOW) as emulator:
        yield emulator


def records(run: Run, stream: str) -> list[bytes]:
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in run.records(stream))


def second_processes(run: Run) -> list[int]:
    texts = [text for text in run.logged("INFO") if text.startswith(BEGINNING)]
    return [int(text.removeprefix(BEGINNING).split(")")[0]) for text in texts]


def test_two_processes_emit_what_one_emits(connect: Connect, tiktok: Emulator) -> None:
    alone = connect(tiktok, start_date="2026-11-08")
    one, two = alone.read(*STREAMS), replace(alone, processors=2).read(*STREAMS)

    assert one.exit_status == two.exit_status == 0
    assert (len(second_processes(one)), len(second_processes(two))) == (0, 1)
    assert all(records(one, stream) == records(two, stream) != [] for stream in STREAMS)
    assert all(one.cursors(stream) == two.cursors(stream) for stream in REPORTS)


def test_the_second_ends_with_the_sync(connect: Connect, tiktok: Emulator) -> None:
    (process,) = second_processes(
        replace(connect(tiktok, start_date="2026-11-08"), processors=2).read("ads_reports_daily")
    )

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
