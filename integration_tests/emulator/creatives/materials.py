"""The materials of an account: videos, images and catalogs, each shown by the ads of one name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zlib import crc32

from integration_tests.emulator.api.backend import Backend
from integration_tests.emulator.data.facts import METRICS
from integration_tests.emulator.reports.metrics import columns_of, is_attribute, values_of
from integration_tests.emulator.world.account import Chain
from integration_tests.emulator.world.counters import ZERO, Counters, plus
from integration_tests.emulator.world.draws import scramble
from integration_tests.emulator.world.entities import Advertiser

# Types of what Smart+ ads show; a catalog is shown in more than one way, under one id.
VIDEO, CATALOG = ("VIDEO_NON_SPARK_ADS",), ("CATALOG_VIDEO", "CATALOG_CAROUSEL")
_FIRST_ID = 7_600_000_000_000_000_000


@dataclass(frozen=True)
class Material:
    """A material, and the ads that show it."""

    id: str
    type: str
    name: str
    ads: tuple[Chain, ...]


def materials(advertiser: Advertiser, ads: Iterable[Chain], sort: str, now: datetime) -> Iterator[Material]:
    """Yield the materials of some ads of an account. `sort` tells the ids of its videos from those of its images."""
    by_name: dict[str, list[Chain]] = {}
    for ad in ads:
        by_name.setdefault(str(ad.entity.row_at(now)["ad_name"]), []).append(ad)
    for name, showing in by_name.items():
        number = str(_FIRST_ID + crc32(f"{advertiser.id}/{sort}/{name}".encode()))
        types = CATALOG if "3" in name else VIDEO
        for type_ in types:
            if shown := tuple(ad for ad in showing if types[scramble(int(ad.entity.id)) % len(types)] == type_):
                yield Material(number, type_, name, shown)


def delivered(
    backend: Backend, advertiser: Advertiser, ads: Iterable[Chain], start: date | None, end: date | None, time: str
) -> dict[str, Counters]:
    """Return what ads delivered by the values of a time dimension; all under an empty one without a dimension."""
    now = backend.clock.local(advertiser.timezone)
    found: dict[str, Counters] = {}
    for ad in ads:
        delivery = backend.accounts[advertiser.id].delivery(ad.entity)
        for day in delivery.days(start, end, now):
            hours = delivery.by_hour(day, now) if time == "stat_time_hour" else [(0, delivery.day(day, now))]
            for hour, counters in hours:
                if counters is not None:
                    stamp = f"{day} {hour:02d}:00:00" if time else ""
                    found[stamp] = plus(found.get(stamp, ZERO), counters)
    return found


def is_figure(metric: str) -> bool:
    """Return whether reports have the metric, and it is about delivery."""
    return metric in METRICS and not is_attribute(metric)


def written(metrics: Iterable[str], counters: Counters) -> dict[str, str]:
    """Return metrics as reports write them."""
    columns = columns_of([counters])
    return {name: values_of(name)(columns)[0] for name in metrics}
