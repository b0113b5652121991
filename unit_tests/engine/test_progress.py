"""What is said about a run that goes on: how far it is, how long it will take, what it waits for."""

import json
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from source_tiktok_marketing.engine.outcome import Outcome
from source_tiktok_marketing.engine.progress import Progress, Snapshot, duration
from unit_tests.virtual_clock import VirtualClock


@dataclass
class FakeTraffic:
    """Requests as a test wants them."""

    sent: int = 0
    limit: float = 9.0
    waiting: list[str] = field(default_factory=list)

    def rests(self, advertiser_id: str) -> bool:
        """Nobody rests."""
        return bool(advertiser_id) and False

    def waits(self) -> list[str]:
        """What the test says."""
        return self.waiting

    def ask_for(self, purpose: str) -> None:
        """Nothing is asked."""


@dataclass
class Count:
    """What was counted of a stream."""

    slices: int
    up_to: int


@dataclass
class Run:
    """A run of two streams, of which the second takes three times as many requests."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    traffic: FakeTraffic = field(default_factory=FakeTraffic)
    done: dict[str, int] = field(default_factory=lambda: {"small": 0, "large": 0})
    outcomes: dict[str, Outcome] = field(default_factory=lambda: {"small": Outcome(), "large": Outcome()})
    shown: list[Snapshot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.progress = Progress(self.outcomes, lambda: self.done, self.traffic, self.clock, self.shown.append)
        self.progress.expect({"small": Count(10, 100), "large": Count(300, 300)})

    def after(self, seconds: float) -> list[dict[str, Any]]:
        """What the platform is told after some seconds."""
        self.clock.sleep(seconds)
        return [json.loads(line)["trace"]["estimate"] for line in self.progress.due()]


@pytest.fixture
def run() -> Run:
    return Run()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logging.getLogger("airbyte"), "propagate", True)
    caplog.set_level(logging.INFO, "airbyte")
    return caplog


def test_a_line_is_logged_every_half_a_minute(run: Run, told: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        run.after(1.0)

    assert len(told.messages) == 3


def test_a_line_tells_how_far_the_run_is(run: Run, told: pytest.LogCaptureFixture) -> None:
    """Streams weigh as much as they take requests; the rest takes as long a share as what is done."""
    run.done |= {"small": 5, "large": 30}
    run.outcomes["large"].records = 12_345
    run.traffic.sent, run.traffic.waiting = 150, ["the rain to stop"]
    run.after(30.0)

    assert told.messages == [
        (
            "Progress: 20% done, 0 of 2 streams complete, 12,345 records, 150 requests, "
            "5.0 a second of 9.0 that the rate limit lets through, about 2 min left. Waiting for the rain to stop."
        )
    ]


def test_a_finished_stream_is_done_whatever_was_expected(run: Run) -> None:
    run.outcomes["small"].is_finished = True
    run.after(1.0)

    assert run.shown[0].share == 0.25
    assert run.shown[0].shares == {"large": 0.0}
    assert run.shown[0].finished == 1


def test_more_slices_than_expected_are_not_more_than_all(run: Run) -> None:
    run.done["small"] = 20
    run.after(1.0)

    assert run.shown[0].shares["small"] == 0.99


def test_requests_a_second_are_those_of_late(run: Run) -> None:
    """An hour of silence doesn't count when requests go out again."""
    run.after(3600.0)
    run.traffic.sent = 180
    run.after(20.0)

    assert run.shown[-1].per_second == 9.0


def test_an_estimate_is_what_was_read_extrapolated(run: Run) -> None:
    run.done["large"] = 75
    run.outcomes["large"].records, run.outcomes["large"].size = 1_000, 50_000

    assert run.after(30.0) == [{"name": "large", "type": "STREAM", "row_estimate": 4_000, "byte_estimate": 200_000}]


def test_nothing_is_estimated_at_the_very_beginning(run: Run) -> None:
    run.done["large"], run.outcomes["large"].records = 3, 1_000

    assert run.after(30.0) == []


def test_an_estimate_is_repeated_only_if_it_changes(run: Run) -> None:
    run.done["large"], run.outcomes["large"].records = 75, 1_000
    run.after(30.0)
    run.done["large"], run.outcomes["large"].records = 150, 2_100

    assert run.after(30.0) == []

    run.outcomes["large"].records = 3_000

    assert [estimate["row_estimate"] for estimate in run.after(30.0)] == [6_000]


def test_in_the_end_an_estimate_is_the_truth(run: Run) -> None:
    """A platform that draws a bar comes to its end; one that was told nothing isn't bothered."""
    run.done["large"], run.outcomes["large"].records = 75, 1_000
    run.after(30.0)
    run.outcomes["large"].records, run.outcomes["large"].size = 3_000, 9_000
    (line,) = run.progress.finished("large")
    estimate = json.loads(line)["trace"]["estimate"]

    assert (estimate["row_estimate"], estimate["byte_estimate"]) == (3_000, 9_000)
    assert list(run.progress.finished("small")) == []


@pytest.mark.parametrize(("seconds", "said"), [(45, "45 s"), (60, "1 min"), (5_000, "83 min"), (7_200, "2.0 h")])
def test_durations_are_told_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said
