"""Replies are not trusted: whatever TikTok's JSON looks like, the sync equals the truth or says that it doesn't."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from integration_tests.emulator import Emulator, Fault, uniform_world
from integration_tests.expected.keys import keyed, once
from integration_tests.harness.accounts import ADS, DAILY, NOW, REPORT
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run

HOURLY = "ads_reports_hourly"
STREAMS = ("ads", DAILY)
PATHS = {"ads": ADS, DAILY: REPORT}
Data = dict[str, Any]
Rewrite = Callable[[Data], Any]


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    """An account with 43 ads, whose hours of a day are a page and a bit."""
    with Emulator(uniform_world(1, 43), now=NOW, strict=False) as emulator:
        yield emulator


@pytest.fixture
def connection(connect: Connect, tiktok: Emulator) -> Iterator[Connection]:
    """One day of it."""
    yield connect(tiktok, start_date="2026-11-09", end_date="2026-11-09")
    tiktok.clear_faults()


class Truth(dict[str, dict[tuple[Any, ...], Data]]):
    """What calm syncs of the streams held, once they have run."""

    def __repr__(self) -> str:
        """Only that, because failing tests show what they were given."""
        return "Truth()"


@pytest.fixture(scope="module")
def truth() -> Truth:
    """Nothing yet."""
    return Truth()


def read(connection: Connection, truth: Truth, stream: str, *faults: Fault) -> Run:
    """A read under faults, held against a calm one."""
    connection.tiktok.clear_faults()
    if stream not in truth:
        truth[stream] = once(stream, connection.read(stream).records(stream))
    for fault in faults:
        connection.tiktok.inject(fault)
    run = connection.read(stream)
    records = [record for record in run.records(stream) if isinstance(record.get("ad_id"), int)]
    found, keyless = keyed(stream, records), len(run.records(stream)) - len(records)
    if run.exit_status == 0:
        assert len(truth[stream].keys() - found.keys()) == keyless, "rows missing, and green"
        assert not found.keys() - truth[stream].keys(), "rows invented, and green"
        assert found == truth[stream] or run.logged("WARN"), "other values, and not a word"
        assert not keyless or any("key" in told for told in run.logged("WARN")), "no key, and not a word"
    else:
        assert run.statuses(stream)[-1] == "INCOMPLETE" or run.errors
        assert run.errors[0]["message"]
    assert len(found) in (0, len(records)), "a key came out twice"
    return run


DELETED = "delete it"
ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**12, "x", "3", [], {}, [1], [{}], [None], DELETED)
PLACES = (
    (),
    ("list",),
    ("page_info",),
    ("page_info", "total_page"),
    ("page_info", "total_number"),
    ("page_info", "page"),
    ("list", 0),
    ("list", 5),
    ("list", 5, "dimensions"),
    ("list", 5, "metrics"),
    ("list", 5, "ad_id"),
    ("list", 5, "advertiser_id"),
)


def put(data: Data, place: tuple[Any, ...], value: Any) -> Any:
    """The data with another value at a place; as it was if it has no such place."""
    if not place:
        return value if value != DELETED else {}
    data = deepcopy(data)
    holder: Any = data
    for step in place[:-1]:
        if isinstance(step, int) and step >= len(holder):
            return data
        holder = holder.get(step, {}) if isinstance(holder, dict) else holder[step]
    last = place[-1]
    if last in holder if isinstance(holder, dict) else last < len(holder):
        if value == DELETED:
            del holder[last]
        else:
            holder[last] = value
    return data


@pytest.mark.slow
@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stream=some.sampled_from(STREAMS),
    place=some.sampled_from(PLACES),
    value=some.sampled_from(ODD),
    times=some.sampled_from([1, None]),
)
def test_an_odd_reply_is_survived_or_told(
    connection: Connection,
    truth: Truth,
    stream: str,
    place: tuple[Any, ...],
    value: Any,
    times: int | None,
) -> None:
    """Any part of a page replaced by something else or left out, once or always.

    Another id in the place of an id is another object: nobody can tell.
    """
    assume(place[-1:] not in (("ad_id",), ("advertiser_id",)) or value is None or value == DELETED or value in ([], {}))
    fault = Fault(path=PATHS[stream], rewrite=lambda data: put(data, place, value), times=times)
    read(connection, truth, stream, fault)


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("data", [None, [], {}, [{"list": []}], "", 0], ids=repr)
def test_success_without_data_is_no_empty_list(connection: Connection, truth: Truth, stream: str, data: Any) -> None:
    """Code 0 with nothing in it, always: red. An empty list is a list."""
    run = read(connection, truth, stream, Fault(path=PATHS[stream], rewrite=lambda _: data, times=None))

    assert run.exit_status == 1


@pytest.mark.parametrize("path", ["advertiser/info/", "oauth2/advertiser/get/"])
@pytest.mark.parametrize("data", [None, [], {}, {"list": [{}]}, {"list": "x"}], ids=repr)
def test_a_look_up_without_data_is_not_an_empty_account(connection: Connection, path: str, data: Any) -> None:
    """No green sync that lacks the advertisers' own stream."""
    connection.tiktok.clear_faults()
    connection.tiktok.inject(Fault(path=path, rewrite=lambda _: data, times=None))
    run = connection.run(connection.read_arguments("advertisers", "ads"))

    assert run.exit_status == 1
    assert not any("Unexpected" in error["message"] for error in run.errors)


