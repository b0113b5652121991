"""Puts the rows of a report together whose metrics TikTok answers in several parts.

The parts are lists of their own: as a rule their pages hold the same rows in the same order, but a row may stand on
another page of one part, or be missing there.
"""

from collections.abc import Hashable, Sequence
from itertools import chain
from typing import Any

import msgspec

from source_tiktok_marketing.streams.placed_rows import PlacedRows
from source_tiktok_marketing.streams.report_rows import ReportRows

Row = Any


class Join:
    """The join of one question's parts."""

    def __init__(self, rows: ReportRows | PlacedRows, parts: Sequence[tuple[str, ...]]) -> None:
        """Prepare for the metrics of each of the `parts`; the last takes up the others', so let it be the largest."""
        self._rows = rows
        self._parts = parts
        self._waiting: list[dict[Hashable, Row]] = [{} for _ in parts]

    def whole(self, pages: Sequence[Sequence[Row]]) -> Sequence[Row]:
        """The rows that are complete with these pages, of which there is one for each part. Uses up the pages."""
        keys = [self._rows.keys(page) for page in pages]
        if not any(self._waiting) and all(others == keys[0] for others in keys[1:]):
            aligned = list(pages)
        else:
            aligned = self._matched(keys, pages)
        *others, whole = aligned
        for part, names in zip(others, self._parts, strict=False):
            whole = self._rows.merge(whole, part, names)
        return whole

    def _matched(self, keys: Sequence[Sequence[Hashable]], pages: Sequence[Sequence[Row]]) -> list[Sequence[Row]]:
        """For each part its rows of which no part is missing any more, in the same order."""
        for held, names, page in zip(self._waiting, keys, pages, strict=True):
            held.update(zip(names, page, strict=True))
        arrived = dict.fromkeys(chain.from_iterable(keys))
        complete = [key for key in arrived if all(key in held for held in self._waiting)]
        return [_alike([held.pop(key) for key in complete]) for held in self._waiting]

    def rest(self) -> Sequence[Row]:
        """The rows that some part does not have, with the metrics of the others."""
        found: dict[Hashable, Row] = {}
        for held in self._waiting:
            for key, row in held.items():
                part = msgspec.to_builtins(row)
                if key in found:
                    found[key]["metrics"].update(part["metrics"])
                else:
                    found[key] = part
        return list(found.values())


def _alike(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, all of them dictionaries if some are."""
    if any(isinstance(row, dict) for row in rows):
        return [msgspec.to_builtins(row) for row in rows]
    return rows
