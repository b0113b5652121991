"""The GMV Max reports, read store by store."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from source_tiktok_marketing.api.failures import AdvertiserUnavailable, EndpointUnavailable, Failure, SystemFailure
from source_tiktok_marketing.api.return_codes import PARAMETER_ERROR
from source_tiktok_marketing.catalog.endpoints import ALL_STATUSES
from source_tiktok_marketing.catalog.gmv_max import GmvMaxReport
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.state import Labels
from source_tiktok_marketing.engine.stream import Event, Page, Slice
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.parents import parent_requests
from source_tiktok_marketing.streams.reports.dispensable import DispensableMetricsReport
from source_tiktok_marketing.streams.reports.gmv_max_ids import (
    Statuses,
    coarsest,
    gmv_max_params,
    parts_by_needed_ids,
    smaller_parts,
)
from source_tiktok_marketing.streams.reports.question import Question

logger = logging.getLogger("airbyte")

_STORES = "gmv_max_stores"
_STATUSES: tuple[Statuses, ...] = (
    (ALL_STATUSES,),
    ("STATUS_DELIVERY_OK", "STATUS_DISABLE", "STATUS_NOT_DELIVERY", "STATUS_DELETE"),
    (),
)
"""What to ask for, so that deleted campaigns are there, from the best down: TikTok's documents disagree on it."""


class GmvMaxReportStream(DispensableMetricsReport):
    """One GMV Max report."""

    def __init__(self, report: GmvMaxReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(report, report.level.dispensable, context, cursor)
        self.plan = replace(self.plan, first_day=report.first_day)
        self._report = report
        has_campaigns = report.level.takes_statuses or report.level.of_each is not None
        asked = _STATUSES if context.config.include_deleted and has_campaigns else _STATUSES[-1:]
        self._statuses: defaultdict[Labels, tuple[Statuses, ...]] = defaultdict(lambda: asked)
        """What is still to be tried, by store."""

    def slices(self) -> Iterator[Slice]:
        """Plan one slice an advertiser: which stores it has is only known while reading."""
        for advertiser in self.context.advertisers.readable:
            yield Slice(advertiser.advertiser_id, partial(self._read, advertiser))

    def costs(self) -> Iterator[Cost]:
        """Count what each advertiser costs."""
        return map(self.cost, self.context.advertisers.readable)

    def cost(self, advertiser: Advertiser) -> Cost:
        """Count what an advertiser costs: its stores, and the windows of those that an earlier sync has read.

        Reports that need ids cost at least those of the coarsest level, which are read once for all of them.
        """
        level = self._report.level
        stores = () if self.cursor is None else self.cursor.partitions(advertiser.advertiser_id)
        windows = sum(self.plan.count(advertiser, labels) for labels in stores)
        needed = ((f"ids of {coarsest(level).stem}", windows),) if level.of_each else ()
        return Cost(
            advertiser_id=advertiser.advertiser_id,
            windows=windows,
            requests=0 if needed else windows,
            shared=((_STORES, parent_requests(_STORES)), *needed),
            each=None if stores else ("store", self._windows_of_a_new_store(advertiser)),
        )

    def _windows_of_a_new_store(self, advertiser: Advertiser) -> int:
        if (days := self._report.grain.last_days) is not None:
            return int(self.plan.last_days(advertiser, days) is not None)
        return len(self.plan.tiles(advertiser, None))

    def _read(self, advertiser: Advertiser) -> Iterator[Event]:
        """Read the advertiser's stores. One that is refused costs the others nothing; all of them, the advertiser."""
        stores = self.context.parents.rows(_STORES, advertiser.advertiser_id)
        available = [str(store["store_id"]) for store in stores if store.get("is_gmv_max_available")]
        partitions: list[Labels] = [(("store_id", store_id),) for store_id in dict.fromkeys(available)]
        if self.cursor is not None:
            self.cursor.register(advertiser.advertiser_id, partitions)
        refused: dict[Labels, Failure] = {}
        for labels in partitions:
            is_begun = False
            try:
                for event in self._read_store(advertiser, labels):
                    is_begun = True
                    yield event
                    del event  # no page is kept while the next is awaited
            except (AdvertiserUnavailable, EndpointUnavailable) as refusal:
                if is_begun or len(refused) == len(partitions) - 1:
                    raise
                refused[labels] = refusal
        for labels, failure in refused.items():
            logger.warning("Stream %s leaves out %s. %s", self.name, dict(labels), failure.message)

    def _read_store(self, advertiser: Advertiser, labels: Labels) -> Iterator[Event]:
        if (days := self._report.grain.last_days) is not None:
            if (window := self.plan.last_days(advertiser, days)) is not None:
                yield from self.divider.events(Question(advertiser, labels, window))
            return
        for window in self.plan.windows(advertiser, labels):
            planned = self.plan.planned(advertiser, window, labels)
            yield from self.read_window(Question(advertiser, labels, window), planned)

    def pages(self, question: Question, smallest_page: int | None) -> Iterator[Page]:
        """Yield the records of one question, of campaigns with as many of the statuses as TikTok takes."""
        while True:
            statuses = self._statuses[question.labels]
            try:
                for part in parts_by_needed_ids(self.context, self._report.level, question, statuses[0]):
                    yield from super().pages(part, smallest_page)
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

    def parts_by_ids(self, question: Question) -> Iterable[Question]:
        """Return the parts by the ids of campaigns, products and rooms; none if the question is about single ones."""
        return smaller_parts(self.context, self._report.level, question, self._statuses[question.labels][0])

    def told(self, question: Question) -> dict[str, str]:
        """Return the ids that TikTok is asked about alone."""
        return question.single_ids if self._report.level.is_asked_alone else {}

    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and parameters of a request to the GMV Max report."""
        report, asked = self._report, self.asked(question, metrics)
        statuses = self._statuses[question.labels][0]
        return report.path, gmv_max_params(report.level, report.dimensions, asked, question, statuses)
