"""Which stretches of days are asked for, and in which time zone a day is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.streams.time_zones import earliest_local, latest_local, zone_of
from source_tiktok_marketing.streams.windows import Tiles, Window

at = datetime.fromisoformat

DATES = st.dates(date(2016, 1, 1), date(2030, 12, 31))


@given(DATES, st.integers(0, 800), st.integers(1, 365))
def test_tiles_cover_every_day_once(start: date, more_days: int, widest: int) -> None:
    """No gap, no overlap, none too wide, nothing outside, and no more of them than needed."""
    end = start + timedelta(days=more_days)
    windows = list(Tiles(start, end, widest))

    assert (windows[0].start, windows[-1].end) == (start, end)
    assert all(after.start - before.end == timedelta(days=1) for before, after in pairwise(windows))
    assert max(window.days for window in windows) <= widest
    assert len(windows) == -(-(more_days + 1) // widest)


@given(DATES, st.integers(-40, 800), st.integers(1, 365), st.none() | DATES)
def test_as_many_tiles_are_counted_as_are_made(start: date, more_days: int, widest: int, seam: date | None) -> None:
    tiles = Tiles(start, start + timedelta(days=more_days), widest, seam)

    assert len(tiles) == len([*iter(tiles)])


@given(DATES, st.integers(0, 800), st.integers(1, 365), DATES)
def test_tiles_along_a_seam_begin_at_it(start: date, more_days: int, widest: int, seam: date) -> None:
    """They cover the same days, in at most one window more."""
    end = start + timedelta(days=more_days)
    windows = list(Tiles(start, end, widest, seam))

    assert (windows[0].start, windows[-1].end) == (start, end)
    assert all(after.start - before.end == timedelta(days=1) for before, after in pairwise(windows))
    assert max(window.days for window in windows) <= widest
    assert all((window.start - seam).days % widest == 0 for window in windows[1:])
    assert len(windows) <= -(-(more_days + 1) // widest) + 1


def test_a_month_of_31_days_takes_two_windows_of_30() -> None:
    """TikTok refuses a span of more than 30 days, both ends counted, also at the end of the range."""
    assert list(Tiles(date(2024, 1, 1), date(2024, 1, 31), 30)) == [
        Window(date(2024, 1, 1), date(2024, 1, 30)),
        Window(date(2024, 1, 31), date(2024, 1, 31)),
    ]


def test_start_equal_to_end_is_one_day() -> None:
    assert list(Tiles(date(2024, 2, 29), date(2024, 2, 29), 30)) == [Window(date(2024, 2, 29), date(2024, 2, 29))]


def test_a_range_that_ends_before_it_starts_is_empty() -> None:
    assert list(Tiles(date(2024, 2, 2), date(2024, 2, 1), 30)) == []


def test_a_window_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="2024-02-02"):
        Window(date(2024, 2, 2), date(2024, 2, 1))


@given(DATES, st.integers(1, 400))
def test_halves_make_up_the_whole(start: date, more_days: int) -> None:
    """Both are at least a day, and neither is more than a day longer than the other."""
    whole = Window(start, start + timedelta(days=more_days))
    earlier, later = whole.halves()

    assert (earlier.start, later.end) == (whole.start, whole.end)
    assert later.start - earlier.end == timedelta(days=1)
    assert earlier.days >= 1
    assert later.days - earlier.days in (0, 1)


@pytest.mark.parametrize(
    ("display", "posix", "hours"),
    [
        (None, "Etc/GMT+8", -8),
        ("", "Etc/GMT-5", 5),
        ("Asia/Tokyo", "Etc/GMT+8", 9),
        ("America/Los_Angeles", "Etc/GMT+8", -7),
        ("Mars/Olympus", "Etc/GMT-3", 3),
        ("UTC", None, 0),
    ],
)
def test_an_ad_account_lives_in_its_own_time_zone(display: str | None, posix: str | None, hours: int) -> None:
    """The zone that people see goes first, because it knows daylight saving; POSIX signs are inverted."""
    zone = zone_of(display, posix)

    assert zone is not None
    assert datetime(2024, 7, 1, 12, tzinfo=UTC).astimezone(zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", "/", "America", "\0", "x" * 5000, None])
def test_a_zone_that_nobody_knows_is_none(name: str | None) -> None:
    assert zone_of(name, name) is None


def test_an_unknown_zone_is_the_latest_to_ask_and_the_earliest_to_move_on() -> None:
    """So no day is left out, and none is taken for finished that may still go on."""
    noon = datetime(2024, 7, 1, 12, tzinfo=UTC)

    assert latest_local(noon, None).replace(tzinfo=None) == at("2024-07-02 02:00")
    assert earliest_local(noon, None).replace(tzinfo=None) == at("2024-07-01 00:00")


def test_a_known_zone_tells_the_wall_clock() -> None:
    noon = datetime(2024, 7, 1, 12, tzinfo=UTC)
    zone = zone_of("Asia/Tokyo", None)

    assert latest_local(noon, zone) == earliest_local(noon, zone)
    assert latest_local(noon, zone).replace(tzinfo=None) == at("2024-07-01 21:00")
