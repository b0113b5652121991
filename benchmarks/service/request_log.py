"""What a log of requests tells: how many there were of each kind, how fast they came, and what a report page cost."""

from collections import Counter
from statistics import median
from typing import Any

import orjson

from benchmarks.service.emulator import SUCCESS

Json = dict[str, Any]

REPORTS = "report/"


def by_path(requests: list[Json]) -> dict[str, int]:
    """Return the number of requests to each endpoint, in the order of the first ones."""
    return dict(Counter(request["path"] for request in requests))


def refused(requests: list[Json]) -> dict[str, int]:
    """Return the number of refused requests by endpoint and return code."""
    return dict(Counter(f"{item['path']} {item['code']}" for item in requests if item["code"] != SUCCESS))


def requests_per_second(requests: list[Json]) -> float | None:
    """Return how many requests arrived in a second, the first second left out; None if all arrived within it."""
    arrivals = sorted(request["at"] for request in requests)
    settled = [at for at in arrivals if at >= arrivals[0] + 1]
    return len(settled) / (settled[-1] - arrivals[0] - 1) if len(settled) > 1 else None


def requests_in_a_second(requests: list[Json]) -> float:
    """Return the median of the requests that arrived in each whole second, the first second and the last left out."""
    arrivals = [request["at"] for request in requests]
    seconds = Counter(int(at - min(arrivals)) for at in arrivals)
    return median([seconds[second] for second in range(1, max(seconds))] or [0])


def report_requests(requests: list[Json]) -> list[Json]:
    """Return the requests for reports."""
    return [request for request in requests if request["path"].startswith(REPORTS)]


def report_pages(requests: list[Json]) -> Json:
    """Return how many pages of reports were asked, in how many requests each, and the most metrics of a page.

    Requests that differ in nothing but their metrics ask for the same page.
    """
    metrics: dict[bytes, set[str]] = {}
    asked = report_requests(requests)
    for request in asked:
        params = dict(request["params"])
        names = params.pop("metrics", [])
        page = orjson.dumps([request["path"], params], option=orjson.OPT_SORT_KEYS)
        metrics.setdefault(page, set()).update(names)
    return {
        "pages": len(metrics),
        "requests_per_page": len(asked) / len(metrics) if metrics else 0.0,
        "metrics": max(map(len, metrics.values()), default=0),
    }
