"""Reads the whole catalogue under random faults, again and again, and compares with what a calm sync reads.

`python -m integration_tests.soak --seeds 20 --minutes 10` prints a table and fails if a key was lost or came out twice.
A seed fixes the account, the faults of every question, and where the sync is cut off before it is resumed. Waits pass
at once, and are counted.
"""

import argparse
import io
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

import orjson

from integration_tests.emulator import Emulator, Fault, seeded_world
from integration_tests.harness import BASE_URL_VARIABLE, Connection, EmulatedClock
from integration_tests.output import Json, Run, assert_orderly, parsed
from source_tiktok_marketing.run import main as connector
from source_tiktok_marketing.streams.second_process import SecondProcess

NOW, START = "2026-11-10T12:00:00Z", "2026-11-09"
REPORT = "report/integrated/get/"
RATE = 0.12
"""Share of the requests that are hit."""
MEGABYTE = 1024.0


def turned(data: Any) -> Any:
    """The page with its rows the other way round, the first of them in the place of the last."""
    rows = data.get("list") if isinstance(data, dict) else None
    return {**data, "list": [*rows[1:], rows[1]][::-1]} if rows and len(rows) > 1 else data


PASSING: tuple[Json, ...] = (
    {"drop": True},
    {"truncate": True},
    {"garbage": True},
    {"drip": 0.02},
    {"status": 500},
    {"status": 502},
    {"status": 503, "headers": {"Retry-After": "9"}},
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "30"}},
    {"code": 40016, "message": "Too many requests to the endpoint."},
    {"code": 40100, "message": "Too many requests. Please retry in some time."},
    {"code": 40133, "message": "Too many requests for the advertiser."},
    {"code": 40202, "message": "Conflict."},
    {"code": 50000, "message": "System error."},
    {"code": 51039, "message": "One more."},
    {"rewrite": lambda _: None},
)
"""What hits any request; the same question asked once more is hit only by the same chance again."""
OF_REPORTS: tuple[Json, ...] = (
    {"code": 40067, "message": "The query is too large."},
    {"headers": {"X-Tt-Ads-Throttle": "Number of ad ids is equal or more than 20k."}},
    {"rewrite": turned},
)
"""What hits reports of several days, which can be divided."""


class Weather:
    """Decides which request is hit by what: by its question and how often that was asked, not by the moment."""

    def __init__(self, seed: int, rate: float = RATE) -> None:
        self.hits = 0
        self._seed, self._rate = seed, rate
        self._asked: Counter[str] = Counter()
        self._fate: int | None = None

    def faults(self) -> Iterator[Fault]:
        """The faults to inject: one that only looks at each request, then one for each sort."""
        yield Fault(match=self._look, times=None)
        for number, fault in enumerate((*PASSING, *OF_REPORTS)):
            yield Fault(match=self._fated(number), times=None, **fault)

    def _look(self, params: Json) -> bool:
        question = orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode()
        self._asked[question] += 1
        dice = Random(f"{self._seed}/{question}/{self._asked[question]}")
        self._fate = None
        if dice.random() < self._rate:
            divisible = "data_level" in params and params.get("start_date") != params.get("end_date")
            self._fate = dice.randrange(len(PASSING) + (len(OF_REPORTS) if divisible else 0))
            self.hits += 1
        return False

    def _fated(self, number: int) -> Callable[[Json], bool]:
        return lambda _: self._fate == number


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
        calm = self._read(None, processors=1)
        for fault in self._weather.faults():
            self._tiktok.inject(fault)
        self._compare(calm, [self._read(None)])
        size = sum(len(orjson.dumps(message)) for message in calm.messages)
        cut = self._read(None, most=self._dice.randrange(1000, size))
        self._compare(calm, [cut, self._read(cut.last_states)])
        return len(self._keys), len(calm.of("RECORD")), self._weather.hits

    def _read(self, state: list[Json] | None, most: int | None = None, processors: int = 2) -> Run:
        connection, clock = self._connection, EmulatedClock(self._tiktok)
        saved = ["--state", connection.file("state", state)] if state else []
        config = connection.file("config", connection.configured())
        catalog = connection.file("catalog", self._catalog)
        raw = CutOff(most or sys.maxsize)
        out = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)  # type: ignore[type-var]
        arguments = ["read", "--config", config, "--catalog", catalog, *saved]
        exit_status = connector(arguments, out, clock, second=SecondProcess(processors, meetings=0))
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


def main(arguments: list[str] | None = None) -> int:
    """Soak seed after seed until all are done or the minutes are over; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many accounts")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--minutes", type=float, default=30.0, help="after which no further seed is begun")
    wish = parser.parse_args(arguments)
    results, ends = [], time.monotonic() + wish.minutes * 60
    for seed in range(wish.first, wish.first + wish.seeds):
        if time.monotonic() > ends:
            break
        results.append(soak(seed))
        sys.stderr.write(f"seed {seed}: {'sound' if results[-1].sound else 'NOT SOUND'}\n")
    sys.stdout.write(table(results) + "\n")
    return 0 if results and all(result.sound for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
