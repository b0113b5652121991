"""Memory: the peak against the number of advertisers and of windows, pages of about a thousand rows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.connectors import Connector, Pair, catalog_file, config_file
from benchmarks.moment import present
from benchmarks.service import Service
from benchmarks.throughput import STREAM

Json = dict[str, Any]

ADS = 33
"""In a window of 30 days that makes 990 rows."""
WINDOW = 30


@dataclass(frozen=True)
class Size:
    """How much there is to read."""

    advertisers: int
    windows: int
    days: int


OURS = (Size(20, 1, WINDOW), Size(20, 10, 10 * WINDOW), Size(200, 1, WINDOW))
THEIRS = (Size(20, 1, 2), Size(200, 1, 2))
"""Less, because it takes its time."""


def run(pair: Pair) -> Json:
    """The peaks."""
    return {
        connector.name: _peaks(pair, connector, sizes)
        for connector, sizes in ((pair.ours, OURS), (pair.theirs, THEIRS))
    }


def _peaks(pair: Pair, connector: Connector, sizes: tuple[Size, ...]) -> list[Json]:
    return [_peak(pair, connector, size) for size in sizes]


def _peak(pair: Pair, connector: Connector, size: Size) -> Json:
    with Service(f"uniform:{size.advertisers}x{ADS}", present()) as service:
        catalog = catalog_file(pair.folder, connector.streams(service, pair.folder), [STREAM], connector.name)
        config = config_file(pair.folder, start=service.now.date() - timedelta(days=size.days - 1))
        cost = connector.run(service, ["read", "--config", config, "--catalog", catalog]).required()
    return {
        "advertisers": size.advertisers,
        "windows": size.windows,
        "records": cost.records,
        "peak_mb": cost.peak_mb,
    }
