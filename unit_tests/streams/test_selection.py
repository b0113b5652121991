"""Every row of the catalogue names the class that reads it."""

from pkgutil import resolve_name

import pytest

from source_tiktok_marketing import streams
from source_tiktok_marketing.catalog.streams import STREAMS, Row
from source_tiktok_marketing.engine.stream import Stream


@pytest.mark.parametrize("row", STREAMS, ids=lambda row: row.name)
def test_the_reader_of_a_row_is_a_stream(row: Row) -> None:
    reader = resolve_name(f"{streams.__name__}.{row.reader}")

    assert issubclass(reader, Stream)