@pytest.mark.parametrize("values", [{"create_time": 10**18}, {"timezone": 5, "display_timezone": ["x"]}], ids=str)
def test_an_odd_advertiser_can_be_read_all_the_same(connection: Connection, truth: Truth, values: Data) -> None:
    """What can't be understood is unknown, which costs requests, not rows."""

    def rewrite(data: Data) -> Data:
        return {**data, "list": [{**row, **values} for row in data["list"]]}

    run = read(connection, truth, DAILY, Fault(path="advertiser/info/", rewrite=rewrite, times=None))

    assert run.exit_status == 0


def replacing(data: Data) -> Data:
    """A page in which the first row has taken the place of the last."""
    return {**data, "list": [*data["list"][:-1], *data["list"][:1]]}


@pytest.mark.parametrize("stream", [stream for stream in STREAMS if stream != "ads"])
def test_a_row_that_repeats_in_the_place_of_another_is_not_green(
    connection: Connection, truth: Truth, stream: str
) -> None:
    """The page is as long as announced, and a row is missing: a report has each key once."""
    assert read(connection, truth, stream, Fault(path=PATHS[stream], rewrite=replacing, times=None)).exit_status == 1


@pytest.mark.parametrize("stream", STREAMS)
def test_a_row_that_repeats_once_comes_out_once(connection: Connection, truth: Truth, stream: str) -> None:
    """The list held still the second time."""
    assert read(connection, truth, stream, Fault(path=PATHS[stream], rewrite=replacing, times=1)).exit_status == 0


@pytest.mark.parametrize("stream", STREAMS)
def test_rows_in_another_order_are_the_same_rows(connection: Connection, truth: Truth, stream: str) -> None:
    backwards = Fault(path=PATHS[stream], rewrite=lambda data: {**data, "list": data["list"][::-1]}, times=None)

    assert read(connection, truth, stream, backwards).exit_status == 0


def test_pages_that_loop_do_not_go_on_for_ever(connection: Connection, truth: Truth) -> None:
    """A million pages are announced, each the first one again."""
    first: list[Any] = []

    def loop(data: Data) -> Data:
        first[:] = first or data["list"]
        return {"list": first, "page_info": {**data["page_info"], "total_page": 10**6, "total_number": 10**9}}

    connection.tiktok.log.clear()
    run = read(connection, truth, HOURLY, Fault(path=REPORT, rewrite=loop, times=None))

    assert run.exit_status == 1
    assert len(connection.tiktok.log) < 60


def test_pages_that_shift_are_read_again(connection: Connection, truth: Truth) -> None:
    """Between the first page and the second a row moved over the border: it is found nevertheless."""

    def shifted(data: Data) -> Data:
        return {**data, "list": [data["list"][1], *data["list"][1:]]}

    run = read(connection, truth, HOURLY, Fault(path=REPORT, match={"page": "2"}, rewrite=shifted, times=2))

    assert run.exit_status == 0


@pytest.mark.parametrize(
    "name",
    ["n" * 300, "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{ROCKET}" * 40, "NaN", "null", "-", '"}\n{', "\x00\u2028"],
    ids=ascii,
)
def test_any_name_comes_out_as_it_is(connection: Connection, name: str) -> None:
    """Long, emoji, control characters, words that mean something elsewhere."""
    connection.tiktok.clear_faults()

    def rename(data: Data) -> Data:
        return {**data, "list": [{**row, "ad_name": name} for row in data["list"]]}

    connection.tiktok.inject(Fault(path=ADS, rewrite=rename, times=None))
    run = connection.read("ads")

    assert run.exit_status == 0
    assert {record["ad_name"] for record in run.records("ads")} == {name}
    assert len(run.records("ads")) == 43


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-inf", "1e999", "abc", "", [], {"a": 1}, 10**30, True], ids=repr)
def test_a_number_that_is_none_is_kept_and_told(connection: Connection, value: Any) -> None:
    """The row is there, the value as TikTok sent it, and one warning names the field."""
    connection.tiktok.clear_faults()

    def spoil(data: Data) -> Data:
        rows = [{**row, "metrics": {**row["metrics"], "video_play_actions": value}} for row in data["list"]]
        return {**data, "list": rows}

    asked = Fault(
        path=REPORT, match=lambda params: "video_play_actions" in params["metrics"], rewrite=spoil, times=None
    )
    connection.tiktok.inject(asked)
    run = connection.read(DAILY)
    kept = [record["metrics"]["video_play_actions"] for record in run.records(DAILY)]

    if run.exit_status == 0:
        assert len(once(DAILY, run.records(DAILY))) == 43
        assert all(one == value for one in kept)
        assert any("video_play_actions" in line for line in run.logged("WARN")) or value is True
