"""A list is read whole, each row once, or the reading fails."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest

from source_tiktok_marketing.api.failures import TooLarge, TransientFailure
from source_tiktok_marketing.api.paging import READINGS, Pages
from source_tiktok_marketing.api.seen_rows import SeenRows
from unit_tests.api.fake_lists import FakeClient, Json, Rows, Scripted, ids, listing, reply

if TYPE_CHECKING:
    from source_tiktok_marketing.api.client import Client


@pytest.mark.parametrize(("held", "requests"), [(0, 1), (1, 1), (10, 1), (11, 2), (35, 4)])
def test_every_row_is_read_in_as_few_requests_as_possible(held: int, requests: int) -> None:
    """No request for an empty page at the end."""
    client = FakeClient(lambda _: list(range(held)))

    assert ids(client, listing()) == list(range(held))
    assert [params["page"] for params in client.asked] == list(range(1, requests + 1))
    assert all(params["page_size"] == 10 and params["advertiser_id"] == "7001" for params in client.asked)


@pytest.mark.parametrize("most_ahead", [1, 3, 100])
def test_pages_that_are_known_to_be_there_are_sent_for_ahead(most_ahead: int) -> None:
    """Each is asked for once, none beyond the last, and none before the first has told how many there are."""
    client = FakeClient(lambda _: list(range(95)))
    client.most_ahead = most_ahead
    found = Pages(cast("Client", client), listing())
    first = next(found)
    ahead = [sent.params["page"] for sent in client.sent]

    assert ahead == list(range(2, 2 + min(most_ahead, 4)))
    assert [row["ad_id"] for page in [first, *found] for row in page] == list(range(95))
    assert [params["page"] for params in client.asked] == list(range(1, 11))
    assert [sent.ends for sent in client.sent] == [1] * len(client.sent)
    assert max(sent.params["page"] for sent in client.sent) == 10


@pytest.mark.parametrize("ending", ["closed", "timed out", "changed"])
def test_what_was_sent_ahead_and_is_not_wanted_any_more_is_given_up(ending: str) -> None:
    """Whatever ends a reading early: no connection stays behind."""
    client = FakeClient(
        lambda request: list(range(94 if ending == "changed" and request == 3 else 95)),
        lambda params: ending == "timed out" and params["page"] == 3 and params["page_size"] == 10,
    )
    client.most_ahead = 100
    found = Pages(cast("Client", client), listing(smallest_page=5))
    rows = [*next(found), *next(found)]
    if ending == "closed":
        found.close()
    else:
        rows += [row for page in found for row in page]

        assert [row["ad_id"] for row in rows] == list(range(95))
    assert len(client.sent) >= 4
    assert {sent.ends for sent in client.sent} == {1}


def test_a_list_that_grows_while_it_is_read_is_read_again() -> None:
    """An ad that is created in the middle pushes another over the edge of its page: none is missed, none is doubled."""
    client = FakeClient(lambda request: list(range(25)) if request < 2 else [99, *range(25)])
    found = ids(client, listing())

    assert sorted(found) == [*range(25), 99]


def test_a_list_that_shrinks_while_it_is_read_is_read_again() -> None:
    """A deleted ad pulls the first row of the next page forward, behind the reader's back."""
    client = FakeClient(lambda request: list(range(25)) if request < 2 else list(range(1, 25)))
    found = ids(client, listing())

    assert sorted(found) == list(range(25))


def test_a_list_that_never_holds_still_fails() -> None:
    """It is given ever more time to come to rest."""
    client = FakeClient(lambda request: list(range(100 - request)))

    with pytest.raises(TransientFailure, match="not whole in any of"):
        ids(client, listing())
    assert client.pauses == [1, 4, 16]


@pytest.mark.parametrize("held", [lambda new: [*range(30), *new], lambda new: [*new, *range(30)]], ids=["end", "front"])
def test_a_list_that_only_ever_grows_is_read(held: Callable[[Rows], Rows]) -> None:
    """All that it held when its last reading began."""
    client = FakeClient(lambda request: held([1000 + new for new in range(request)]))
    found = ids(client, listing())

    assert set(found) >= set(range(30))
    assert len(set(found)) == len(found)
    assert len(client.pauses) == 3


