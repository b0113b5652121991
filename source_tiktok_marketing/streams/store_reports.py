"""Reads any `StoreReport` of the catalogue: the GMV Max reports, store by store."""

from collections.abc import Iterator
from functools import partial

from source_tiktok_marketing.catalog.entities import ALL_STATUSES
from source_tiktok_marketing.catalog.stores import StoreReport
from source_tiktok_marketing.streams.base import Context, Slice, Step
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Advertiser
from source_tiktok_marketing.streams.records import Json
from source_tiktok_marketing.streams.shards import Shard
from source_tiktok_marketing.streams.windowed import Question, WindowedStream

_STORES = "gmv_max_stores"


class StoreReportStream(WindowedStream):
    """One GMV Max report."""

    def __init__(self, report: StoreReport, schema: Json, context: Context, cursor: Cursor | None) -> None:
        metrics = tuple(name for name, _ in report.metrics)
        super().__init__(report.name, report, metrics, schema, context, cursor, optional=report.optional)
        self._report = report

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

    def parts(self, question: Question) -> list[Shard]:  # noqa: ARG002  no question about a store can be divided
        """Nothing: ordinary campaigns have no part in GMV Max."""
        return []

    def request(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """A request to the GMV Max report."""
        filtering: Json = {"gmv_max_promotion_types": (self._report.promotion_type,)}
        if self.context.config.include_deleted:
            filtering["campaign_statuses"] = (ALL_STATUSES,)
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
