"""Walks the combinations of a `Grid`, leaving out those that TikTok refused before or an answer covered already."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.errors import PARAMETER_ERROR
from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.paging import Listing, Pages
from source_tiktok_marketing.catalog.entities import Grid
from source_tiktok_marketing.streams.records import Json

logger = logging.getLogger("airbyte")


class GridWalk:
    """What one stream learns of its grid in a run. A refused combination exists for no advertiser."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._refused: set[tuple[str, str]] = set()

    def rows(self, client: Client, listing: Listing) -> Iterator[Sequence[Json]]:
        """The rows of all combinations, for the advertiser that `listing` is about.

        Raises TikTok's refusal if it refuses all of them: then it is about something else.
        """
        grid = self._grid
        covered: set[tuple[str, str]] = set()
        refused: dict[tuple[str, str], SystemFailure] = {}
        is_answered = False
        for combination in product(grid.outer_values, grid.inner_values):
            if combination in covered or combination in self._refused:
                continue
            params = {**listing.params, grid.outer: combination[0], grid.inner: combination[1]}
            try:
                for rows in Pages(client, replace(listing, params=params)):
                    covered.update(pair for row in rows for pair in self._covered(row))
                    yield rows
                is_answered = True
            except SystemFailure as failure:
                if failure.code != PARAMETER_ERROR:
                    raise
                refused[combination] = failure
        if refused and not is_answered:
            raise next(iter(refused.values()))
        self._refused |= refused.keys()
        unusual = [failure for failure in refused.values() if grid.refusal not in failure.message.lower()]
        if unusual:
            logger.warning("Combinations that TikTok refuses are left out, %d of them: %s", len(unusual), unusual[0])

    def _covered(self, row: Json) -> Iterator[tuple[str, str]]:
        """The combinations that the row tells of."""
        grid = self._grid
        first, second, inner = grid.covered_at
        nested = row.get(first)
        for entry in (nested.get(second) if isinstance(nested, dict) else None) or ():
            for goal in (entry.get(inner) if isinstance(entry, dict) else None) or ():
                if isinstance(goal, dict):
                    yield str(entry.get(grid.outer)), str(goal.get(grid.inner))
