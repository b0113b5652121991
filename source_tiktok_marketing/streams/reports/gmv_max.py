"""The GMV Max reports, read store by store."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.return_codes import PARAMETER_ERROR
from source_tiktok_marketing.catalog.endpoints import ALL_STATUSES
from source_tiktok_marketing.catalog.gmv_max import GmvMaxReport
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.stream import Event, Page, Slice
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.report_stream import ReportStream

if TYPE_CHECKING:
    from source_tiktok_marketing.engine.state import Labels

logger = logging.getLogger("airbyte")

_STORES = "gmv_max_stores"
_STATUSES: tuple[tuple[str, ...], ...] = (
    (ALL_STATUSES,),
    ("STATUS_DELIVERY_OK", "STATUS_DISABLE", "STATUS_NOT_DELIVERY", "STATUS_DELETE"),
    (),
)
"""What to ask for, so that deleted campaigns are there, from the best down: TikTok's documents disagree on it."""


class GmvMaxReportStream(ReportStream):
    """One GMV Max report. It can't be divided by ids: ordinary campaigns have no part in GMV Max."""

    def __init__(self, report: GmvMaxReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(report, tuple(name for name, _ in report.metric_types), context, cursor)
        self._report = report
        asked = _STATUSES if context.config.include_deleted else _STATUSES[-1:]
        self._statuses: defaultdict[Labels, tuple[tuple[str, ...], ...]] = defaultdict(lambda: asked)
        """What is still to be tried, by store."""

    def slices(self) -> Iterator[Slice]:
        """Plan one slice an advertiser: which stores it has is only known while reading."""
        for advertiser in self.context.advertisers.readable:
            yield Slice(advertiser.advertiser_id, partial(self._read, advertiser))

    def _read(self, advertiser: Advertiser) -> Iterator[Event]:
        stores = self.context.parents.rows(_STORES, advertiser.advertiser_id)
        available = [str(store["store_id"]) for store in stores if store.get("is_gmv_max_available")]
        partitions = [(("store_id", store_id),) for store_id in dict.fromkeys(available)]
        if self.cursor is not None:
            self.cursor.register(advertiser.advertiser_id, partitions)
        for labels in partitions:
            question = Question(advertiser, labels)
            for window in self.plan.windows(advertiser, labels):
                planned = self.plan.planned(advertiser, window, labels)
                yield from self.read_window(question.in_window(window), planned)

    def pages(self, question: Question, smallest_page: int | None) -> Iterator[Page]:
        """Yield the records of one question, of campaigns with as many of the statuses as TikTok takes."""
        while True:
            statuses = self._statuses[question.labels]
            try:
                yield from super().pages(question, smallest_page)
            except SystemFailure as failure:
                if failure.code != PARAMETER_ERROR or len(statuses) == 1:
                    raise
                self._statuses[question.labels] = statuses[1:]
                logger.warning(
                    "%s: asking %s for fewer statuses, which may leave some out. %s",
                    self.name,
                    dict(question.labels),
                    failure.message,
                )
            else:
                return

    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and parameters of a request to the GMV Max report."""
        filtering: Json = {"gmv_max_promotion_types": (self._report.promotion_type,)}
        if statuses := self._statuses[question.labels][0]:
            filtering["campaign_statuses"] = statuses
        window = question.window
        return self._report.path, {
            "advertiser_id": question.advertiser.advertiser_id,
            "store_ids": (dict(question.labels)["store_id"],),
            "dimensions": self._report.dimensions,
            "metrics": metrics,
            "filtering": filtering,
            "start_date": window and window.start.isoformat(),
            "end_date": window and window.end.isoformat(),
        }
