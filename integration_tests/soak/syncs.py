"""The syncs of a seed: calm, under faults, cut off and resumed, tried again, and day after day."""

import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.expected.report_names import REPORTS, ReportName
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection, EmulatedClock
from integration_tests.harness.output import Json, Run, assert_orderly, parsed
from integration_tests.soak.lasting import Drawn, drawn
from integration_tests.soak.ledger import Ledger
from integration_tests.soak.truth import Truth
from integration_tests.soak.weather import Weather
from source_tiktok_marketing.run import main as connector

START = date(2026, 11, 9)
LASTING_FAULTS = 3
SMALLEST_CUT = 1000


@dataclass(frozen=True)
class Sync:
    """What a sync goes through."""

    weather: bool = False
    lasting: bool = False
    cut_off: bool = False


CALM, WEATHER, STORM = Sync(), Sync(weather=True), Sync(weather=True, lasting=True)
CUT_WEATHER, CUT_STORM = Sync(weather=True, cut_off=True), Sync(weather=True, lasting=True, cut_off=True)


@dataclass(frozen=True)
class Scenario:
    """Syncs that go on from each other's state. After the last one everything must be there."""

    syncs: tuple[Sync, ...]
    mode: str = "incremental"
    by_day: bool = False
    """A day passes between two syncs, and figures arrive late."""
    is_idle: bool = False
    """Ads deliver on few days, and hourly reports leave the others out."""


SCENARIOS: dict[str, Scenario] = {
    "calm": Scenario((CALM,)),
    "passing faults": Scenario((WEATHER,)),
    "lasting faults": Scenario((STORM, CALM)),
    "cut off": Scenario((CUT_STORM, CUT_WEATHER, STORM, CALM)),
    "full refresh": Scenario((CUT_WEATHER, CUT_STORM, STORM, CALM), mode="full_refresh"),
    "day after day": Scenario((STORM, WEATHER, STORM, CALM), by_day=True),
    "idle days": Scenario((CUT_STORM, STORM, CALM), is_idle=True),
}
LATENCIES = (2, 11, 16)
"""Hours after which TikTok has figures: of engagement and SKAN, by country, and all others."""
IDLE_START = START - timedelta(days=25)
HOURLY = tuple(name for name in REPORTS if name.endswith("_hourly"))
SEVERAL = 3
ATTRIBUTION_DAYS = 3
"""After which all conversions are attributed to their day."""


class CutOff(io.RawIOBase):
    """An output whose reader goes away after so many bytes."""

    def __init__(self, most: int) -> None:
        self.written = bytearray()
        self._most = most

    def writable(self) -> bool:
        """It is written to."""
        return True

    def write(self, block: Any) -> int:
        """Take the block, or the part of it that the reader still saw."""
        self.written += bytes(block)[: self._most - len(self.written)]
        if len(self.written) >= self._most:
            raise BrokenPipeError
        return len(block)


