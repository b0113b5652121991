"""Memory: the peak against the number of advertisers and of windows, pages of about a thousand rows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.connectors.configuration import catalog_file, config_file
from benchmarks.connectors.connector import Connector, Pair
from benchmarks.jobs.throughput import STREAM
from benchmarks.service.service import Service, present

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
"""Less, because it is slow."""
ONE_PROCESSOR = "ours, on one processor"
"""With one processor ours reads in one process."""


def run(pair: Pair) -> Json:
    """Return the peaks."""
    jobs: tuple[tuple[str, Connector, tuple[Size, ...], int | None], ...] = (
        ("ours", pair.ours, OURS, None),
        (ONE_PROCESSOR, pair.ours, OURS, 1),
        ("theirs", pair.theirs, THEIRS, None),
    )
    return {
        name: [_peak(pair, connector, size, processors) for size in sizes]
        for name, connector, sizes, processors in jobs
    }


def _peak(pair: Pair, connector: Connector, size: Size, processors: int | None) -> Json:
    with Service(f"uniform:{size.advertisers}x{ADS}", present()) as service:
        catalog = catalog_file(pair.folder, connector.streams(service, pair.folder), [STREAM], connector.name)
        config = config_file(pair.folder, start=service.now.date() - timedelta(days=size.days - 1))
        arguments = ["read", "--config", config, "--catalog", catalog]
        cost = connector.run(service, arguments, processors=processors).required()
    return {
        "advertisers": size.advertisers,
        "windows": size.windows,
        "records": cost.records,
        "peak_mb": cost.peak_mb,
        "process_peak_mb": cost.process_peak_mb,
    }
