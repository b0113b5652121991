"""The events of instant pages, which TikTok tells for one combination of objective and optimisation goal at a time."""

import logging
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from itertools import islice, product

from source_tiktok_marketing.api.failures import Failure, SystemFailure
from source_tiktok_marketing.api.paging import ListRequest, Pages
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

Combination = tuple[str, str]

_AHEAD = 4
"""Combinations that are sent for ahead: one after the other, hundreds of them take longer than all other streams."""


class InstantPageEvents(ListStream[CombinationList]):
    """Asks for every combination, leaving out those that TikTok refused before or an answer covered already."""

    def __init__(self, endpoint: CombinationList, context: Context, cursor: Cursor | None) -> None:
        super().__init__(endpoint, context, cursor)
        self._refused: set[Combination] = set()
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
        request = self.request(self.params(advertiser), sweep, since, seen)
        covered: set[Combination] = set()
        refused: dict[Combination, SystemFailure] = {}
        is_answered = False
        with closing(self._asked(request, covered)) as asked:
            for combination, pages in asked:
                try:
                    for rows in pages:
                        covered.update(pair for row in rows for pair in self._covered(row))
                        yield rows
                    is_answered = True
                except SystemFailure as failure:
                    if failure.code != PARAMETER_ERROR:
                        raise
                    refused[combination] = failure
        if refused and not is_answered:
            raise next(iter(refused.values()))
        unusual = [failure for failure in refused.values() if self.endpoint.refusal not in failure.message.lower()]
        self._refused |= {combination for combination in refused if refused[combination] not in unusual}
        if unusual:
            logger.warning(
                "Advertiser %s: combinations that TikTok refuses are left out, %d of them: %s",
                advertiser.advertiser_id,
                len(unusual),
                unusual[0],
            )

    def _asked(
        self, request: ListRequest, covered: set[Combination]
    ) -> Generator[tuple[Combination, Pages], None, None]:
        """Yield each combination that is neither refused nor in `covered`, with its answer.

        As long as no answer covers what was not asked, the next few are sent for ahead.
        """
        endpoint = self.endpoint
        every = product(endpoint.outer_values, endpoint.inner_values)
        left = deque(combination for combination in every if combination not in self._refused)
        ahead: dict[Combination, Pages] = {}
        done: set[Combination] = set()

        def answer(combination: Combination) -> Pages:
            params = {**request.params, endpoint.outer: combination[0], endpoint.inner: combination[1]}
            return Pages(self.context.client, replace(request, params=params))

        with ExitStack() as stack:
            while left:
                combination = left.popleft()
                if combination in covered:
                    continue
                yield combination, ahead.pop(combination) if combination in ahead else answer(combination)
                done.add(combination)
                for following in islice(left, _AHEAD if covered <= done else 0):
                    if following not in ahead:
                        ahead[following] = answer(following)
                        stack.callback(ahead[following].close)
                        ahead[following].send_ahead()

    def _covered(self, row: Json) -> Iterator[Combination]:
        """Yield the combinations that the row tells of."""
        first, second, inner = self.endpoint.covered_at
        nested = row.get(first)
        for entry in (nested.get(second) if isinstance(nested, dict) else None) or ():
            for goal in (entry.get(inner) if isinstance(entry, dict) else None) or ():
                if isinstance(goal, dict):
                    yield str(entry.get(self.endpoint.outer)), str(goal.get(self.endpoint.inner))
