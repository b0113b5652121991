"""Pages of report rows that are worked on in this process or in a second one, whichever has time."""

import weakref
from collections.abc import Hashable, Mapping, Sequence
from contextlib import closing, suppress
from functools import cached_property
from typing import Any

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.typed_page import TypedPage
from source_tiktok_marketing.streams.base import EncodedRecords
from source_tiktok_marketing.streams.report_rows import ReportRows, Row
from source_tiktok_marketing.streams.second_process import Batch, Ended, SecondProcess


class PageElsewhere(Sequence[Row]):
    """Rows that the second process holds. Whoever looks at one has the page decoded here, too."""

    def __init__(self, rows: ReportRows, body: bytes, batch: Batch, place: int, keys: list[tuple[Any, ...]]) -> None:
        """Remember where the rows are: the page at a `place` of a `batch`, which was decoded from `body`."""
        self.batch = batch
        self.place = place
        self.keys = keys
        self.parts: list[tuple[PageElsewhere, tuple[str, ...]]] = []
        """Pages whose metrics are to be taken over when the records are made."""
        self._rows = rows
        self._body = body

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.keys)

    def __getitem__(self, place: Any) -> Any:
        """A row, or some."""
        return self.here[place]

    @cached_property
    def here(self) -> Sequence[Row]:
        """The rows in this process."""
        if (page := self._rows.decode(self._body)) is None:
            raise SystemFailure("Two processes of the connector disagree about a page. Report it.")
        whole = page.rows
        for part, names in self.parts:
            whole = self._rows.merge(whole, part.here, names)
        return whole


class PlacedRows:
    """`ReportRows` for one question, page after page. Wherever they are worked on, the records are the same."""

    def __init__(self, rows: ReportRows, second: SecondProcess) -> None:
        self._rows = rows
        self._second = second
        self._batch: Batch | None = None

    def decode(self, body: bytes) -> TypedPage | None:
        """The page in `body`, None if only dictionaries can hold it."""
        if self._batch is None:
            self._batch = self._second.begin()
        if not self._batch.is_elsewhere:
            return self._rows.decode(body)
        place = self._batch.places
        self._batch.places += 1
        try:
            decoded = self._second.decode(self._rows, self._batch, place, body)
        except Ended:
            return self._rows.decode(body)
        if decoded is None:
            return None
        page = PageElsewhere(self._rows, body, self._batch, place, decoded.keys)
        self._batch.held[place] = weakref.ref(page)
        return TypedPage(page, decoded.total_page, decoded.total_number)

    def keys(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The identity of each row of a page."""
        return rows.keys if isinstance(rows, PageElsewhere) else self._rows.keys(_here(rows))

    def marks(self, rows: Sequence[Row]) -> list[Hashable]:
        """What is remembered of the identities: 64 bits each, because a window may have a million rows."""
        return list(map(hash, self.keys(rows)))

    def merge(self, wholes: Sequence[Row], parts: Sequence[Row], names: tuple[str, ...]) -> Sequence[Row]:
        """Rows with the metrics of both, which are the same rows in the same order; `parts` hold the metrics `names`.

        Uses up both.
        """
        if isinstance(wholes, PageElsewhere) and isinstance(parts, PageElsewhere) and wholes.batch is parts.batch:
            wholes.parts.append((parts, names))
            return wholes
        return self._rows.merge(_here(wholes), _here(parts), names)

    def records(self, rows: Sequence[Row], about: Mapping[str, str]) -> list[Any] | EncodedRecords:
        """The records of rows of a question that was `about` these ids. The page is done with."""
        with closing(self):
            if isinstance(rows, PageElsewhere):
                parts = [(part.place, names) for part, names in rows.parts]
                with suppress(Ended):
                    return EncodedRecords(
                        self._second.encode(self._rows, rows.batch, rows.place, parts, about), len(rows)
                    )
            return self._rows.records(_here(rows), about)

    def close(self) -> None:
        """Let go of the page that is being worked on."""
        batch, self._batch = self._batch, None
        if batch is not None:
            self._second.done(batch)


def _here(rows: Sequence[Row]) -> Sequence[Row]:
    return rows.here if isinstance(rows, PageElsewhere) else rows
