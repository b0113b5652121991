"""Which slice comes next: streams in turn, slices of limited advertisers later, and never all of them in memory."""

from collections.abc import Iterator

from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.schedule import Done, Schedule
from source_tiktok_marketing.engine.stream import Event, Slice, Stream

MANY = 100_000


class Windows(Stream):
    """A stream of so many windows of each advertiser, an advertiser after the other."""

    def __init__(self, name: str, windows: dict[str, int]) -> None:
        super().__init__(name, None)
        self._windows = windows
        self.planned = 0

    def slices(self) -> Iterator[Slice]:
        """Plan them one by one."""
        for advertiser, number in self._windows.items():
            for _ in range(number):
                self.planned += 1
                yield Slice(advertiser, nothing)

    def costs(self) -> Iterator[Cost]:
        """Count them."""
        for advertiser, number in self._windows.items():
            yield Cost(advertiser_id=advertiser, slices=number, windows=number, requests=number)


def nothing() -> Iterator[Event]:
    return iter(())


def taken(schedule: Schedule, number: int) -> list[str]:
    """The advertisers of the next slices."""
    found = []
    for _ in range(number):
        job = schedule.take()
        assert isinstance(job, tuple)
        found.append(getattr(job[1], "advertiser_id", ""))
    return found


def test_streams_take_turns() -> None:
    schedule = Schedule([Windows("a", {"1": 3}), Windows("b", {"2": 3})])

    assert taken(schedule, 6) == ["1", "2", "1", "2", "1", "2"]


def test_slices_of_a_limited_advertiser_come_later() -> None:
    schedule = Schedule([Windows("a", {"limited": 2, "free": 2})], rests=lambda advertiser: advertiser == "limited")

    assert taken(schedule, 4) == ["free", "free", "limited", "limited"]


def test_postponed_slices_are_bounded() -> None:
    """While TikTok limits all advertisers, a hundred thousand windows are not planned and kept."""
    stream = Windows("a", {"limited": MANY})
    schedule = Schedule([stream], rests=lambda _: True)

    assert taken(schedule, 10) == ["limited"] * 10
    assert stream.planned < MANY / 10


def test_every_slice_is_taken_once_however_many_were_postponed() -> None:
    stream = Windows("a", {"limited": 12_000, "free": 3})
    schedule = Schedule([stream], rests=lambda advertiser: advertiser == "limited")
    found = taken(schedule, 12_003)

    assert found.count("limited") == 12_000
    assert found.count("free") == 3
    assert schedule.take() is None or isinstance(schedule.take(), Done)


def test_a_slice_that_can_be_read_goes_before_those_of_limited_advertisers() -> None:
    """Also if it was postponed after theirs."""
    limited = {"a", "b"}
    schedule = Schedule([Windows("s", {"a": 3, "b": 3})], rests=lambda advertiser: advertiser in limited)
    assert taken(schedule, 1) == ["a"]
    limited.remove("b")

    assert taken(schedule, 5) == ["b", "b", "b", "a", "a"]