class Soak:
    """The syncs of one seed, over a few accounts that the configuration may name."""

    def __init__(self, tiktok: Emulator, folder: Path, seed: int) -> None:
        os.environ[BASE_URL_VARIABLE] = tiktok.base_url
        self._tiktok, self._seed, self._dice = tiktok, seed, Random(seed)
        accounts = [advertiser.id for advertiser in tiktok.world.advertisers]
        self._settings: Json = {
            "start_date": str(START),
            "advertiser_ids": accounts if seed % 3 == 0 else [],
            "accounts_per_request": Random(f"accounts of {seed}").choice((1, 2, 3, 5)),
        }
        self._connection = Connection(tiktok, folder, self._settings)
        streams = self._connection.discover()
        self._truth = Truth(tiktok, streams, START)
        owners = {campaign.advertiser_id for campaign in tiktok.world.campaigns}
        self._delivering = [account for account in accounts if account in owners]
        self._names = [stream["name"] for stream in streams]
        self._size = SMALLEST_CUT + 1
        self.findings: list[tuple[str, str]] = []
        self.storms: list[str] = []
        """The lasting faults of syncs with which something was wrong."""
        self.syncs, self.records, self.hits, self.waited = 0, 0, 0, 0.0

    def run(self) -> None:
        """Go through all scenarios."""
        for name, scenario in SCENARIOS.items():
            self._go_through(name, scenario)

    def _go_through(self, name: str, scenario: Scenario) -> None:
        streams, truth = self._streams_by_day() if scenario.by_day else self._names, self._truth
        if scenario.is_idle:
            streams, truth = self._idle_streams()
        window = self._connection.config.get("attribution_window", ATTRIBUTION_DAYS)
        ledger, states = Ledger(truth, is_attributed=window >= ATTRIBUTION_DAYS), None
        for number, sync in enumerate(scenario.syncs):
            if scenario.by_day and number:
                self._tiktok.clock.move(hours=self._dice.randrange(14, 30))
            faults = drawn(self._dice, self._delivering, LASTING_FAULTS) if sync.lasting else []
            weather = Weather(f"{self._seed}/{name}/{number}")
            self._inject(sync, weather, faults)
            most = self._dice.randrange(SMALLEST_CUT, self._size) if sync.cut_off else None
            run = self._read(streams, scenario.mode, states, most)
            ledger.enter(run, streams, faults, is_cut_off=sync.cut_off)
            states = _later(states, run.last_states)
            del run  # it may hold as much as all that follows
            self._report(f"seed {self._seed}, {name}, sync {number + 1}", ledger, faults)
            self.hits += weather.hits + sum(each.hits for each in faults)

    def _report(self, where: str, ledger: Ledger, faults: Sequence[Drawn]) -> None:
        """Take over what was wrong with a sync, and the faults that it went through."""
        if ledger.findings:
            self.storms += [f"{where}: {each.name}, {each.aim}" for each in faults]
        self.findings += [(kind, f"{where}: {what}") for kind, what in ledger.findings]
        ledger.findings.clear()

    def _streams_by_day(self) -> list[str]:
        """Let figures arrive late, from early in a day on; return the reports whose figures are complete by then."""
        hours = self._dice.choice(LATENCIES)
        self._tiktok.report_limits.latency = timedelta(hours=hours)
        self._tiktok.clock.move(hours=-self._dice.randrange(12))
        self._connection.config = self._settings | {"attribution_window": self._dice.randrange(ATTRIBUTION_DAYS + 1)}
        return [name for name in REPORTS if _latency(ReportName(name)) >= hours]

    def _idle_streams(self) -> tuple[list[str], Truth]:
        """Let ads deliver on few days of some weeks; return hourly reports without the others, and their truth."""
        self._tiktok.report_limits.latency = timedelta()
        for ad in self._tiktok.world.ads:
            ad.share = self._dice.randrange(10)
        self._tiktok.world.touch()
        idle = {"start_date": str(IDLE_START), "skip_idle_days": self._dice.choice(("if_confirmed", "if_likely"))}
        self._connection.config = self._settings | idle | {"attribution_window": self._dice.randrange(7)}
        self._size = SMALLEST_CUT**2
        return self._dice.sample(HOURLY, SEVERAL), Truth(self._tiktok, self._connection.discover(), IDLE_START)

    def _inject(self, sync: Sync, weather: Weather, faults: Sequence[Drawn]) -> None:
        self._tiktok.clear_faults()
        passing = weather.faults() if sync.weather else ()
        # The first that matches hits: what is refused for good is refused in any weather.
        for fault in (*(each for lasting in faults for each in lasting.faults), *passing):
            self._tiktok.inject(fault)

    def _read(self, streams: Sequence[str], mode: str, states: list[Json] | None, most: int | None) -> Run:
        connection, clock = self._connection, EmulatedClock(self._tiktok)
        arguments = connection.read_arguments(*streams, state=states, sync_mode=mode)
        raw = CutOff(most or sys.maxsize)
        out = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)  # type: ignore[type-var]
        exit_status = connector(arguments, out, clock)
        run = Run(exit_status, parsed(bytes(raw.written), connection.secrets, cut_off=most is not None))
        if most is None:
            assert_orderly(run)
        self._size = max(self._size, len(raw.written))
        self.waited = max(self.waited, clock.waited)
        self.syncs, self.records = self.syncs + 1, self.records + len(run.of("RECORD"))
        return run


def _later(before: list[Json] | None, states: list[Json]) -> list[Json]:
    """Return the states that a platform keeps: the new ones, and those of streams that told none."""
    kept = {state["stream"]["stream_descriptor"]["name"]: state for state in (*(before or ()), *states)}
    return list(kept.values())


def _latency(report: ReportName) -> int:
    """Return the hours after which TikTok has the figures of a report."""
    if report.metric_set:
        return LATENCIES[0]
    return LATENCIES[1] if report.breakdown == ["country_code"] and not report.is_audience else LATENCIES[2]
