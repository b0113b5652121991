"""State files of every era, of which each stream gets its own state."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.api.failures import ConfigFailure
from source_tiktok_marketing.engine.state import stream_states
from unit_tests.json_values import VALUES, mappings_with

Json = dict[str, Any]


def of_stream(name: str, stream_state: Json) -> Json:
    return {"stream_descriptor": {"name": name}, "stream_state": stream_state}


ADS = {"modify_time": "2024-02-12 10:00:00"}
DAILY = {"stat_time_day": "2024-01-31"}


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param({"ads": ADS, "ads_reports_daily": DAILY}, id="one-object"),
        pytest.param(
            [
                {"type": "STREAM", "stream": of_stream("ads", ADS)},
                {"type": "STREAM", "stream": of_stream("ads_reports_daily", DAILY)},
            ],
            id="list",
        ),
        pytest.param(
            [
                {"type": "STATE", "state": {"type": "STREAM", "stream": of_stream("ads", ADS)}},
                {"type": "STATE", "state": {"type": "STREAM", "stream": of_stream("ads_reports_daily", DAILY)}},
            ],
            id="wrapped",
        ),
        pytest.param(
            {
                "type": "GLOBAL",
                "global": {
                    "shared_state": {},
                    "stream_states": [of_stream("ads", ADS), of_stream("ads_reports_daily", DAILY)],
                },
            },
            id="global",
        ),
        pytest.param({"type": "LEGACY", "data": {"ads": ADS, "ads_reports_daily": DAILY}}, id="legacy"),
        pytest.param(
            [
                {"type": "STREAM", "stream": of_stream("ads", {"modify_time": ""})},
                {"type": "STREAM", "stream": of_stream("ads_reports_daily", DAILY)},
                {"type": "STREAM", "stream": of_stream("ads", ADS)},
            ],
            id="the-last-counts",
        ),
    ],
)
def test_a_state_file_of_every_era_tells_the_state_of_each_stream(raw: object) -> None:
    assert stream_states(raw) == {"ads": ADS, "ads_reports_daily": DAILY}


def test_a_single_message_is_a_state_file() -> None:
    assert stream_states({"type": "STREAM", "stream": of_stream("ads", ADS)}) == {"ads": ADS}


@pytest.mark.parametrize("raw", [None, {}, []])
def test_no_state_is_no_state(raw: object) -> None:
    assert stream_states(raw) == {}


@pytest.mark.parametrize(
    "raw",
    [
        "state",
        7,
        ["ads"],
        [{"type": "STREAM"}],
        [{"type": "STREAM", "stream": {"stream_state": ADS}}],
        [{"type": "STREAM", "stream": {"stream_descriptor": {}, "stream_state": ADS}}],
        {"type": "GLOBAL", "global": {"stream_states": [{"stream_state": ADS}]}},
        {"type": "STATE", "state": "x"},
    ],
)
def test_a_file_that_is_no_state_is_refused(raw: object) -> None:
    with pytest.raises(ConfigFailure, match="The state is not usable"):
        stream_states(raw)


@given(mappings_with("type", "stream", "state", "global", "data") | st.lists(mappings_with("type", "stream")) | VALUES)
def test_any_json_is_a_state_file_or_a_config_failure(raw: object) -> None:
    try:
        states = stream_states(raw)
    except ConfigFailure:
        return

    assert all(isinstance(name, str) for name in states)
