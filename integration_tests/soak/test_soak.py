"""The soak, briefly: one account under random faults. `python -m integration_tests.soak` takes longer."""

import pytest

from integration_tests.harness.connection import BASE_URL_VARIABLE
from integration_tests.soak.syncs import soak, table
from integration_tests.soak.weather import Weather


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_red_under_random_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole catalogue: read, and cut off and resumed, it holds every key once and each value as in a calm sync."""
    monkeypatch.setenv(BASE_URL_VARIABLE, "")
    figures = soak(seed=7)

    assert figures.sound, "\n" + table([figures])
    assert figures.faults > 50
    assert figures.streams > 20


def test_a_seed_is_the_same_weather_every_time() -> None:
    """What hits a question doesn't depend on what was asked before it."""
    questions = [{"page": page, "data_level": "AUCTION_AD"} for page in range(200)]
    forwards, backwards = Weather(3), Weather(3)
    fates = [[fault.fits("any/", question) for fault in forwards.faults()] for question in questions]
    other = [[fault.fits("any/", question) for fault in backwards.faults()] for question in reversed(questions)]

    assert fates == other[::-1]
    assert forwards.hits == backwards.hits > 5
