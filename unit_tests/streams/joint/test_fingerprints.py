"""Two answers to the same question are compared, though figures may change between them."""

from collections.abc import Sequence

import pytest

from source_tiktok_marketing.streams.joint.answers import Fingerprints

Row = dict[str, int]


def row(ad: int, spend: int) -> Row:
    return {"ad_id": ad, "spend": spend}


def prints(rows: Sequence[Row], most: int = 10) -> Fingerprints:
    found = Fingerprints(most)
    found.add(rows)
    return found


def test_order_of_rows_and_fields_does_not_matter() -> None:
    assert prints([row(1, 5), row(2, 6)]).equals(prints([{"spend": 6, "ad_id": 2}, row(1, 5)]))


@pytest.mark.parametrize("other", [[row(1, 5)], [row(1, 5), row(2, 7)], [row(1, 5), row(2, 6), row(2, 6)], []])
def test_another_answer_is_not_equal(other: list[Row]) -> None:
    assert not prints([row(1, 5), row(2, 6)]).equals(prints(other))


@pytest.mark.parametrize(
    ("between", "is_so"),
    [
        ([row(1, 5), row(2, 6)], True),
        ([row(1, 5), row(2, 8), row(3, 1)], True),
        ([row(1, 5), row(2, 6), row(3, 1)], True),
        ([row(1, 5), row(2, 7)], False),
        ([row(2, 6), row(3, 1)], False),
        ([row(1, 5)], False),
        ([], False),
    ],
    ids=["as before", "as after", "some of both", "of neither", "one of both is missing", "too few", "nothing"],
)
def test_figures_may_change_while_they_are_compared(between: list[Row], *, is_so: bool) -> None:
    before, after = prints([row(1, 5), row(2, 6)]), prints([row(1, 5), row(2, 8), row(3, 1)])

    assert prints(between).lies_between(before, after) is is_so


def test_more_rows_than_are_remembered_and_none_are_not_compared() -> None:
    rows = [row(ad, 1) for ad in range(3)]

    assert prints(rows, most=3).are_comparable
    assert not prints(rows, most=2).are_comparable
    assert not prints([]).are_comparable
