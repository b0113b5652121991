"""The syncs of a seed: calm, under faults, and cut off and resumed."""

import io
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

import orjson

from integration_tests.emulator import Emulator, seeded_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection, EmulatedClock
from integration_tests.harness.output import Json, Run, assert_orderly, parsed
from integration_tests.soak.weather import Weather
from source_tiktok_marketing.run import main as connector

START = "2026-11-09"
REPORT = "report/integrated/get/"
MEGABYTE = 1024.0


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


@dataclass
class Figures:
    """What one seed did."""

    seed: int
    streams: int
    records: int
    requests: int
    faults: int
    repeated: int
    waited: float
    lost: int
    doubled: int
    red: int
    megabytes: float
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled or red."""
        return not (self.lost or self.doubled or self.red)


class Soak:
    """The syncs of one seed."""

    def __init__(self, tiktok: Emulator, folder: Path, seed: int) -> None:
        os.environ[BASE_URL_VARIABLE] = tiktok.base_url
        self._tiktok, self._dice = tiktok, Random(seed)
        self._weather = Weather(seed)
        accounts = tiktok.world.advertisers
        config = {"start_date": START, "advertiser_ids": [accounts[seed % len(accounts)].id]}
        self._connection = Connection(tiktok, folder, config)
        self._catalog = self._connection.catalog()
        self._keys: dict[str, list[str]] = {
            entry["stream"]["name"]: [name for (name,) in entry["stream"].get("source_defined_primary_key", [])]
            for entry in self._catalog["streams"]
        }
        self.waited, self.lost, self.doubled, self.red = 0.0, 0, 0, 0

    def run(self) -> tuple[int, int, int]:
        """Read calmly, under faults, and cut off and resumed under faults; return streams, records, faults."""
        calm = self._read(None)
        for fault in self._weather.faults():
            self._tiktok.inject(fault)
        self._compare(calm, [self._read(None)])
        size = sum(len(orjson.dumps(message)) for message in calm.messages)
        cut = self._read(None, most=self._dice.randrange(1000, size))
        self._compare(calm, [cut, self._read(cut.last_states)])
        return len(self._keys), len(calm.of("RECORD")), self._weather.hits

    def _read(self, state: list[Json] | None, most: int | None = None) -> Run:
        connection, clock = self._connection, EmulatedClock(self._tiktok)
        saved = ["--state", connection.file("state", state)] if state else []
        config = connection.file("config", connection.configured())
        catalog = connection.file("catalog", self._catalog)
        raw = CutOff(most or sys.maxsize)
        out = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)  # type: ignore[type-var]
        arguments = ["read", "--config", config, "--catalog", catalog, *saved]
        exit_status = connector(arguments, out, clock)
        run = Run(exit_status, parsed(bytes(raw.written), connection.secrets, cut_off=most is not None))
        if most is None:
            assert_orderly(run)
            self.red += exit_status
        self.waited = max(self.waited, clock.waited)
        return run

    def _compare(self, calm: Run, runs: list[Run]) -> None:
        """Count the keys that are lost or changed in the runs together, and those that come out twice in one."""
        for stream in self._keys:
            truth = self._keyed(stream, calm.records(stream))
            merged: dict[str, Json] = {}
            for run in runs:
                found = self._keyed(stream, run.records(stream))
                self.doubled += len(run.records(stream)) - len(found)
                merged |= found
            self.lost += sum(merged.get(key) != record for key, record in truth.items())
            self.lost += len(merged.keys() - truth.keys())

    def _keyed(self, stream: str, records: list[Json]) -> dict[str, Json]:
        names = self._keys[stream]
        return {str([record.get(name) for name in names] if names else record): record for record in records}


def soak(seed: int) -> Figures:
    """Soak one seed."""
    began = time.monotonic()
    with Emulator(seeded_world(seed), now=NOW) as tiktok, tempfile.TemporaryDirectory() as folder:
        syncs = Soak(tiktok, Path(folder), seed)
        streams, records, faults = syncs.run()
        questions = Counter((request.path, request.query) for request in tiktok.log)
        return Figures(
            seed=seed,
            streams=streams,
            records=records,
            requests=len(tiktok.log),
            faults=faults,
            # Four readings ask every question; more often it is asked only after a fault.
            repeated=sum(max(times - 4, 0) for times in questions.values()),
            waited=round(syncs.waited),
            lost=syncs.lost,
            doubled=syncs.doubled,
            red=syncs.red,
            megabytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE),
            seconds=round(time.monotonic() - began, 1),
        )


def table(results: list[Figures]) -> str:
    """The figures, a line a seed, with the totals."""
    names = [field.name for field in fields(Figures)]
    most = {"seed", "streams", "waited", "megabytes"}
    totals = [
        max(values) if name in most else round(sum(values), 1)
        for name in names
        for values in [[getattr(result, name) for result in results]]
    ]
    rows = [[getattr(result, name) for name in names] for result in results]
    lines = [names, *rows, ["all", *totals[1:]]]
    return "\n".join("  ".join(f"{value!s:>9}" for value in line) for line in lines)
