"""Pages that a second process works on give the records that they give here, whatever becomes of the process."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from source_tiktok_marketing.streams.joining import Join
from source_tiktok_marketing.streams.placed_rows import PageElsewhere, PlacedRows
from source_tiktok_marketing.streams.second_process import Ended, SecondProcess, processors
from unit_tests.test_joining import ADS, PARTS, READINGS, held
from unit_tests.test_typed_rows import ADS_DAILY, ORDINARY, Json, body_of, emitted, row, rows_of

ODD = row({"spend": "1.00", "a_new_metric": "3"}, ad_id="79")


def started(patience: int = 60) -> SecondProcess:
    """One that is there."""
    second = SecondProcess(processors=2, meetings=0, patience=patience)
    second.done(second.begin())
    return second


@pytest.fixture(scope="module")
def second() -> Iterator[SecondProcess]:
    with closing(started()) as second:
        yield second


def process_in(log: pytest.LogCaptureFixture) -> int:
    """The second process that the log tells of."""
    (message,) = [record for record in log.records if "second process (" in record.getMessage()]
    return int(message.args[0])  # type: ignore[index,arg-type]


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().split(")")[-1].split()[0] != "Z"


def until(condition: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds."""
    ends = time.monotonic() + 10
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return condition()


def test_its_pages_give_the_same_records(second: SecondProcess) -> None:
    with closing(PlacedRows(rows_of(ADS_DAILY), second)) as rows:
        page = rows.decode(body_of(ORDINARY, row({}, ad_id="72"), total_page=3, total_number=2001))

        assert page is not None
        assert isinstance(page.rows, PageElsewhere)
        assert (page.total_page, page.total_number) == (3, 2001)
        here = rows_of(ADS_DAILY).decode(body_of(ORDINARY, row({}, ad_id="72")))
        assert here is not None
        assert rows.keys(page.rows) == rows_of(ADS_DAILY).keys(here.rows)
        assert rows.marks(page.rows) == rows_of(ADS_DAILY).marks(here.rows)
        assert emitted(rows, page.rows) == emitted(rows_of(ADS_DAILY), here.rows)


def test_it_leaves_what_is_unforeseen_to_the_tolerant_way(second: SecondProcess) -> None:
    with closing(PlacedRows(rows_of(ADS_DAILY), second)) as rows:
        assert rows.decode(body_of(ODD)) is None
        assert rows.decode(b"<html>") is None
        assert rows.decode(body_of(ORDINARY)) is not None


@given(*READINGS)
@example((ADS, ADS, ADS), (2, 2, 2), set())
@example((ADS, ADS, ADS), (2, 2, 2), {(0, 0), (2, 1)})
@example((ADS, ADS[:3], ADS), (2, 2, 2), set())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_its_pages_are_joined_like_others(
    second: SecondProcess, parts: tuple[list[str], ...], sizes: tuple[int, ...], plain: set[tuple[int, int]]
) -> None:
    """Pages of a part hold so many of its ads each; those in `plain` are unforeseen."""

    def read(rows: PlacedRows) -> list[Json]:
        join, records = Join(rows, PARTS), []
        pages = [
            [ads[at : at + size] for at in range(0, len(ads), size)] for ads, size in zip(parts, sizes, strict=True)
        ]
        for number, together in enumerate(zip_longest(*pages, fillvalue=[])):
            held_pages = []
            for part, ads in enumerate(together):
                answered = [held(ad, part) for ad in ads]
                page = rows.decode(body_of(*answered, *([ODD] if (part, number) in plain else [])))
                held_pages.append(answered if page is None else page.rows)
            if complete := join.whole(held_pages):
                records += emitted(rows, complete)
        return records + emitted(rows, join.rest())

    with closing(PlacedRows(rows_of(ADS_DAILY), second)) as there:
        found = read(there)
    with closing(SecondProcess(processors=1)) as none, closing(PlacedRows(rows_of(ADS_DAILY), none)) as here:
        assert found == read(here)


def test_several_pages_of_several_kinds_do_not_get_mixed_up(second: SecondProcess) -> None:
    kinds = [rows_of(ADS_DAILY), rows_of(ADS_DAILY)]
    with closing(PlacedRows(kinds[0], second)) as one, closing(PlacedRows(kinds[1], second)) as other:
        first, middle, last = (
            rows.decode(body_of(row({"spend": spend}))) for rows, spend in ((one, "1"), (other, "2"), (one, "3"))
        )
        assert first is not None
        assert middle is not None
        assert last is not None
        assert [emitted(rows, page.rows)[0]["metrics"]["spend"] for rows, page in ((one, last), (other, middle))] == [
            "3",
            "2",
        ]
        assert [record["metrics"]["spend"] for record in emitted(one, list(first.rows))] == ["1"]


