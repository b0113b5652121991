"""States: every format that was ever written is read, and what is written can be read."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.api.failures import ConfigFailure
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.state import Partition, SavedState, read_state, written_state
from unit_tests.json_values import VALUES, mappings_with

Json = dict[str, Any]

at = datetime.fromisoformat

TOP_VIEW = (("buying_type", "RESERVATION_TOP_VIEW"),)
AUCTION = (("buying_type", "AUCTION"),)


def read_daily(raw: object) -> SavedState:
    return read_state(raw, "stat_time_day", "ads_reports_daily")


def entry(cursor: Json, **partition: Any) -> Json:
    return {"partition": {"advertiser_id": "111", "parent_slice": {}, **partition}, "cursor": cursor}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31", at("2024-01-31")),
        ("2024-01-31 08:30:00", at("2024-01-31 08:30")),
        ("2024-01-31 08:30:00Z", at("2024-01-31 08:30")),
        ("2024-01-31T08:30:00Z", at("2024-01-31 08:30")),
        ("2024-01-31T08:30:00", at("2024-01-31 08:30")),
        ("2024-01-31T08:30:00.000000Z", at("2024-01-31 08:30")),
    ],
)
@pytest.mark.parametrize("field", ["stat_time_day", "stat_time_hour", "modify_time"])
def test_a_cursor_is_read_in_every_spelling(field: str, text: str, moment: datetime) -> None:
    """Alone, as versions before 4 wrote it, and in a partition."""
    alone = read_state({field: text}, field, "a_stream")
    divided = read_state({"states": [entry({field: text})]}, field, "a_stream")

    assert alone.cursor_of("111") == moment
    assert divided.cursor_of("111") == moment
    assert divided.cursor_of("222") is None


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param({"dimensions": {"stat_time_day": "2024-01-31"}}, id="nested"),
        pytest.param({"stat_time_day": "2024-01-31"}, id="root"),
        pytest.param({"stat_time_day": "2024-01-31", "dimensions": {"stat_time_day": "2024-01-31"}}, id="both"),
        pytest.param(
            {"use_global_cursor": True, "state": {"stat_time_day": "2024-01-31"}, "lookback_window": 0}, id="global"
        ),
    ],
)
def test_a_single_cursor_is_that_of_every_advertiser(raw: Json) -> None:
    saved = read_daily(raw)

    assert saved.cursor_of("111") == saved.cursor_of("222") == at("2024-01-31")
    assert saved.cursors == {}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        {"__ab_no_cursor_state_message": True},
        {"stat_time_day": ""},
        {"stat_time_day": None},
        {"states": []},
        {"states": [entry({"stat_time_day": ""})]},
        {"states": [entry({})]},
        {"use_global_cursor": True},
    ],
)
def test_an_empty_state_is_none(raw: object) -> None:
    """Full refreshes and syncs that ended early leave states without a cursor."""
    assert read_daily(raw) == SavedState()


def test_the_state_of_the_concurrent_cdk_is_read() -> None:
    """A cursor an advertiser; the overall `state` is not theirs who have none, because their data would be skipped."""
    saved = read_daily(
        {
            "use_global_cursor": False,
            "states": [
                entry({"stat_time_day": "2024-01-31"}),
                entry({"stat_time_day": "2024-01-30"}, advertiser_id=222),
            ],
            "state": {"stat_time_day": "2024-01-31"},
            "lookback_window": 7,
            "parent_state": {},
        }
    )

    assert saved.cursors == {("111", ()): at("2024-01-31"), ("222", ()): at("2024-01-30")}
    assert saved.cursor_of("333") is None
    assert saved.lookback_seconds == 7


def test_the_parent_may_name_the_advertiser() -> None:
    raw = {
        "partition": {"store_id": "9", "parent_slice": {"advertiser_id": "111", "parent_slice": {}}},
        "cursor": {"stat_time_day": "2024-01-31"},
    }

    assert read_daily({"states": [raw]}).cursors == {("111", (("store_id", "9"),)): at("2024-01-31")}


@pytest.mark.parametrize("more", [{"use_global_cursor": True}, {"use_global_cursor": False}, {}], ids=repr)
def test_a_state_of_all_advertisers_together_holds_for_each(more: Json) -> None:
    saved = read_daily({"state": {"stat_time_day": "2024-01-31"}, **more})

    assert saved.cursor_of("111") == at("2024-01-31")


def test_buying_types_have_cursors_of_their_own() -> None:
    saved = read_state(
        {
            "states": [
                entry({"modify_time": "2024-02-12 10:00:00Z"}, buying_type="AUCTION"),
                entry({"modify_time": "2024-02-10 00:00:00Z"}, buying_type="RESERVATION_TOP_VIEW"),
            ]
        },
        "modify_time",
        "campaigns",
    )

    assert saved.cursors == {("111", AUCTION): at("2024-02-12 10:00"), ("111", TOP_VIEW): at("2024-02-10")}


@pytest.mark.parametrize(
    "raw",
    [
        {"states": [entry({"modify_time": "2024-02-12 10:00:00Z"})]},
        {"modify_time": "2024-02-12 10:00:00"},
        {"use_global_cursor": True, "state": {"modify_time": "2024-02-12 10:00:00Z"}},
    ],
    ids=["per-advertiser", "single", "global"],
)
def test_reservations_inherit_no_cursor_of_a_version_that_may_not_have_read_them(raw: Json) -> None:
    """An older state stands for auction campaigns only, so that no other campaign is passed over."""
    cursor = Cursor("modify_time", "%Y-%m-%d %H:%M:%SZ", read_state(raw, "modify_time", "campaigns"))
    cursor.register("111", [AUCTION, TOP_VIEW])

    assert cursor.position(("111", AUCTION)) == at("2024-02-12 10:00")
    assert cursor.position(("111", TOP_VIEW)) is None


@pytest.mark.parametrize(
    "raw",
    [
        [],
        "2024-01-31",
        7,
        {"modify_time": "2024-01-31"},
        {"stat_time_day": "soon"},
        {"stat_time_day": 20240131},
        {"stat_time_day": "2024-02-30"},
        {"dimensions": {"stat_time_day": "soon"}},
        {"dimensions": []},
        {"states": {}},
        {"states": ["111"]},
        {"states": [{"cursor": {"stat_time_day": "2024-01-31"}}]},
        {"states": [{"partition": {}, "cursor": {"stat_time_day": "2024-01-31"}}]},
        {"states": [{"partition": {"advertiser_id": True}, "cursor": {"stat_time_day": "2024-01-31"}}]},
        {"states": [entry({"stat_time_day": "soon"})]},
        {"states": [{"partition": {"advertiser_id": "111"}, "cursor": "2024-01-31"}]},
        {"states": [], "lookback_window": "long"},
        {"states": [], "lookback_window": -1},
        {"states": [], "lookback_window": 10**18},
        {"use_global_cursor": True, "state": "2024-01-31"},
    ],
)
def test_a_corrupt_state_is_refused_by_name(raw: object) -> None:
    """Reading on from a misunderstood state would skip data or read years again; the user decides."""
    with pytest.raises(ConfigFailure, match=r"The state of stream ads_reports_daily is not usable: .*clear it"):
        read_daily(raw)


@given(mappings_with("states", "state", "lookback_window", "use_global_cursor", "stat_time_day", "dimensions") | VALUES)
def test_any_json_is_a_state_or_a_config_failure(raw: object) -> None:
    """A state that is accepted can be worked with: an overlap never leaves the calendar of computers."""
    try:
        saved = read_daily(raw)
    except ConfigFailure:
        return

    assert Cursor("stat_time_day", "%Y-%m-%d", saved).overlap >= timedelta()


MOMENTS = st.datetimes(at("2000-01-01"), at("2099-12-31")).map(lambda moment: moment.replace(microsecond=0))
EXTRAS = st.sampled_from([(), AUCTION, TOP_VIEW])
PARTITIONS = st.tuples(st.from_regex(r"[1-9][0-9]{0,18}", fullmatch=True), EXTRAS)


@given(st.dictionaries(PARTITIONS, MOMENTS, max_size=5))
def test_what_is_written_is_read_again(cursors: dict[Partition, datetime]) -> None:
    raw = written_state(
        (partition, {"modify_time": moment.strftime("%Y-%m-%d %H:%M:%SZ")}) for partition, moment in cursors.items()
    )

    assert read_state(raw, "modify_time", "campaigns").cursors == cursors


def test_the_written_state_is_airbytes() -> None:
    """Airbyte's own connector can go on from it."""
    written = written_state([(("111", AUCTION), {"modify_time": "2024-02-12 10:00:00Z"})])

    assert written == {
        "use_global_cursor": False,
        "states": [
            {
                "partition": {"advertiser_id": "111", "buying_type": "AUCTION", "parent_slice": {}},
                "cursor": {"modify_time": "2024-02-12 10:00:00Z"},
            }
        ],
        "lookback_window": 0,
    }
