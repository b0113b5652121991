"""Memory: the peak against the number of advertisers and of windows, pages of about a thousand rows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.connectors.configuration import catalog_file, config_file
from benchmarks.connectors.connector import Connector, Pair
from benchmarks.service.service import Service, present

Json = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How much there is to read: so many windows of so many days of each advertiser."""

    advertisers: int
    windows: int
    days: int
    ads: int
    stream: str


def daily(advertisers: int, windows: int, days: int = 30) -> Size:
    """Return a size of 990 rows in a window of 30 days."""
    return Size(advertisers, windows, days, 33, "ads_reports_daily")


def hourly(advertisers: int, windows: int) -> Size:
    """Return a size of 984 rows in a window, which is a day."""
    return Size(advertisers, windows, 1, 41, "ads_reports_hourly")


OURS = (daily(20, 1), daily(20, 10), daily(200, 1), daily(200, 10), hourly(200, 10))
THEIRS = (daily(20, 1, days=2), daily(200, 1, days=2))
"""Less, because it is slow."""


def run(pair: Pair) -> Json:
    """Return the peaks."""
    jobs: tuple[tuple[Connector, tuple[Size, ...]], ...] = ((pair.ours, OURS), (pair.theirs, THEIRS))
    return {connector.name: [_peak(pair, connector, size) for size in sizes] for connector, sizes in jobs}


def _peak(pair: Pair, connector: Connector, size: Size) -> Json:
    with Service(f"uniform:{size.advertisers}x{size.ads}", present()) as service:
        catalog = catalog_file(pair.folder, connector.streams(service, pair.folder), [size.stream], connector.name)
        start = service.now.date() - timedelta(days=size.windows * size.days - 1)
        config = config_file(pair.folder, start=start)
        cost = connector.run(service, ["read", "--config", config, "--catalog", catalog]).required()
    return {
        "stream": size.stream,
        "advertisers": size.advertisers,
        "windows": size.windows,
        "records": cost.records,
        "peak_mb": cost.peak_mb,
    }