@pytest.mark.parametrize("after", ["its start", "decoding a part", "decoding"])
def test_what_it_had_is_done_here_when_it_is_killed(after: str, airbyte_log: pytest.LogCaptureFixture) -> None:
    bodies = [body_of(held("71", part), held("72", part)) for part in range(len(PARTS))]
    with closing(started()) as second, closing(PlacedRows(rows_of(ADS_DAILY), second)) as rows:
        join, pages = Join(rows, PARTS), []
        for part, body in enumerate(bodies):
            if (part, after) in ((0, "its start"), (1, "decoding a part")):
                os.kill(process_in(airbyte_log), signal.SIGKILL)
            page = rows.decode(body)
            assert page is not None
            pages.append(page.rows)
        if after == "decoding":
            os.kill(process_in(airbyte_log), signal.SIGKILL)
        found = emitted(rows, join.whole(pages))

        assert [record["ad_id"] for record in found] == [71, 72]
        assert all(set(record["metrics"]) == {name for names in PARTS for name in names} for record in found)
        assert "has ended, so one does all the work" in airbyte_log.text
        assert not second.begin().is_elsewhere, "it is not started again"


def test_what_it_does_not_answer_is_done_here(airbyte_log: pytest.LogCaptureFixture) -> None:
    with closing(started(patience=1)) as second, closing(PlacedRows(rows_of(ADS_DAILY), second)) as rows:
        os.kill(process_in(airbyte_log), signal.SIGSTOP)
        page = rows.decode(body_of(ORDINARY))

        assert page is not None
        assert [record["ad_id"] for record in emitted(rows, page.rows)] == [71]
        assert "has ended, so one does all the work" in airbyte_log.text
        assert not second.begin().is_elsewhere


def test_without_room_for_its_sockets_it_is_done_without(airbyte_log: pytest.LogCaptureFixture) -> None:
    """As when the process may open no more files."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with closing(SecondProcess(processors=2, meetings=0)) as second:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
        try:
            second.done(second.begin())
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert "one does all the work" in airbyte_log.text
        assert not second.begin().is_elsewhere


def test_it_ends_when_it_is_closed(airbyte_log: pytest.LogCaptureFixture) -> None:
    second = started()
    process = process_in(airbyte_log)
    assert is_there(process)
    second.close()
    assert not is_there(process)
    batch = second.begin()
    assert not batch.is_elsewhere
    with pytest.raises(Ended):
        second.decode(rows_of(ADS_DAILY), batch, 0, body_of(ORDINARY))


def test_it_does_not_outlive_the_first() -> None:
    program = (
        "import logging, sys, time\n"
        "logging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%(args)s')\n"
        "from unit_tests.test_second_process import started\n"
        "second = started()\n"
        "time.sleep(600)\n"
    )
    first = subprocess.Popen([sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, text=True)  # noqa: S603  ours
    assert first.stdout is not None
    with first.stdout:
        process = int(first.stdout.readline().strip("(), \n"))
        assert is_there(process)
        first.kill()
        assert until(lambda: not is_there(process))
    first.wait()


def resident(process: int) -> int:
    """Bytes that the process has in memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_pages_that_nobody_wants_take_no_memory(airbyte_log: pytest.LogCaptureFixture) -> None:
    """As when a list that changed is read again: nothing on its pages is new, while a page of another part waits."""
    body = body_of(*(row({"spend": "1.00", "ad_name": "x" * 900}, ad_id=str(ad)) for ad in range(1000)))
    with closing(started()) as second, closing(PlacedRows(rows_of(ADS_DAILY), second)) as rows:
        waiting = rows.decode(body_of(ORDINARY))
        assert rows.decode(body) is not None
        before = resident(process_in(airbyte_log))
        for _ in range(50):
            assert rows.decode(body) is not None
        assert resident(process_in(airbyte_log)) < before + 10 * len(body)
        assert waiting is not None
        assert [record["ad_id"] for record in emitted(rows, waiting.rows)] == [71]


def test_it_is_not_started_before_pages_have_met() -> None:
    with closing(SecondProcess(processors=2, meetings=3)) as second:
        for _ in range(50):
            second.done(second.begin())
        met = [second.begin() for _ in range(7)]
        assert [batch.is_elsewhere for batch in met] == [False] * 4 + [True] * 2 + [False]


def test_one_processor_has_no_use_for_it() -> None:
    with closing(SecondProcess(processors=1, meetings=0)) as second:
        assert not any(second.begin().is_elsewhere for _ in range(20))


@pytest.mark.parametrize(
    ("limit", "most"),
    [("100000 100000\n", 1), ("50000 100000\n", 1), ("150000 100000\n", 2), ("max 100000\n", None), ("", None)],
)
def test_a_container_may_have_a_share_of_the_processors(tmp_path: Path, limit: str, most: int | None) -> None:
    all_of_them = processors(tmp_path / "nothing here")
    (tmp_path / "cpu.max").write_text(limit)

    assert all_of_them >= 1
    assert processors(tmp_path / "cpu.max") == min(all_of_them, most or all_of_them)
