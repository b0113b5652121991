"""What TikTok holds, stream by stream, told by the emulator and never by the connector."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import orjson

from integration_tests.emulator import Emulator
from integration_tests.expected.creatives import (
    CREATIVE_REPORTS,
    MATERIALS,
    SMART_PLUS,
    SMART_PLUS_ADS,
    expected_creatives,
)
from integration_tests.expected.entities import ENTITIES, expected_advertisers, expected_entities, expected_ids
from integration_tests.expected.lists import LISTS, PLAIN, SHARED, expected_list
from integration_tests.expected.report_names import REPORTS
from integration_tests.expected.reports import expected_report
from integration_tests.expected.stores import STORE_REPORTS, expected_store_report
from integration_tests.harness.output import Json

LISTING, INFO = "oauth2/advertiser/get/", "advertiser/info/"
REPORT, STORE_REPORT = "report/integrated/get/", "gmv_max/report/get/"
STRUCTURE = tuple(f"{kind}/get/" for kind in ENTITIES.values())
LAST_DAY = date(2026, 12, 31)

OWN: dict[str, str] = {
    **{name: path for name, (path, _) in (PLAIN | SHARED).items()},
    **{name: f"{kind}/get/" for name, kind in ENTITIES.items()},
    **dict.fromkeys(REPORTS, REPORT),
    **dict.fromkeys(STORE_REPORTS, STORE_REPORT),
    **SMART_PLUS,
    **SMART_PLUS_ADS,
    **dict.fromkeys(MATERIALS, "creative/report/get/"),
    "advertiser_ids": LISTING,
    "advertisers": INFO,
    "pixel_instant_page_events": "pixel/instant_page/event/",
    "pixel_events_statistics": "pixel/event/stats/",
    "gmv_max_campaigns": "gmv_max/campaign/get/",
}
"""The endpoint that a stream is read from."""
PARENTS: dict[str, str] = {
    "pixel_events_statistics": "pixel/list/",
    **dict.fromkeys(STORE_REPORTS, "gmv_max/store/list/"),
}
"""The endpoint whose objects it is asked about."""
DIVIDING: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(REPORTS, STRUCTURE),
    **dict.fromkeys(STORE_REPORTS, ("gmv_max/campaign/get/",)),
    **dict.fromkeys(SMART_PLUS_ADS, ("smart_plus/ad/get/",)),
}
"""The lists by whose ids a report is divided when it is too large."""
PATHS = tuple(dict.fromkeys(path for path in OWN.values() if path not in (LISTING, INFO)))

Held = Mapping[str, Mapping[str, list[Json]]]
"""Rows by account and key: several rows of one key differ. Rows of no account are those of account ""."""


def endpoints(stream: str) -> set[str]:
    """Return the endpoints that the stream can't be read without."""
    return {OWN[stream]} | ({PARENTS[stream]} if stream in PARENTS else set())


def needed(stream: str) -> set[str]:
    """Return those, and the lists by whose ids a report is divided when it is too large."""
    return endpoints(stream) | set(DIVIDING.get(stream, ()))


def grouped(records: Iterable[Json], keys: list[str]) -> Held:
    """Return the records by account and key."""
    found: defaultdict[str, defaultdict[str, list[Json]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        key = orjson.dumps(
            [record.get(name) for name in keys] if keys else record, option=orjson.OPT_SORT_KEYS
        ).decode()
        found[str(record.get("advertiser_id", ""))][key].append(record)
    return found


class Truth:
    """The rows of every stream at the emulator's present moment, computed when they are first asked for."""

    def __init__(self, tiktok: Emulator, streams: Iterable[Json], start: date) -> None:
        """Look at the streams that `discover` shows, from `start` on."""
        self.keys = {s["name"]: [name for (name,) in s.get("source_defined_primary_key", [])] for s in streams}
        self.accounts = [advertiser.id for advertiser in tiktok.world.advertisers]
        self._schemas = {stream["name"]: stream["json_schema"] for stream in streams}
        self._tiktok, self._start = tiktok, start
        self._held: dict[str, Held] = {}
        self._moment: Any = None

    def held(self, stream: str) -> Held:
        """Return what TikTok holds of a stream."""
        moment = (self._tiktok.clock.now(), self._tiktok.report_limits.latency)
        if moment != self._moment:
            self._moment, self._held = moment, {}
        if stream not in self._held:
            rows = grouped(self._rows(stream), self.keys[stream])
            self._held[stream] = {
                account: {key: different(held) for key, held in by_key.items()} for account, by_key in rows.items()
            }
        return self._held[stream]

    def _rows(self, stream: str) -> list[Json]:
        tiktok, schema = self._tiktok, self._schemas[stream]
        if stream in REPORTS:
            return expected_report(tiktok, schema, stream, self._start, LAST_DAY)
        if stream in STORE_REPORTS:
            latest = tiktok.clock.now().date() + timedelta(days=1)  # east of UTC
            return expected_store_report(tiktok, schema, stream, self._start, latest)
        if stream in CREATIVE_REPORTS:
            return expected_creatives(tiktok, schema, stream, self._start, LAST_DAY)
        if stream in LISTS:
            return expected_list(tiktok, schema, stream)
        if stream in ENTITIES:
            return expected_entities(tiktok, schema, stream, self.accounts)
        return (expected_ids if stream == "advertiser_ids" else expected_advertisers)(tiktok, schema)


def different(rows: list[Json]) -> list[Json]:
    """Return the rows, equal ones once."""
    held: list[Json] = []
    for row in rows:
        if row not in held:
            held.append(row)
    return held