def test_an_empty_page_in_the_middle_is_asked_for_again() -> None:
    first, last = reply([1, 2], 5, 3), reply([5], 5, 3)
    client = Scripted(first, reply([], 5, 3), first, reply([3, 4], 5, 3), last)

    assert ids(client, listing(page_size=2)) == [1, 2, 3, 4, 5]


def test_an_empty_page_that_stays_empty_fails() -> None:
    """Rows that were announced are missing: better no success than a gap."""
    client = Scripted(*[reply([1, 2], 5, 3), reply([], 5, 3)] * 4)

    with pytest.raises(TransientFailure, match="page 2 of 3 is empty"):
        ids(client, listing(page_size=2))


def test_fewer_rows_than_announced_fail() -> None:
    with pytest.raises(TransientFailure, match="announced 5 rows and held 3"):
        ids(Scripted(reply([1, 2, 3], 5, 1)), listing())


def test_a_page_that_repeats_itself_for_ever_fails() -> None:
    """The emission ends, too."""
    client = Scripted(reply([1, 2], 6, 3))

    with pytest.raises(TransientFailure, match="repeats"):
        ids(client, listing(page_size=2))
    assert len(client.asked) <= 12


def test_a_row_that_tiktok_answers_twice_is_emitted_once() -> None:
    """All announced rows are there, so the surplus one hides none."""
    client = Scripted(reply([1, 2], 3, 2), reply([2, 3], 3, 2))

    assert ids(client, listing(page_size=2)) == [1, 2, 3]
    assert len(client.asked) == 2


def test_rows_that_share_a_key_but_differ_are_all_read() -> None:
    """TikTok lists a post twice that was authorised twice."""
    posts = [{"ad_id": 1, "code": "a"}, {"ad_id": 2, "code": "b"}, {"ad_id": 1, "code": "c"}]
    client = Scripted({"list": posts, "page_info": {"total_number": 3, "total_page": 1}})
    found = [row for page in Pages(cast("Client", client), listing()) for row in page]

    assert sorted(row["code"] for row in found) == ["a", "b", "c"]
    assert len(client.asked) == 1


