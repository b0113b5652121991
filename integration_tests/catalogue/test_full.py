"""The whole catalogue, read once: every stream equals what TikTok holds, in the promised types."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import orjson
import pytest

from integration_tests.emulator import Emulator, seeded_world
from integration_tests.expected.creatives import CREATIVE_REPORTS, expected_creatives
from integration_tests.expected.entities import ENTITIES, expected_advertisers, expected_entities, expected_ids
from integration_tests.expected.lists import GOALS, LISTS, OBJECTIVES, SHARED, expected_list
from integration_tests.expected.report_names import REPORTS, TOTALS, ReportName
from integration_tests.expected.reports import expected_report
from integration_tests.expected.stores import STORE_REPORTS, available_stores, expected_store_report
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.harness.output import Json, Run
from integration_tests.harness.schema import misfits

LATEST = date(2026, 11, 11)
DAYS_AGO, YESTERDAY = date(2026, 11, 1), date(2026, 11, 9)
HOURLY = tuple(name for name in (*REPORTS, *STORE_REPORTS) if name.endswith("_hourly"))
STARTS = {**dict.fromkeys(HOURLY, YESTERDAY), **dict.fromkeys(TOTALS, date(2016, 9, 1))}
"""Where a stream is read from, if not some days ago: what has no time, from the default start_date."""
STREAMS = ("advertiser_ids", "advertisers", *ENTITIES, *LISTS, *REPORTS, *STORE_REPORTS, *CREATIVE_REPORTS)


@dataclass
class Sync:
    """What TikTok holds, what it was asked, and what came out of it."""

    tiktok: Emulator
    streams: dict[str, Json]
    runs: list[Run]
    records: dict[str, list[Json]]

    def truth(self, name: str) -> list[Json]:
        """The records that a stream must consist of."""
        tiktok, schema = self.tiktok, self.streams[name]["json_schema"]
        start = STARTS.get(name, DAYS_AGO)
        if name in REPORTS:
            return expected_report(tiktok, schema, name, start, LATEST)
        if name in STORE_REPORTS:
            return expected_store_report(tiktok, schema, name, start, LATEST)
        if name in CREATIVE_REPORTS:
            return expected_creatives(tiktok, schema, name, start, LATEST)
        if name in LISTS:
            return expected_list(tiktok, schema, name)
        if name in ENTITIES:
            accounts = [advertiser.id for advertiser in tiktok.world.advertisers]
            return expected_entities(tiktok, schema, name, accounts)
        return (expected_ids if name == "advertiser_ids" else expected_advertisers)(tiktok, schema)


@pytest.fixture(scope="module")
def sync(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sync]:
    """Ten days of everything, two of what is reported by the hour, all of what has no time."""
    with Emulator(seeded_world(1), now=NOW) as tiktok, pytest.MonkeyPatch.context() as environment:
        environment.setenv(BASE_URL_VARIABLE, tiktok.base_url)
        connection = Connection(tiktok, tmp_path_factory.mktemp("whole"))
        streams = {stream["name"]: stream for stream in connection.discover()}
        daily = [name for name in streams if name not in (*HOURLY, *TOTALS)]
        runs = [
            connection.read(*daily, start_date=str(DAYS_AGO)),
            connection.read(*HOURLY, start_date=str(YESTERDAY)),
            connection.read(*TOTALS),
        ]
        records: dict[str, list[Json]] = defaultdict(list)
        for run in runs:
            for record in run.of("RECORD"):
                records[record["stream"]].append(record["data"])
        yield Sync(tiktok, streams, runs, records)


def in_order(records: list[Json]) -> list[bytes]:
    """The records as a multiset that can be compared."""
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


def test_everything_is_complete_and_nothing_was_noteworthy(sync: Sync) -> None:
    assert [run.exit_status for run in sync.runs] == [0, 0, 0]
    assert sorted(sync.streams) == sorted(STREAMS)
    assert sorted(sync.records) == sorted(STREAMS)
    assert [warning for run in sync.runs for warning in run.logged("WARN")] == []


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_equals_what_tiktok_holds(sync: Sync, name: str) -> None:
    """Every row of every account, once, with all of its fields."""
    expected = in_order(sync.truth(name))

    assert len(sync.records[name]) == len(expected) > 0
    assert in_order(sync.records[name]) == expected


@pytest.mark.parametrize("name", STREAMS)
def test_every_record_is_as_discover_announces_it(sync: Sync, name: str) -> None:
    """The schema describes it, its key is complete and its own in the account, and it tells whose it is.

    Music of the system is in the list of every account.
    """
    stream, records = sync.streams[name], sync.records[name]
    keys = [path[0] for path in stream["source_defined_primary_key"]]
    identities = [tuple(record[key] for key in keys) for record in records]
    owned = {(record.get("advertiser_id"), *identity) for record, identity in zip(records, identities, strict=True)}

    assert misfits(stream, records) == set()
    assert all(None not in identity for identity in identities)
    assert not keys or len(owned) == len(records)
    assert all((record.get("advertiser_id") is not None) == (name not in SHARED) for record in records)
    assert {field for record in records for field in record} <= set(stream["json_schema"]["properties"])


def test_what_is_the_same_for_all_is_asked_of_one_advertiser_only(sync: Sync) -> None:
    for path, _ in SHARED.values():
        assert len(sync.tiktok.log.to(path)) == 1


def test_every_pair_of_objective_and_goal_is_covered_with_few_requests(sync: Sync) -> None:
    """An account is asked the pairs that exist; one that TikTok refused is asked once a run."""
    asked = sync.tiktok.log.to("pixel/instant_page/event/")
    pairs = [(request.params["objective_type"], request.params["optimization_goal"]) for request in asked]
    refused = [pair for pair, request in zip(pairs, asked, strict=True) if request.code != 0]

    assert set(pairs) == {(objective, goal) for objective in OBJECTIVES for goal in GOALS}
    assert len(refused) == len(set(refused))
    assert len(asked) < 2 * len(OBJECTIVES) * len(GOALS)


def test_statistics_are_asked_of_an_advertisers_own_pixels_a_few_at_a_time(sync: Sync) -> None:
    """The last thirty days of UTC, today among them."""
    asked = sync.tiktok.log.to("pixel/event/stats/")
    pixels: dict[str, list[str]] = defaultdict(list)
    for request in asked:
        pixels[request.params["advertiser_id"]] += request.params["pixel_ids"]
    own = {
        advertiser.id: {row["pixel_id"] for row in sync.tiktok.rows_of("pixel/list/", advertiser.id)}
        for advertiser in sync.tiktok.world.advertisers
    }

    assert {advertiser: set(ids) for advertiser, ids in pixels.items()} == {k: v for k, v in own.items() if v}
    assert all(len(ids) == len(set(ids)) for ids in pixels.values())
    assert max(len(request.params["pixel_ids"]) for request in asked) == 10
    assert {str(request.params["date_range"]) for request in asked} == {
        "{'start_date': '2026-10-12', 'end_date': '2026-11-10'}"
    }
    assert {request.code for request in asked} == {0}


def test_only_stores_that_can_have_a_gmv_max_report_are_asked_each_with_its_advertiser(sync: Sync) -> None:
    asked = {
        (request.params["advertiser_id"], *request.params["store_ids"])
        for request in sync.tiktok.log.to("gmv_max/report/get/")
    }
    stores = {
        (advertiser.id, store)
        for advertiser in sync.tiktok.world.advertisers
        for store in available_stores(sync.tiktok, advertiser)
    }

    assert asked == stores
    assert len(sync.records["gmv_max_stores"]) > len(stores)


def test_audience_reports_without_time_cover_the_last_year(sync: Sync) -> None:
    """They are read whole each time: a row has no time to go on from."""
    assert len(TOTALS) == 21
    for name in TOTALS:
        report, stream = ReportName(name), sync.streams[name]
        dates = {
            (request.params["start_date"], request.params["end_date"])
            for request in sync.tiktok.log.to("report/integrated/get/")
            if request.params["dimensions"] == report.dimensions
            and request.params["advertiser_id"] == sync.tiktok.world.advertisers[0].id
        }

        assert dates == {("2025-11-11", "2026-11-10")}
        assert stream["supported_sync_modes"] == ["full_refresh"]
        assert "default_cursor_field" not in stream


def test_no_stream_asks_a_question_twice(sync: Sync) -> None:
    """Look-ups that each run makes for itself are the only ones that recur."""
    look_ups = ("oauth2/advertiser/get/", "advertiser/info/", "pixel/instant_page/event/")
    asked = [(request.path, request.query) for request in sync.tiktok.log if request.path not in look_ups]
    twice = {question for question in asked if asked.count(question) > 1}

    assert {path for path, _ in twice} <= {"pixel/list/", "gmv_max/store/list/"}
