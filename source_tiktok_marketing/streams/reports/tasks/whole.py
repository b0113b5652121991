"""Reads a report about all objects of an account where TikTok's direct answer holds only the newest.

A task takes no filters for deleted objects and buying types. So those that TikTok may leave out of its file are asked
for directly, and the file counts only if its impressions, together with theirs, are those of the account's own report.
"""

import logging
from collections.abc import Generator, Hashable, Iterator
from datetime import date, timedelta
from typing import Protocol

from source_tiktok_marketing.api.failures import AuthorisationFailure, Failure, MetricsMissing, TooLarge
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.endpoints import DELETED, NOT_DELETED
from source_tiktok_marketing.catalog.levels import ADVERTISER, RESERVATIONS, Level
from source_tiktok_marketing.engine.stream import Event, Page
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.buying_types import FILTER
from source_tiktok_marketing.streams.reports.division import Divider
from source_tiktok_marketing.streams.reports.question import Question, Tally
from source_tiktok_marketing.streams.reports.rows import ReportRows
from source_tiktok_marketing.streams.reports.tasks.file import ReportFile
from source_tiktok_marketing.streams.reports.tasks.run import TaskUnusable, download, wait_for
from source_tiktok_marketing.streams.time_zones import earliest_local
from source_tiktok_marketing.streams.windows import Window, WindowPlan

logger = logging.getLogger("airbyte")

_COUNTED = "impressions"
"""The metric by which a file is compared with the account's report: every count adds up, this one is hardly ever 0."""


class FilteredReport(Protocol):
    """What is needed of the report."""

    name: str
    context: Context
    plan: WindowPlan
    divider: Divider
    dimensions: tuple[str, ...]
    schema: Json

    def metrics_of(self, advertiser_id: str) -> tuple[str, ...]:
        """Return the metrics that the advertiser is asked for at present."""

    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and parameters that ask for `metrics` of the question's rows."""

    def report_rows(self, constants: tuple[str, ...], metrics: tuple[str, ...]) -> ReportRows:
        """Return how the rows of requests for `metrics` are read; `constants` are named as in `ReportRows`."""

    def is_asked_for_reservations(self, advertiser_id: str) -> bool:
        """Whether the advertiser's reservations are asked for."""


class WholeReport:
    """Reads the questions of one report that TikTok can't answer for all objects of an account."""

    def __init__(self, report: FilteredReport, level: Level) -> None:
        """Prepare to read `report`, which is about objects of a level."""
        self._report = report
        self._level = level
        self._tasks = report.context.tasks

    def read(self, question: Question) -> Generator[Event, None, Question | None]:
        """Yield the question's records and return what of it is left to read: nothing, its last days, or all of it.

        The last days are those that tasks aren't accurate about. All of it is left when the task or its file isn't
        what it should be; the question knows the records that were handed out by then.
        """
        window = self._finished_days(question)
        if window is None:
            return question
        try:
            is_read = yield from self._events(question.in_window(window), window)
        except TooLarge:  # fewer days make a smaller file
            return question
        except (AuthorisationFailure, MetricsMissing):
            raise
        except Failure as failure:
            self._tasks.failed(self._report.name, question.advertiser.advertiser_id, failure)
            return question
        if not is_read:
            return question
        return _after(question, window.end)

    def _finished_days(self, question: Question) -> Window | None:
        """Return the days of the question that can be asked for in a task; None if it isn't to be asked so."""
        window, advertiser = question.window, question.advertiser
        if window is None or question.id_filter is not None or question.only:
            return None
        if _COUNTED not in self._report.schema["properties"]["metrics"]["properties"]:
            return None
        if not self._tasks.may_be_asked(advertiser.advertiser_id):
            return None
        finished = earliest_local(self._report.context.now - self._report.plan.latency, advertiser.zone).date()
        end = min(window.end, date.fromordinal(finished.toordinal() - 1))
        return Window(window.start, end) if window.start <= end else None

    def _events(self, question: Question, window: Window) -> Generator[Event, None, bool]:
        """Yield the records of finished days; return whether TikTok grants tasks."""
        report, client, advertiser_id = self._report, self._report.context.client, question.advertiser.advertiser_id
        tally, metrics = Tally(_COUNTED), report.metrics_of(advertiser_id)
        columns = tally.beside(metrics)
        _, asked = report.params(question, columns)
        own = {"filtering": None, "output_format": "CSV_STRING", "enable_report_title_translation": False}
        task_id = self._tasks.create(client, report.name, asked | own)
        if task_id is None:
            return False
        logger.info(
            "%s: advertiser %s has too many objects for a report, so %s to %s are asynchronous task %s.",
            *(report.name, advertiser_id, window.start, window.end, task_id),
        )
        task = f"TikTok's task {task_id} [request_id {wait_for(client, advertiser_id, task_id)}]"
        rows = report.report_rows(tuple(question.about), columns)
        body = download(client, advertiser_id, task_id)
        file = ReportFile(task, body, report.dimensions, columns, rows, window)
        del body
        for filters in self._beside_files(advertiser_id):
            yield from report.divider.events(question.about_only(filters, tally))
        self._check(file, rows, question, self._total_of_account(question) - tally.total, task)
        for page in file.pages():
            fresh = question.seen.fresh(rows.hashes(page.rows), page.rows, may_repeat=False)
            rows.drop_metrics(fresh, columns[len(metrics) :])
            yield Page(rows.records(fresh, question.about))
        return True

    def _beside_files(self, advertiser_id: str) -> Iterator[dict[str, tuple[str, ...]]]:
        """Yield the filters for what a file may leave out: deleted objects, and reservations."""
        status = self._level.status_field or ""
        yield {status: (DELETED,)}
        if self._report.is_asked_for_reservations(advertiser_id):
            yield {status: (NOT_DELETED,), FILTER: RESERVATIONS}

    def _total_of_account(self, question: Question) -> float:
        """Return what the account's own report of these days, which leaves out nothing, adds up to."""
        path, asked = self._report.params(question, (_COUNTED,))
        dimensions = (ADVERTISER.id_dimension, *self._report.dimensions[1:])
        own = {"data_level": ADVERTISER.data_level, "dimensions": dimensions, "filtering": None}
        request = ListRequest(
            path=path,
            params=asked | own,
            keys=lambda rows: [tuple(row["dimensions"].get(name) for name in dimensions) for row in rows],
        )
        tally = Tally(_COUNTED)
        for page in Pages(self._report.context.client, request):
            tally.add(row["metrics"].get(_COUNTED) for row in page)
        return tally.total

    @staticmethod
    def _check(file: ReportFile, rows: ReportRows, question: Question, expected: float, task: str) -> None:
        """Raise `TaskUnusable` unless the rows not handed out yet are different ones and add up to what they should."""
        tally, keys = Tally(_COUNTED), set[Hashable]()
        number = 0
        for page in file.pages():
            number += len(page.rows)
            hashes = rows.hashes(page.rows)
            keys.update(hashes)
            values = rows.metric(page.rows, _COUNTED)
            tally.add(value for key, value in zip(hashes, values, strict=True) if key not in question.seen)
        if len(keys) < number:
            raise TaskUnusable(f"The file of {task} holds rows with the same dimensions.")
        if tally.total != expected:
            raise TaskUnusable(
                f"The file of {task} holds {tally.total:.0f} {_COUNTED}, but {expected:.0f} are left "
                "of the account's report."
            )


def _after(question: Question, day: date) -> Question | None:
    """Return the question about the days after `day`; None if there are none."""
    window = question.window
    if window is None or window.end <= day:
        return None
    return question.in_window(Window(day + timedelta(days=1), window.end))
