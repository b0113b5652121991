"""Reads any `StoreReport` of the catalogue: the GMV Max reports, store by store."""

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

from source_tiktok_marketing.api.errors import PARAMETER_ERROR
from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.catalog.entities import ALL_STATUSES
from source_tiktok_marketing.catalog.stores import StoreReport
from source_tiktok_marketing.streams.base import Context, EncodedRecords, Slice, Step
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Advertiser
from source_tiktok_marketing.streams.records import Json
from source_tiktok_marketing.streams.shards import Shard
from source_tiktok_marketing.streams.windowed import Question, WindowedStream

logger = logging.getLogger("airbyte")

_STORES = "gmv_max_stores"
_STATUSES: tuple[tuple[str, ...], ...] = (
    (ALL_STATUSES,),
    ("STATUS_DELIVERY_OK", "STATUS_DISABLE", "STATUS_NOT_DELIVERY", "STATUS_DELETE"),
    (),
)
"""What to ask for, so that deleted campaigns are there, from the best down: TikTok's documents disagree on it."""


class StoreReportStream(WindowedStream):
    """One GMV Max report."""

    def __init__(self, report: StoreReport, schema: Json, context: Context, cursor: Cursor | None) -> None:
        metrics = tuple(name for name, _ in report.metrics)
        super().__init__(report.name, report, metrics, schema, context, cursor, optional=report.optional)
        self._report = report
        self._statuses = _STATUSES if context.config.include_deleted else _STATUSES[-1:]

    def slices(self) -> Iterator[Slice]:
        """One slice an advertiser: which stores it has is only known while reading."""
        for advertiser in self.context.directory.advertisers:
            yield Slice(advertiser.advertiser_id, partial(self._read, advertiser))

    def _read(self, advertiser: Advertiser) -> Iterator[Step]:
        stores = self.context.parents.rows(_STORES, advertiser.advertiser_id)
        available = [str(store["store_id"]) for store in stores if store.get("is_gmv_max_available")]
        extras = [(("store_id", store_id),) for store_id in dict.fromkeys(available)]
        if self.cursor is not None:
            self.cursor.know(advertiser.advertiser_id, extras)
        for extra in extras:
            question = Question(advertiser, extra)
            for window in self.windows(advertiser, extra):
                ticket = self.ticket(question, window)
                yield from self.read_window(question.about(window), ticket)

    def _records(self, question: Question, smallest_page: int | None) -> Iterator[list[Any] | EncodedRecords]:
        """The records of one question, of campaigns with as many of the statuses as TikTok lets be asked for."""
        while True:
            statuses = self._statuses
            try:
                yield from super()._records(question, smallest_page)
            except SystemFailure as failure:
                if failure.code != PARAMETER_ERROR or len(statuses) == 1:
                    raise
                self._statuses = statuses[1:]
                logger.warning(
                    "%s: asking for fewer statuses, which may leave some out. %s", self.name, failure.message
                )
            else:
                return

    def parts(self, question: Question) -> list[Shard]:  # noqa: ARG002  no question about a store can be divided
        """Nothing: ordinary campaigns have no part in GMV Max."""
        return []

    def request(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """A request to the GMV Max report."""
        filtering: Json = {"gmv_max_promotion_types": (self._report.promotion_type,)}
        if self._statuses[0]:
            filtering["campaign_statuses"] = self._statuses[0]
        window = question.window
        return self._report.path, {
            "advertiser_id": question.advertiser.advertiser_id,
            "store_ids": (dict(question.extra)["store_id"],),
            "dimensions": self._report.dimensions,
            "metrics": metrics,
            "filtering": filtering,
            "start_date": window and window.start.isoformat(),
            "end_date": window and window.end.isoformat(),
        }
