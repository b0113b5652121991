"""Rows whose metrics come in parts: on whatever pages they stand, however they were read, none is lost or mixed up."""

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from hypothesis import example, given
from hypothesis import strategies as st

from source_tiktok_marketing.streams.joining import Join
from unit_tests.test_typed_rows import ADS_DAILY, METRICS, Json, body_of, emitted, row, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = (METRICS[4:], METRICS[2:4], METRICS[:2])
"""The last is what the others are put into."""
ADS = [str(number) for number in range(71, 77)]
READINGS = (
    st.tuples(*[st.lists(st.sampled_from(ADS), unique=True) for _ in PARTS]),
    st.tuples(*[st.integers(1, 4) for _ in PARTS]),
    st.sets(st.tuples(st.integers(0, 2), st.integers(0, 5))),
)
"""The ads of each part, how many of them a page holds, and pages that are out of the ordinary (part, number)."""


def held(ad: str, part: int) -> Json:
    """What TikTok answers of an ad for one part; each value tells where it belongs."""
    return row({name: f"{ad}{place}" for place, name in enumerate(METRICS) if name in PARTS[part]}, ad_id=ad)


def expected(ad: str, parts: list[list[str]]) -> Json:
    """The record of an ad of which some parts may lack a row."""
    metrics = {
        name: value for part, ads in enumerate(parts) if ad in ads for name, value in held(ad, part)["metrics"].items()
    }
    (record,) = emitted(rows_of(ADS_DAILY), [row(metrics, ad_id=ad)])
    return record


@given(*READINGS)
@example((ADS, ADS, ADS), (2, 2, 2), set())
@example((ADS, ADS, ADS), (2, 2, 2), {(0, 0), (2, 1)})
@example((ADS, ADS[1:], ADS[::-1]), (2, 2, 3), {(1, 0)})
def test_every_row_comes_out_once_with_all_its_metrics(
    parts: tuple[list[str], ...], sizes: tuple[int, ...], plain: set[tuple[int, int]]
) -> None:
    """Pages of a part hold so many of its ads each; those in `plain` were read the tolerant way."""
    reader = rows_of(ADS_DAILY)
    readings: list[list[Sequence[Any]]] = []
    for part, (ads, size) in enumerate(zip(parts, sizes, strict=True)):
        readings.append([])
        for page, first in enumerate(range(0, len(ads), size)):
            rows = [held(ad, part) for ad in ads[first : first + size]]
            typed = reader.decode(body_of(*rows))
            assert typed is not None
            readings[part].append(rows if (part, page) in plain else typed.rows)
    join = Join(reader, PARTS)
    found = [emitted(reader, join.whole(together)) for together in zip_longest(*readings, fillvalue=[])]
    rest = emitted(reader, join.rest())

    everywhere = set.intersection(*map(set, parts))
    records = [record for page in found for record in page]
    assert {str(record["ad_id"]) for record in records} == everywhere
    assert {str(record["ad_id"]) for record in rest} == set().union(*parts) - everywhere
    assert len(records) == len(everywhere)
    for record in [*records, *rest]:
        assert record == expected(str(record["ad_id"]), list(parts))
