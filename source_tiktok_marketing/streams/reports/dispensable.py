"""Reports that do without some metrics where TikTok takes the request only so."""

import logging
from collections import defaultdict
from collections.abc import Iterator

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.return_codes import PARAMETER_ERROR
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.stream import Page
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.report_stream import ReportRow, ReportStream

logger = logging.getLogger("airbyte")

_About = tuple[tuple[str, str], ...]


class DispensableMetricsReport(ReportStream):
    """A report some of whose metrics are left out when TikTok refuses a request and doesn't name what is wrong."""

    def __init__(self, row: ReportRow, dispensable: frozenset[str], context: Context, cursor: Cursor | None) -> None:
        """Prepare to read `row`, with the `dispensable` metrics as long as TikTok takes them."""
        super().__init__(row, context, cursor)
        self._dispensable = dispensable.intersection(self._metrics)
        self._without: defaultdict[_About, frozenset[str]] = defaultdict(frozenset)
        """What is left out, by what the questions are about."""

    def asked(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `metrics` that TikTok is asked for."""
        without = self._without[_about(question)]
        return tuple(name for name in metrics if name not in without) or self.metrics_but(without)

    def pages(self, question: Question, smallest_page: int | None) -> Iterator[Page]:
        """Yield the records of one question, without the dispensable metrics if TikTok takes it only so."""
        about = _about(question)
        try:
            yield from super().pages(question, smallest_page)
        except SystemFailure as failure:
            if failure.code != PARAMETER_ERROR or not self._dispensable or self._without[about]:
                raise
            refusal = failure
        else:
            return
        self._without[about] = self._dispensable
        try:
            yield from super().pages(question, smallest_page)
        except SystemFailure:
            del self._without[about]  # it was not for them
            raise
        logger.warning(
            "%s: left out for %s in this run, because TikTok refuses requests with them: %s. %s",
            self.name,
            dict(about),
            ", ".join(sorted(self._dispensable)),
            refusal.message,
        )


def _about(question: Question) -> _About:
    return tuple(question.about.items())
