"""The cursor of a stream stands at the end of what was read without a gap."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.state import SavedState, read_state

at = datetime.fromisoformat

START = at("2024-01-01")
PARTITION = ("111", ())
BUYING_TYPES = [(("buying_type", name),) for name in ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def cursor_at(saved: datetime | None) -> Cursor:
    cursor = Cursor("stat_time_day", "%Y-%m-%d", SavedState(cursors={} if saved is None else {PARTITION: saved}))
    cursor.register("111", [()])
    return cursor


def furthest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def prefix_end(ends: list[datetime], done: set[int]) -> datetime | None:
    """The end of the longest run of completed windows from the first on."""
    count = next((number for number in range(len(ends)) if number not in done), len(ends))
    return ends[count - 1] if count else None


@st.composite
def plans(draw: st.DrawFn) -> tuple[datetime | None, list[datetime], list[int]]:
    """Where the cursor stood, the ends of the windows in order, and the order in which they are completed."""
    widths = draw(st.lists(st.integers(1, 30), min_size=1, max_size=8))
    ends = [day(sum(widths[: number + 1])) for number in range(len(widths))]
    order = draw(st.permutations(range(len(ends))))
    saved = draw(st.none() | st.integers(-40, 200).map(day))
    return saved, ends, order[: draw(st.integers(0, len(ends)))]


@given(plans())
def test_the_cursor_ends_where_the_first_gap_begins(plan: tuple[datetime | None, list[datetime], list[int]]) -> None:
    """Whatever order the windows are completed in, and never back behind where it stood."""
    saved, ends, completed = plan
    cursor = cursor_at(saved)
    windows = [cursor.plan(PARTITION, end) for end in ends]
    done: set[int] = set()
    before = saved
    for number in completed:
        cursor.advance(windows[number])
        done.add(number)
        position = cursor.position(PARTITION)

        assert position == furthest(saved, prefix_end(ends, done))
        assert before is None or (position is not None and position >= before)
        before = position


@given(plans(), st.data())
def test_a_window_that_is_read_in_parts_moves_the_cursor_within_it(
    plan: tuple[datetime | None, list[datetime], list[int]], data: st.DataObject
) -> None:
    """The first part counts at once if all before it is done, else as soon as it is."""
    saved, ends, completed = plan
    cursor = cursor_at(saved)
    windows = [cursor.plan(PARTITION, end) for end in ends]
    done: set[int] = set()
    halfway: dict[int, datetime] = {}
    for number in completed:
        if data.draw(st.booleans()):
            halfway[number] = ends[number] - timedelta(hours=1)
            cursor.advance(windows[number], halfway[number])
        else:
            cursor.advance(windows[number])
            done.add(number)
        first_open = next((n for n in range(len(ends)) if n not in done), len(ends))

        assert cursor.position(PARTITION) == furthest(saved, prefix_end(ends, done), halfway.get(first_open))


def test_a_lookback_does_not_take_the_cursor_back() -> None:
    """A resumed stream reads days before its cursor again."""
    cursor = cursor_at(day(10))
    early, late = cursor.plan(PARTITION, day(7)), cursor.plan(PARTITION, day(12))
    cursor.advance(early)

    assert cursor.position(PARTITION) == day(10)

    cursor.advance(late)

    assert cursor.position(PARTITION) == day(12)


def test_advertisers_move_on_their_own() -> None:
    cursor = cursor_at(None)
    cursor.register("222", [()])
    cursor.plan(PARTITION, day(1))
    cursor.advance(cursor.plan(("222", ()), day(2)))

    assert cursor.stream_state()["states"] == [
        {"partition": {"advertiser_id": "222", "parent_slice": {}}, "cursor": {"stat_time_day": "2024-01-03"}}
    ]
    assert cursor.position(PARTITION) is None


def test_advertisers_of_the_state_that_are_not_read_now_are_kept() -> None:
    """An ad account that is withdrawn for a day goes on where it stood."""
    cursor = Cursor("stat_time_day", "%Y-%m-%d", SavedState(cursors={("999", ()): day(5)}))
    cursor.register("111", [()])

    assert cursor.stream_state()["states"] == [
        {"partition": {"advertiser_id": "999", "parent_slice": {}}, "cursor": {"stat_time_day": "2024-01-06"}}
    ]


def test_an_advertiser_that_was_not_divided_passes_its_cursor_on() -> None:
    """To what it surely stood for. Its old entry is replaced, not kept beside the new ones."""
    saved = SavedState(cursors={PARTITION: day(5)})
    cursor = Cursor("modify_time", "%Y-%m-%d %H:%M:%SZ", saved)
    cursor.register("111", BUYING_TYPES)

    assert [cursor.position(("111", kind)) for kind in BUYING_TYPES] == [day(5), None, None]
    assert [entry["partition"]["buying_type"] for entry in cursor.stream_state()["states"]] == ["AUCTION"]


def test_a_single_old_cursor_is_taken_up_by_each_advertiser() -> None:
    cursor = Cursor("stat_time_day", "%Y-%m-%d", read_state({"stat_time_day": "2024-01-06"}, "stat_time_day", "s"))
    for advertiser in ("111", "222"):
        cursor.register(advertiser, [()])

    assert [cursor.position((advertiser, ())) for advertiser in ("111", "222")] == [day(5), day(5)]


MOMENTS = st.datetimes(at("2000-01-01"), at("2099-12-31")).map(lambda moment: moment.replace(microsecond=0))


@given(
    st.lists(MOMENTS, min_size=1, max_size=4), st.sampled_from(["%Y-%m-%d", "%Y-%m-%d %H:00:00", "%Y-%m-%d %H:%M:%SZ"])
)
def test_a_state_is_taken_up_where_it_was_left(moments: Iterable[datetime], cursor_format: str) -> None:
    """A second run without anything new writes the same state."""
    cursor = Cursor("the_cursor", cursor_format, SavedState())
    for number, moment in enumerate(moments):
        cursor.register(str(number), [()])
        cursor.advance(cursor.plan((str(number), ()), moment))
    state = cursor.stream_state()

    assert Cursor("the_cursor", cursor_format, read_state(state, "the_cursor", "s")).stream_state() == state


@given(st.datetimes(max_value=at("2100-01-01")))
def test_whatever_a_state_says_is_written_as_it_can_be_read_again(moment: datetime) -> None:
    """Even the first centuries, whose years have fewer digits."""
    cursor = cursor_at(datetime.combine(moment.date(), datetime.min.time()))
    written = cursor.stream_state()

    assert read_state(written, "stat_time_day", "s").cursors == {PARTITION: cursor.position(PARTITION)}


def test_a_partition_that_is_not_named_now_keeps_its_cursor() -> None:
    """A store that TikTok doesn't list today may be listed tomorrow."""
    stores = [(("store_id", number),) for number in ("1", "2")]
    saved = SavedState(cursors={("111", store): day(5) for store in stores})
    cursor = Cursor("stat_time_day", "%Y-%m-%d", saved)
    before = cursor.stream_state()
    for partitions in (stores[:1], [], stores):
        cursor.register("111", partitions)

        assert cursor.stream_state() == before
