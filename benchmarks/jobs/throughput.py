"""Throughput: `ads_reports_daily` with all its metrics, pages of 1,000, TikTok answering without delay."""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

import orjson

from benchmarks.connectors.configuration import TIER, catalog_file, config_file
from benchmarks.connectors.connector import Connector, Pair
from benchmarks.connectors.process import Cost
from benchmarks.service.emulator import TIERS
from benchmarks.service.request_log import report_pages, report_requests, requests_in_a_second, requests_per_second
from benchmarks.service.service import Service, present

Json = dict[str, Any]

STREAM = "ads_reports_daily"
WORLD = "uniform:20x100"
ROUNDS = 3
DAYS = {"ours": 150, "theirs": 3}
"""How many days each reads: enough to be measured, few enough to end."""
LEAST_EMULATOR_RATE = 80_000
"""Rows a second that the emulator must answer alone, so that it is not what is measured."""
_BEFORE_ANY_ROW = date(2023, 1, 1)


@dataclass
class Job:
    """One connector's part."""

    connector: Connector
    catalog: str
    start: date
    costs: list[Cost] = field(default_factory=list)
    idle: list[Cost] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    """Requests a second of each run."""
    median_seconds: list[float] = field(default_factory=list)
    """Requests in the median second of each run."""
    pages: Json = field(default_factory=dict)

    def prepare(self, pair: Pair, service: Service) -> Cost:
        """Read once, so that the emulator has made all pages and keeps them."""
        return self._read(config_file(pair.folder, start=self.start), service)

    def measure(self, pair: Pair, service: Service) -> None:
        """Read the rows, and then a day without rows: what it costs to run at all."""
        service.clear()
        self.costs.append(self._read(config_file(pair.folder, start=self.start), service))
        requests = service.requests()
        self.pages = report_pages(requests)
        self.rates.append(requests_per_second(requests) or 0.0)
        self.median_seconds.append(requests_in_a_second(requests))
        nothing = config_file(pair.folder, start=_BEFORE_ANY_ROW, end=_BEFORE_ANY_ROW)
        self.idle.append(self._read(nothing, service))

    def _read(self, config: str, service: Service) -> Cost:
        return self.connector.run(service, ["read", "--config", config, "--catalog", self.catalog]).required()

    def summary(self) -> Json:
        """Return medians: records a second of the whole run; CPU a record without what a run without rows takes."""
        idle = median(cost.cpu for cost in self.idle)
        return {
            "records": self.costs[0].records,
            "records_per_second": median(cost.records / cost.wall for cost in self.costs),
            "cpu_us_per_record": median((cost.cpu - idle) / cost.records * 1e6 for cost in self.costs),
            "cpu_us_per_record_with_start": median(cost.cpu / cost.records * 1e6 for cost in self.costs),
            "peak_mb": median(cost.peak_mb for cost in self.costs),
            "processors_busy": median(cost.cpu / cost.wall for cost in self.costs),
            "requests_per_second": median(self.rates),
            "requests_in_a_second": median(self.median_seconds),
            **self.pages,
        }


@dataclass
class Floor:
    """What parsing and serialising the rows takes at the least, and how fast the emulator answers them."""

    requests: list[Json]
    records: int
    """What a connector makes of the rows of these requests."""
    cpu_us_per_record: list[float] = field(default_factory=list)
    records_per_second: list[float] = field(default_factory=list)

    def measure(self, service: Service) -> None:
        """Ask for the same pages again."""
        cpu, started = 0.0, time.monotonic()
        for body in service.answers(self.requests):
            began = time.process_time()
            _round_trip(body)
            cpu += time.process_time() - began
        self.cpu_us_per_record.append(cpu / self.records * 1e6)
        self.records_per_second.append(self.records / (time.monotonic() - started - cpu))

    def check_emulator(self) -> None:
        """Raise `RuntimeError` if the emulator was too slow to measure a connector with."""
        rate = median(self.records_per_second)
        if rate < LEAST_EMULATOR_RATE:
            raise RuntimeError(
                f"Alone, the emulator answers {rate:,.0f} rows a second; it must answer {LEAST_EMULATOR_RATE:,d} so "
                "that it is not what is measured. Measure again when the machine has less to do."
            )


def _round_trip(body: bytes) -> None:
    for row in orjson.loads(body)["data"]["list"]:
        orjson.dumps(row)


def run(pair: Pair) -> Json:
    """Measure both in turn."""
    with Service(WORLD, present()) as service:
        jobs = {connector.name: _job(pair, connector, service) for connector in pair.both()}
        jobs["theirs"].prepare(pair, service)
        service.clear()
        records = jobs["ours"].prepare(pair, service).records
        floor = Floor(report_requests(service.requests()), records)
        floor.measure(service)
        floor.check_emulator()
        for _ in range(ROUNDS):
            for job in jobs.values():
                job.measure(pair, service)
            floor.measure(service)
            floor.check_emulator()
    return {name: job.summary() for name, job in jobs.items()} | {
        "floor_us_per_record": median(floor.cpu_us_per_record),
        "emulator_records_per_second": median(floor.records_per_second),
        "requests_granted_per_second": TIERS[TIER][0],
        "rounds": ROUNDS,
    }


def _job(pair: Pair, connector: Connector, service: Service) -> Job:
    catalog = catalog_file(pair.folder, connector.streams(service, pair.folder), [STREAM], connector.name)
    return Job(connector, catalog, service.now.date() - timedelta(days=DAYS[connector.name] - 1))
