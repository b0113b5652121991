"""The soak, briefly: one seed of everything. `python -m integration_tests.soak` takes longer."""

from random import Random

import pytest

from integration_tests.harness.connection import BASE_URL_VARIABLE
from integration_tests.soak.figures import soak, table
from integration_tests.soak.lasting import TABLE, drawn
from integration_tests.soak.weather import Weather


@pytest.mark.slow
def test_nothing_is_missing_and_nothing_spreads_under_random_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole catalogue: what calls itself complete is what TikTok holds, and what no fault is about is complete."""
    monkeypatch.setenv(BASE_URL_VARIABLE, "")
    figures = soak(seed=17)

    assert figures.findings == [], "\n" + table([figures])
    assert figures.faults > 500
    assert figures.records > 50_000


def test_a_seed_is_the_same_weather_every_time() -> None:
    """What hits a question doesn't depend on what was asked before it."""
    questions = [{"page": page, "data_level": "AUCTION_AD"} for page in range(200)]
    forwards, backwards = Weather(3), Weather(3)
    fates = [[fault.fits("any/", question) for fault in forwards.faults()] for question in questions]
    other = [[fault.fits("any/", question) for fault in backwards.faults()] for question in reversed(questions)]

    assert fates == other[::-1]
    assert forwards.hits == backwards.hits > 5


def test_a_seed_draws_the_same_lasting_faults_every_time() -> None:
    """And every row of the table is drawn, sooner or later."""
    sequences = [[drawn(dice, ["1", "2"], 3) for _ in range(100)] for dice in (Random(3), Random(3))]
    first, second = ([(each.name, each.aim) for faults in sequence for each in faults] for sequence in sequences)

    assert first == second
    assert {name for name, _ in first} == {row.name for row in TABLE}
