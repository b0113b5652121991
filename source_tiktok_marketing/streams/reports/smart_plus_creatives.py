"""The reports of Smart+ creatives."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from source_tiktok_marketing.catalog.creatives import SmartPlusCreativeReport
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.stream import Slice, interleaved
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.dispensable import DispensableMetricsReport
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.rows import ReportRows

_ADS = "smart_plus_ads"
"""The stream that lists them."""
_MOST_ADS = 200
"""In the filter of one request."""


class SmartPlusCreatives(DispensableMetricsReport):
    """One report of Smart+ creatives. One of an account as a whole can't be divided by ids, one of its ads can."""

    def __init__(self, report: SmartPlusCreativeReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(report, report.dispensable, context, cursor)
        self.page_size = report.page_size
        self._report = report

    def slices(self) -> Iterator[Slice]:
        """Plan one slice a window, an advertiser's in order of time; one an advertiser if the report has no time."""
        return interleaved(map(self._slices_of, self.registered()))

    def _slices_of(self, advertiser: Advertiser) -> Iterator[Slice]:
        if self._report.grain.widest_window is None:
            yield Slice(advertiser.advertiser_id, partial(self.divider.events, Question(advertiser)))
            return
        for window in self.plan.windows(advertiser):
            planned = self.plan.planned(advertiser, window)
            question = Question(advertiser, window=window)
            yield Slice(advertiser.advertiser_id, partial(self.read_window, question, planned))

    def parts_by_ids(self, question: Question) -> Iterable[Question]:
        """Return the parts by ads; none if the question is about a single one."""
        if not self._report.is_by_ad:
            return ()
        if question.needed_ids:
            return question.halves_by_needed_ids()
        ids = self.context.parents.ids(_ADS, "smart_plus_ad_id", question.advertiser.advertiser_id)
        batches = [ids[first : first + _MOST_ADS] for first in range(0, len(ids), _MOST_ADS)]
        parts = [question.about_needed_ids((("smart_plus_ad_ids", batch),)) for batch in batches]
        return parts[0].halves_by_needed_ids() if len(parts) == 1 else parts

    def told(self, question: Question) -> dict[str, str]:
        """Return the day that the question is about, as TikTok writes days."""
        if self._report.told_day is None or question.window is None:
            return {}
        return {self._report.told_day: f"{question.window.start} 00:00:00"}

    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and parameters of a request to the report."""
        window = question.window
        return self._report.path, {
            "advertiser_id": question.advertiser.advertiser_id,
            "dimensions": self._report.asked_dimensions,
            "metrics": self.asked(question, metrics),
            "filtering": dict(question.needed_ids) or None,
            "query_lifetime": True if window is None else None,
            "start_date": window and window.start.isoformat(),
            "end_date": window and window.end.isoformat(),
        }

    def report_rows(self, constants: tuple[str, ...], metrics: tuple[str, ...]) -> ReportRows:
        """Return how the rows of requests for `metrics` are read."""
        return _Rows(self._report, constants, metrics)


class _Rows(ReportRows):
    """Rows whose dimensions some descriptions call `info`, and which may lack a dimension that wasn't asked for."""

    def __init__(self, report: SmartPlusCreativeReport, constants: tuple[str, ...], metrics: tuple[str, ...]) -> None:
        super().__init__(report.name, report.dimensions, constants, metrics, report.schema())
        self._unasked = [name for name in report.dimensions if name not in report.asked_dimensions]

    def hashes(self, rows: Sequence[Any], within: tuple[str, ...] = ()) -> list[Hashable]:
        """Return the hash of each row's key. Dictionaries are changed in place."""
        for row in rows:
            if isinstance(row, dict):
                grouped_by = row.setdefault("dimensions", row.pop("info", None))
                if isinstance(grouped_by, dict):
                    for name in self._unasked:
                        grouped_by.setdefault(name, None)
        return super().hashes(rows, within)
