"""The reports of videos and images over their whole life, read like lists."""

import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from source_tiktok_marketing.api.failures import MetricsRefused, SystemFailure
from source_tiktok_marketing.api.paging import Pages
from source_tiktok_marketing.api.return_codes import PARAMETER_ERROR
from source_tiktok_marketing.api.seen_rows import SeenRows
from source_tiktok_marketing.catalog.creatives import CreativeReport, Params
from source_tiktok_marketing.catalog.endpoints import Sweep
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.lists.list_stream import ListStream

logger = logging.getLogger("airbyte")

_METRICS = "metrics_fields"
_NO_VALUE = "-"
"""What TikTok writes for a metric that has no value."""


class CreativeReports(ListStream[CreativeReport]):
    """Reads as much about each creative as TikTok takes a request for."""

    def __init__(self, endpoint: CreativeReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(endpoint, context, cursor)
        self._wishes = [_wanted(wish, context.metrics_of(endpoint)) for wish in endpoint.wishes]
        """What is still to be tried, shared by all accounts: TikTok takes it of one as of another."""
        self._choosing = threading.Lock()

    def rows(
        self, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: SeenRows
    ) -> Iterator[Sequence[Json]]:
        """Yield the pages of the best request that TikTok takes."""
        while True:
            wish = self._wishes[0]
            params = self.params(advertiser) | dict(wish)
            try:
                yield from Pages(self.context.client, self.request(params, sweep, since, seen))
            except (MetricsRefused, SystemFailure) as failure:
                if failure.code != PARAMETER_ERROR or not wish:
                    raise
                with self._choosing:
                    self._ask_for_less(wish, failure)
            else:
                return

    def _ask_for_less(self, wish: Params, failure: MetricsRefused | SystemFailure) -> None:
        """Leave the refused metrics out, or try the next wish; warn unless another account did so before."""
        if self._wishes[0] != wish:
            return
        asked = dict(wish)
        refused = failure.metrics if isinstance(failure, MetricsRefused) else ()
        kept = tuple(name for name in asked[_METRICS] if name not in refused)
        if 0 < len(kept) < len(asked[_METRICS]):
            self._wishes[0] = tuple((asked | {_METRICS: kept}).items())
        else:
            del self._wishes[0]
        logger.warning("%s: asking for less in this run. %s", self.name, failure.message)

    def key_of(self, row: Json) -> tuple[Any, ...]:
        """Return the values of the key, but for the advertiser."""
        return super().key_of(_information(row))

    def record(self, row: Json, advertiser: Advertiser) -> Json:
        """Return the information about the creative, with the metrics beside it."""
        metrics = {name: None if value == _NO_VALUE else value for name, value in (row.get("metrics") or {}).items()}
        return super().record(_information(row) | {"metrics": metrics}, advertiser)


def _wanted(wish: Params, metrics: tuple[str, ...]) -> Params:
    """Return the wish for no other than these metrics, the wish itself if it is for others only."""
    asked = dict(wish)
    if kept := tuple(name for name in asked.get(_METRICS, ()) if name in metrics):
        asked[_METRICS] = kept
    return tuple(asked.items())


def _information(row: Json) -> Json:
    """Return what a row tells of its creative: descriptions of the report call it by either name."""
    return row.get("info") or row.get("dimensions") or {}
