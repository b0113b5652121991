"""The ads, the only list that TikTok narrows by the time of change."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pendulum

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.return_codes import PARAMETER_ERROR
from source_tiktok_marketing.api.seen_rows import SeenRows
from source_tiktok_marketing.catalog.endpoints import ListEndpoint, Sweep
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.lists.list_stream import ListStream

logger = logging.getLogger("airbyte")

_BEFORE_ALL = pendulum.naive(2000, 1, 1)
"""Older than any object of TikTok's; a state may hold earlier moments that no date arithmetic can go back from."""
_API_FORMAT = "%Y-%m-%d %H:%M:%S"


class Ads(ListStream[ListEndpoint]):
    """Reads the ads that were changed since the cursor, and those that have no time of change.

    An advertiser that TikTok refuses the filter for is asked for all of its ads.
    """

    def __init__(self, endpoint: ListEndpoint, context: Context, cursor: Cursor | None) -> None:
        super().__init__(endpoint, context, cursor)
        self._refused: set[str] = set()
        """The advertisers that are asked without the filter."""

    def rows(
        self, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: SeenRows
    ) -> Iterator[Sequence[Json]]:
        """Yield the pages of one sweep, narrowed by the time of change if TikTok takes the filter."""
        advertiser_id, is_answered = advertiser.advertiser_id, False
        if advertiser_id in self._refused or not self.filtering(sweep, since):
            yield from super().rows(advertiser, sweep, None, seen)
            return
        try:
            for rows in super().rows(advertiser, sweep, since, seen):
                is_answered = True
                yield rows
        except SystemFailure as failure:
            if failure.code != PARAMETER_ERROR or is_answered:
                raise
            refusal = failure
        else:
            return
        yield from super().rows(advertiser, sweep, None, seen)
        self._refused.add(advertiser_id)
        logger.warning(
            "%s: advertiser %s is asked for all of its ads in this run, because TikTok refuses to narrow them by the "
            "time of change. %s",
            self.name,
            advertiser_id,
            refusal.message,
        )

    def filtering(self, sweep: Sweep, since: datetime | None) -> Mapping[str, Any]:
        """Return the filter `modified_after`, which excludes the moment itself."""
        if since is None or sweep.finds_unmodified:
            return {}
        moment = max(since, _BEFORE_ALL) - pendulum.duration(seconds=1)
        return {"modified_after": moment.strftime(_API_FORMAT)}
