"""Which windows accounts have in common."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.streams.joint.groups import in_common
from source_tiktok_marketing.streams.windows import Tiles, Window

FIRST = date(2024, 1, 1)
DAYS = st.integers(0, 120).map(lambda days: FIRST + timedelta(days=days))
STRETCHES = st.lists(st.tuples(DAYS, st.integers(0, 90)), min_size=1, max_size=5)


@given(STRETCHES, st.integers(1, 30))
def test_everyone_keeps_its_windows_and_equal_ones_come_once(stretches: list[tuple[date, int]], widest: int) -> None:
    """In order of time for each, whatever the others have."""
    seam = max(start for start, _ in stretches)
    own = {
        str(place): list(Tiles(start, start + timedelta(days=more), widest, seam))
        for place, (start, more) in enumerate(stretches)
    }
    found = list(in_common({id_: iter(windows) for id_, windows in own.items()}))

    assert {id_: [window for window, ids in found if id_ in ids] for id_ in own} == own
    assert len({window for window, _ in found}) == len(found)


@given(STRETCHES)
def test_accounts_that_began_on_different_days_share_all_but_their_first_and_last_windows(
    stretches: list[tuple[date, int]],
) -> None:
    seam = max(start for start, _ in stretches)
    end = seam + timedelta(days=75)
    windows = {str(place): iter(Tiles(start, end, 30, seam)) for place, (start, _) in enumerate(stretches)}
    shared = [ids for window, ids in in_common(windows) if window is not None and window.start >= seam]

    assert shared == [list(map(str, range(len(stretches))))] * 3


def test_a_question_without_dates_is_one() -> None:
    assert list(in_common({"1": iter([None]), "2": iter([None]), "3": iter([])})) == [(None, ["1", "2"])]


def test_nobody_waits_for_who_has_nothing() -> None:
    later = Window(FIRST + timedelta(days=1), FIRST + timedelta(days=1))
    earlier = Window(FIRST, FIRST)

    assert list(in_common({"1": iter([later]), "2": iter([earlier, later]), "3": iter([earlier])})) == [
        (earlier, ["2", "3"]),
        (later, ["1", "2"]),
    ]
