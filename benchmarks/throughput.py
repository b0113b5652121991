"""Throughput: `ads_reports_daily` with all its metrics, pages of 1,000, TikTok answering without delay."""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

import orjson

from benchmarks.connectors import Connector, Pair, catalog_file, config_file
from benchmarks.moment import present
from benchmarks.process import Cost
from benchmarks.service import Service

Json = dict[str, Any]

STREAM = "ads_reports_daily"
WORLD = "uniform:20x100"
ROUNDS = 3
DAYS = {"ours": 150, "theirs": 3}
"""How many days each reads: enough to be measured, few enough to end."""
_BEFORE_ANY_ROW = date(2023, 1, 1)


@dataclass
class Job:
    """One connector's part."""

    connector: Connector
    catalog: str
    start: date
    costs: list[Cost] = field(default_factory=list)
    idle: list[Cost] = field(default_factory=list)

    def read(self, pair: Pair, service: Service) -> Cost:
        """Read the rows."""
        return self._read(config_file(pair.folder, start=self.start), service)

    def read_nothing(self, pair: Pair, service: Service) -> Cost:
        """The same command about a day without rows: what it costs to be there at all."""
        return self._read(config_file(pair.folder, start=_BEFORE_ANY_ROW, end=_BEFORE_ANY_ROW), service)

    def _read(self, config: str, service: Service) -> Cost:
        return self.connector.run(service, ["read", "--config", config, "--catalog", self.catalog]).required()

    def summary(self) -> Json:
        """Medians: records a second of the whole run; CPU a record without what a run without rows takes."""
        idle = median(cost.cpu for cost in self.idle)
        return {
            "records": self.costs[0].records,
            "records_per_second": median(cost.records / cost.wall for cost in self.costs),
            "cpu_us_per_record": median((cost.cpu - idle) / cost.records * 1e6 for cost in self.costs),
            "cpu_us_per_record_with_start": median(cost.cpu / cost.records * 1e6 for cost in self.costs),
            "peak_mb": median(cost.peak_mb for cost in self.costs),
        }


@dataclass
class Floor:
    """What parsing and serialising the rows takes at the least, and how fast the emulator answers."""

    cpu_us_per_record: list[float] = field(default_factory=list)
    records_per_second: list[float] = field(default_factory=list)

    def measure(self, service: Service, records: int) -> None:
        """Ask again what the last run asked; `records` is what it made of the rows."""
        cpu, started = 0.0, time.monotonic()
        for request in service.requests():
            if request["path"].startswith("report/"):
                body = service.page(request["path"], request["query"])
                began = time.process_time()
                _round_trip(body)
                cpu += time.process_time() - began
        self.cpu_us_per_record.append(cpu / records * 1e6)
        self.records_per_second.append(records / (time.monotonic() - started - cpu))


def _round_trip(body: bytes) -> None:
    for row in orjson.loads(body)["data"]["list"]:
        orjson.dumps(row)


def run(pair: Pair) -> Json:
    """Both in turn."""
    with Service(WORLD, present()) as service:
        jobs = {}
        for connector in pair.both():
            catalog = catalog_file(pair.folder, connector.streams(service, pair.folder), [STREAM], connector.name)
            start = service.now.date() - timedelta(days=DAYS[connector.name] - 1)
            jobs[connector.name] = Job(connector, catalog, start)
        floor = Floor()
        jobs["ours"].read(pair, service)  # the emulator makes its pages
        for _ in range(ROUNDS):
            for job in jobs.values():
                service.clear()
                job.costs.append(job.read(pair, service))
                if job.connector.is_ours:
                    floor.measure(service, job.costs[-1].records)
                job.idle.append(job.read_nothing(pair, service))
    return {name: job.summary() for name, job in jobs.items()} | {
        "floor_us_per_record": median(floor.cpu_us_per_record),
        "emulator_records_per_second": median(floor.records_per_second),
        "rounds": ROUNDS,
    }
