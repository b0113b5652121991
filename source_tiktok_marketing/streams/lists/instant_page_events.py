"""The events of instant pages, which TikTok tells for one combination of objective and optimisation goal at a time."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

from source_tiktok_marketing.api.failures import Failure, SystemFailure
from source_tiktok_marketing.api.paging import Pages
from source_tiktok_marketing.api.return_codes import PARAMETER_ERROR
from source_tiktok_marketing.api.seen_rows import SeenRows
from source_tiktok_marketing.catalog.endpoints import CombinationList, Sweep
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.stream import Event, Page, Skipped, Slice
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.lists.list_stream import ListStream

logger = logging.getLogger("airbyte")


class InstantPageEvents(ListStream[CombinationList]):
    """Asks for every combination, leaving out those that TikTok refused before or an answer covered already."""

    def __init__(self, endpoint: CombinationList, context: Context, cursor: Cursor | None) -> None:
        super().__init__(endpoint, context, cursor)
        self._refused: set[tuple[str, str]] = set()
        """Combinations that don't exist, for any advertiser."""

    def slices(self) -> Iterator[Slice]:
        """Plan one slice of all advertisers, so that each learns which combinations TikTok refused before."""
        yield Slice("", self._read_each)

    def costs(self) -> Iterator[Cost]:
        """Count one request for each advertiser, whose answer may cover all combinations, or all of them."""
        yield Cost()
        most = len(self.endpoint.outer_values) * len(self.endpoint.inner_values)
        for advertiser in self.context.advertisers.readable:
            yield Cost(advertiser_id=advertiser.advertiser_id, slices=0, requests=1, most=most)

    def _read_each(self) -> Iterator[Event]:
        for advertiser in self.context.advertisers.readable:
            try:
                for event in self.read(advertiser):
                    yield replace(event, advertiser_id=advertiser.advertiser_id) if isinstance(event, Page) else event
            except Failure as failure:
                yield Skipped(advertiser.advertiser_id, failure)

    def rows(
        self, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: SeenRows
    ) -> Iterator[Sequence[Json]]:
        """Yield the rows of all combinations.

        Raises TikTok's refusal if it refuses all of them: then it is about something else.
        """
        endpoint, request = self.endpoint, self.request(self.params(advertiser), sweep, since, seen)
        covered: set[tuple[str, str]] = set()
        refused: dict[tuple[str, str], SystemFailure] = {}
        is_answered = False
        for combination in product(endpoint.outer_values, endpoint.inner_values):
            if combination in covered or combination in self._refused:
                continue
            params = {**request.params, endpoint.outer: combination[0], endpoint.inner: combination[1]}
            try:
                for rows in Pages(self.context.client, replace(request, params=params)):
                    covered.update(pair for row in rows for pair in self._covered(row))
                    yield rows
                is_answered = True
            except SystemFailure as failure:
                if failure.code != PARAMETER_ERROR:
                    raise
                refused[combination] = failure
        if refused and not is_answered:
            raise next(iter(refused.values()))
        unusual = [failure for failure in refused.values() if endpoint.refusal not in failure.message.lower()]
        self._refused |= {combination for combination in refused if refused[combination] not in unusual}
        if unusual:
            logger.warning(
                "Advertiser %s: combinations that TikTok refuses are left out, %d of them: %s",
                advertiser.advertiser_id,
                len(unusual),
                unusual[0],
            )

    def _covered(self, row: Json) -> Iterator[tuple[str, str]]:
        """Yield the combinations that the row tells of."""
        first, second, inner = self.endpoint.covered_at
        nested = row.get(first)
        for entry in (nested.get(second) if isinstance(nested, dict) else None) or ():
            for goal in (entry.get(inner) if isinstance(entry, dict) else None) or ():
                if isinstance(goal, dict):
                    yield str(entry.get(self.endpoint.outer)), str(goal.get(self.endpoint.inner))