def test_equal_rows_are_one() -> None:
    """On one page or on two, reading after reading, in lists; in reports, another row is missing."""
    on_two_pages = FakeClient(lambda _: [1, 2, 3, 4, 4, 5, 6, 7])

    assert ids(Scripted(reply([1, 2, 1], 3, 1)), listing(may_repeat=True)) == [1, 2]
    assert ids(on_two_pages, listing(page_size=4, may_repeat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert {request["page_size"] for request in on_two_pages.asked} == {4, 3}


@pytest.mark.parametrize("pages", [[[1, 2, 1]], [[1, 2], [2, 3]]])
def test_a_report_has_no_equal_rows(pages: list[Rows]) -> None:
    total = sum(map(len, pages))
    client = Scripted(*[reply(rows, total, len(pages)) for rows in pages] * READINGS)

    with pytest.raises(TransientFailure, match=f"announced {total} rows and held {total - 1}"):
        ids(client, listing(page_size=3 if len(pages) == 1 else 2))


def test_a_row_that_stands_in_for_another_fails() -> None:
    """Another one in each reading: something moves, and one of the announced rows is missing every time."""
    client = Scripted(*[reply([1, 2], 4, 2), reply([2, 3], 4, 2), reply([1, 2], 4, 2), reply([1, 3], 4, 2)] * 2)

    with pytest.raises(TransientFailure, match="announced 4 rows and held 3"):
        ids(client, listing(page_size=2))


def test_a_row_that_moved_to_the_next_page_hides_none() -> None:
    """The announced size is the same, but row 4 changed places with row 2 while the pages were turned."""
    client = Scripted(reply([1, 2], 4, 2), reply([2, 3], 4, 2), reply([1, 4], 4, 2), reply([2, 3], 4, 2))

    assert sorted(ids(client, listing(page_size=2))) == [1, 2, 3, 4]


def test_a_page_that_takes_too_long_shrinks() -> None:
    """From the first page on, without emitting a row again, and never below the smallest size."""
    client = FakeClient(lambda _: list(range(25)), lambda params: params["page_size"] > 5 and params["page"] == 2)

    assert ids(client, listing(page_size=20, smallest_page=5)) == list(range(25))
    assert {params["page_size"] for params in client.asked} == {20, 10, 5}


def test_a_page_that_can_shrink_no_further_is_too_large() -> None:
    client = FakeClient(lambda _: [1], lambda _: True)

    with pytest.raises(TooLarge):
        ids(client, listing(page_size=20, smallest_page=5))
    assert [params["page_size"] for params in client.asked] == [20, 10, 5]


def test_more_rows_than_can_be_remembered_are_too_large_before_a_second_request() -> None:
    client = FakeClient(lambda _: list(range(95)))
    client.most_ahead = 100

    assert ids(client, listing(is_divisible=True, most_rows=95)) == list(range(95))
    client.asked.clear()
    with pytest.raises(TooLarge, match="95 rows"):
        ids(client, listing(is_divisible=True, most_rows=94))
    assert len(client.asked) == 1


def test_without_a_smallest_page_a_time_out_is_the_callers_affair() -> None:
    """Reports are asked for fewer days instead."""
    client = FakeClient(lambda _: [1], lambda _: True)

    with pytest.raises(TooLarge):
        ids(client, listing())
    assert len(client.asked) == 1


def test_a_list_without_pages_is_asked_without_page() -> None:
    client = Scripted({"list": [{"ad_id": 1}, {"ad_id": 2}]})

    assert ids(client, listing(page_size=None)) == [1, 2]
    assert client.asked == [{"advertiser_id": "7001"}]


def test_a_reply_without_page_info_is_the_whole_list() -> None:
    client = Scripted({"list": [{"ad_id": 1}, {"ad_id": 2}]})

    assert ids(client, listing()) == [1, 2]
    assert len(client.asked) == 1


def test_rows_without_a_key_are_all_emitted() -> None:
    assert ids(Scripted(reply([1, 1], 2, 1)), listing(keys=None)) == [1, 1]


def test_listings_that_overlap_share_what_was_seen() -> None:
    """Two sweeps over the same objects emit each once."""
    seen = SeenRows()

    assert ids(Scripted(reply([1, 2], 2, 1)), listing(seen=seen)) == [1, 2]
    assert ids(Scripted(reply([2, 3], 2, 1)), listing(seen=seen)) == [3]
    assert ids(Scripted(reply([1, 3], 2, 1)), listing(seen=seen)) == []


def test_the_rows_may_stand_under_another_name() -> None:
    client = Scripted({"creatives": [{"ad_id": 1}], "page_info": {"total_number": 1, "total_page": 1}})

    assert ids(client, listing(records_at="creatives")) == [1]


@pytest.mark.parametrize("info", [{"total_page": "many"}, {"total_number": 3}, {"total_page": None}, ["a list"]])
def test_a_page_info_that_is_not_understood_fails(info: object) -> None:
    with pytest.raises(TransientFailure, match="page_info is not understood"):
        ids(Scripted({"list": [{"ad_id": 1}], "page_info": info}), listing())


def test_numbers_of_page_info_may_be_text() -> None:
    client = Scripted(
        *({"list": [{"ad_id": n}], "page_info": {"total_page": "2", "total_number": "2"}} for n in (1, 2))
    )

    assert ids(client, listing(page_size=1)) == [1, 2]


def test_without_page_info_pages_are_turned_as_long_as_they_are_full() -> None:
    client = Scripted({"list": [{"ad_id": 1}, {"ad_id": 2}]}, {"list": [{"ad_id": 3}]})

    assert ids(client, listing(page_size=2)) == [1, 2, 3]


@pytest.mark.parametrize("data", [{}, {"rows": []}, {"list": None}, {"list": {"ad_id": 1}}, {"list": [1]}])
def test_an_answer_without_the_list_is_no_empty_list(data: Json) -> None:
    with pytest.raises(TransientFailure, match="no list of objects"):
        ids(Scripted(data), listing())
