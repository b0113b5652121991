"""A report that is too large is read in parts: each day once and in order, with few questions that are refused."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import log2
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.api.failures import TooLarge
from source_tiktok_marketing.engine.cursor import PlannedWindow
from source_tiktok_marketing.engine.stream import Event, Page, Reached
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.reports.division import Divider
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.windows import Tiles, Window

if TYPE_CHECKING:
    from source_tiktok_marketing.api.client import Client

FIRST = date(2024, 1, 1)
WIDEST = 30
LOADS = st.lists(st.sampled_from((0, 1, 1, 2, 5, 30)), min_size=1, max_size=400)

IsTooLarge = Callable[[Sequence[int]], bool]
"""Whether some days are too large, of which the number of rows is given."""


@dataclass
class Account:
    """An account whose days have so many rows, and what it was asked."""

    loads: Sequence[int]
    is_too_large: IsTooLarge
    answered: list[Window] = field(default_factory=list)
    refused: list[Window] = field(default_factory=list)

    def read(self, question: Question, _smallest_page: int | None) -> Iterator[Page]:
        """Answer with a record a row, a page a day, unless it is too much; a single day never is."""
        window = question.window
        assert window is not None
        first, last = ((day - FIRST).days for day in (window.start, window.end))
        if first < last and self.is_too_large(self.loads[first : last + 1]):
            self.refused.append(window)
            raise TooLarge("Too large.")
        self.answered.append(window)
        for day in range(first, last + 1):
            yield Page([day] * self.loads[day])

    def read_whole(self, question: Question) -> Generator[Event, None, Question]:
        """Offer no other way to read it."""
        yield from ()
        return question

    @property
    def divider(self) -> Divider:
        """What reads it; it pauses only where nothing can be divided, which doesn't happen here."""
        client = cast("Client", None)
        return Divider("report", client, self.read, lambda _: (), is_by_time=True, read_whole=self.read_whole)

    @property
    def windows(self) -> Tiles:
        """All of its days."""
        return Tiles(FIRST, FIRST + timedelta(days=len(self.loads) - 1), WIDEST)

    @property
    def rows(self) -> list[int]:
        """The day of each row, in order."""
        return [day for day, load in enumerate(self.loads) for _ in range(load)]


def events(divider: Divider, window: Window) -> list[Event]:
    """Read a window; what was read so far is told as the midnight that its last day begins with."""

    def until(day: date) -> Iterable[Event]:
        return (Reached(PlannedWindow(("1", ()), datetime.combine(day, time()))),)

    return list(divider.events(Question(Advertiser(advertiser_id="1"), window=window), until))


def read_rows(read: Iterable[Event]) -> list[int]:
    return [record for event in read if isinstance(event, Page) for record in event.records]


@given(LOADS, st.integers(1, 300))
def test_every_day_is_read_once_in_order_whatever_is_too_large(loads: list[int], most: int) -> None:
    """And asked in order, each in one answered question."""
    account = Account(loads, lambda days: sum(days) > most)
    divider = account.divider
    read = [event for window in account.windows for event in events(divider, window)]

    assert read_rows(read) == account.rows
    assert account.answered[0].start == FIRST
    assert all(
        later.start == earlier.end + timedelta(days=1)
        for earlier, later in zip(account.answered, account.answered[1:], strict=False)
    )
    assert len(account.refused) < len(account.answered)


@given(LOADS, st.integers(1, 300))
def test_what_was_reached_was_read_before(loads: list[int], most: int) -> None:
    """Each time in a window all its rows up to that day, and none after it; never the end, which the caller tells."""
    account = Account(loads, lambda days: sum(days) > most)
    divider = account.divider
    for window in account.windows:
        handed_out: list[int] = []
        reached = [(window.start - FIRST).days - 1]
        begin = reached[0] + 1
        for event in events(divider, window):
            if isinstance(event, Reached):
                day = (event.window.reached.date() - FIRST).days
                assert handed_out == [row for row in account.rows if begin <= row <= day]
                assert reached[-1] < day < (window.end - FIRST).days
                reached.append(day)
            else:
                handed_out += read_rows([event])


@given(st.integers(1, WIDEST), st.integers(1, 60), st.integers(0, 9))
def test_an_account_that_is_always_too_large_is_refused_a_few_times(most_days: int, windows: int, load: int) -> None:
    """Twice for each halving, and then each time that more is tried, which is ever more seldom."""
    account = Account([load] * (WIDEST * windows), lambda days: len(days) > most_days)
    divider = account.divider
    for window in account.windows:
        events(divider, window)

    assert len(account.refused) <= 2 * log2(32) + 2 * log2(len(account.answered))


def test_a_large_day_now_and_then_narrows_no_other_window() -> None:
    """What is refused seldom is about that day: what was answered since shows that it has passed."""
    loads = [1] * 720
    for day in (40, 220, 400, 580):
        loads[day] = 50
    account = Account(loads, lambda days: sum(days) > 60)
    divider = account.divider
    for window in account.windows:
        events(divider, window)
    large = {day // WIDEST for day in (40, 220, 400, 580)}
    others = [window.days for window in account.answered if (window.start - FIRST).days // WIDEST not in large]

    assert others == [WIDEST] * 20


def test_widths_grow_again_when_the_large_time_is_over() -> None:
    loads = [10] * 360 + [1] * 720
    account = Account(loads, lambda days: sum(days) > 60)
    divider = account.divider
    for window in account.windows:
        events(divider, window)
    quiet = [window.days for window in account.answered if window.start > FIRST + timedelta(days=360)]

    assert quiet[-20:] == [WIDEST] * 20
    assert len(quiet) < 35


def test_accounts_learn_by_themselves() -> None:
    """The width of one is none of another's business, nor that of a store of its neighbour's."""
    account = Account([1] * 120, lambda days: len(days) > 4)
    divider = account.divider
    for window in account.windows:
        events(divider, window)
    account.refused.clear()
    account.is_too_large = lambda _: False
    first = next(iter(account.windows))
    for question in (
        Question(Advertiser(advertiser_id="2"), window=first),
        Question(Advertiser(advertiser_id="1"), (("store_id", "7"),), first),
    ):
        account.answered.clear()
        list(divider.events(question))

        assert account.answered == [first]


@given(LOADS, st.integers(1, 300))
def test_windows_may_be_read_at_the_same_time(loads: list[int], most: int) -> None:
    account = Account(loads, lambda days: sum(days) > most)
    divider = account.divider
    with ThreadPoolExecutor(8) as workers:
        read = list(workers.map(lambda window: events(divider, window), account.windows))

    assert [row for of_window in read for row in read_rows(of_window)] == account.rows
    assert len(account.refused) < len(account.answered)
