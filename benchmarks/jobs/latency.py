"""Latency: 300 ms a reply and the Basic tier, which grants ten requests a second."""

from datetime import timedelta
from typing import Any

from benchmarks.connectors.configuration import catalog_file, config_file
from benchmarks.connectors.connector import Connector, Pair
from benchmarks.jobs.throughput import STREAM
from benchmarks.service.emulator import RATE_LIMITED, TIERS
from benchmarks.service.request_log import requests_per_second
from benchmarks.service.service import Service, present

Json = dict[str, Any]

TIER = "basic"
SECONDS = 0.3
DAYS = 300
WORLD = "uniform:20x1"


def run(pair: Pair) -> Json:
    """Measure both, one after the other."""
    with Service(WORLD, present(), "--latency", str(SECONDS), "--tier", TIER) as service:
        return {connector.name: _one(pair, connector, service) for connector in pair.both()}


def _one(pair: Pair, connector: Connector, service: Service) -> Json:
    catalog = catalog_file(pair.folder, connector.streams(service, pair.folder), [STREAM], connector.name)
    start = service.now.date() - timedelta(days=DAYS - 1)
    config = config_file(pair.folder, start=start, rate_limit_tier=TIER)
    service.clear()
    cost = connector.run(service, ["read", "--config", config, "--catalog", catalog])
    requests = service.requests()
    granted, _ = TIERS[TIER]
    return {
        "requests": len(requests),
        "records": cost.records,
        "refused": sum(request["code"] == RATE_LIMITED for request in requests),
        "requests_per_second": requests_per_second(requests),
        "wall": cost.wall,
        "wall_at_tier": len(requests) / granted,
        "cpu": cost.cpu,
        "status": cost.status,
    }
