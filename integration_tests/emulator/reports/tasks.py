"""Asynchronous report tasks: created, checked until they have ended, and downloaded as a CSV file.

They are about a single account, and their files come as the body of the download (`CSV_STRING`).
"""

import csv
import io
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import orjson

from integration_tests.emulator.api.backend import Backend, Reply
from integration_tests.emulator.api.errors import (
    ADVERTISER_LIMITED,
    NO_SUCH_OBJECT,
    NOT_ALLOW_LISTED,
    RATE_LIMITED,
    TASK_FAILED,
    TASK_NOT_READY,
    ApiError,
    refuse,
)
from integration_tests.emulator.api.params import FLAG, IDS, OBJECTS, TEXT, one_of
from integration_tests.emulator.reports.engine import Reports
from integration_tests.emulator.reports.query import Query, read_query
from integration_tests.emulator.world.breakdowns import COUNTRY_NAMES

CREATE, CHECK = "report/task/create/", "report/task/check/"
DOWNLOAD, CANCEL = "report/task/download/", "report/task/cancel/"
PARAMS = {
    "advertiser_id": TEXT,
    "service_type": TEXT,
    "report_type": TEXT,
    "data_level": TEXT,
    "dimensions": IDS,
    "metrics": IDS,
    "start_date": TEXT,
    "end_date": TEXT,
    "query_lifetime": FLAG,
    "order_field": TEXT,
    "order_type": TEXT,
    "filtering": OBJECTS,
    "output_format": TEXT,
    "file_name": TEXT,
    "enable_report_title_translation": FLAG,
}
FILTERS = ("campaign_ids", "adgroup_ids", "ad_ids", "ad_ids_v2", "country_code")
NOT_IN_FILE_NAMES = frozenset("/\t\b@#$%^&*()[]")
LONGEST_FILE_NAME = 255
TITLES = {"spend": "Cost", "impressions": "Impression", "clicks": "Click"}
# Metrics of people, who can't be told apart by audience in files.
OF_PEOPLE = ("reach", "frequency", "cost_per_1000_reached", "average_video_play_per_user", "live_unique_views")
OF_RESULTS = ("result", "cost_per_result", "result_rate")
A_DAY, AN_HOUR = 4_500, 500
KEPT = timedelta(days=30)


@dataclass
class TaskRules:
    """How tasks fare.

    Nobody may create them unless `is_allowed`. They are `queued` and `processed` for a while and come to their `end`,
    None if they never do. Their figures are as old as the last refreshment. What they hold of deleted objects and of
    TopView isn't documented: nothing unless `holds_everything`.
    """

    is_allowed: bool = False
    queued: timedelta = timedelta(seconds=20)
    processed: timedelta = timedelta(seconds=60)
    end: str | None = "SUCCESS"
    refreshed_every: timedelta = timedelta(hours=4)
    holds_everything: bool = False


@dataclass
class Task:
    """A task, and the file it ends with."""

    advertiser_id: str
    created: datetime
    file: str
    cancelled: bool = False

    def status(self, now: datetime, rules: TaskRules) -> str:
        """Return what TikTok calls its present state."""
        if self.cancelled:
            return "CANCELED"
        age = now - self.created
        if age < rules.queued:
            return "QUEUING"
        if age < rules.queued + rules.processed or rules.end is None:
            return "PROCESSING"
        return rules.end


@dataclass
class Tasks:
    """The tasks of all accounts."""

    reports: Reports
    rules: TaskRules = field(default_factory=TaskRules)
    _tasks: dict[str, Task] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(7_012_345_678_933_333_333))

    def create(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """Begin a task."""
        advertiser_id = backend.advertiser(typed["advertiser_id"], CREATE).id
        if not self.rules.is_allowed:
            raise ApiError(NOT_ALLOW_LISTED, f"Your app is not in the allowlist of /{CREATE}.")
        query = _query(typed)
        now = backend.clock.now()
        self._admit(advertiser_id, now)
        file = self._file(query, typed, now)
        task_id = str(next(self._numbers))
        self._tasks[task_id] = Task(advertiser_id, now, file)
        return Reply({"task_id": task_id})

    def check(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """Tell how far a task is."""
        status = self._task(backend, typed, CHECK).status(backend.clock.now(), self.rules)
        return Reply({"status": status, "message": "Internal error." if status == "FAILED" else ""})

    def download(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """Hand out the file of a task that succeeded."""
        task = self._task(backend, typed, DOWNLOAD)
        status = task.status(backend.clock.now(), self.rules)
        if status in ("QUEUING", "PROCESSING"):
            raise ApiError(TASK_NOT_READY, f"The task is not ready: {status}.")
        if status != "SUCCESS":
            raise ApiError(TASK_FAILED, f"The task has no file: {status}.")
        return Reply({}, file=task.file)

    def cancel(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """End a task that is under way."""
        task = self._task(backend, typed, CANCEL)
        status = task.status(backend.clock.now(), self.rules)
        if status not in ("QUEUING", "PROCESSING"):
            raise refuse(f"A task can't be cancelled when it is {status}.")
        task.cancelled = True
        return Reply({"status": "CANCELED", "message": ""})

    def _task(self, backend: Backend, typed: dict[str, Any], path: str) -> Task:
        advertiser_id = backend.advertiser(typed["advertiser_id"], path).id
        task = self._tasks.get(typed["task_id"])
        if task is None or task.advertiser_id != advertiser_id or task.created + KEPT < backend.clock.now():
            raise ApiError(NO_SUCH_OBJECT, f"Task {typed['task_id']} does not exist.")
        return task

    def _admit(self, advertiser_id: str, now: datetime) -> None:
        of_today = [task for task in self._tasks.values() if task.created.date() == now.date()]
        if len(of_today) >= A_DAY:
            raise ApiError(RATE_LIMITED, "Too many requests. Please retry in some time.")
        recent = [task for task in self._tasks.values() if task.created > now - timedelta(hours=1)]
        if sum(task.advertiser_id == advertiser_id for task in recent) >= AN_HOUR:
            raise ApiError(ADVERTISER_LIMITED, f"Advertiser {advertiser_id} has created too many tasks in an hour.")

    def _file(self, query: Query, typed: dict[str, Any], now: datetime) -> str:
        """Return the file, with the figures as they were when they were last refreshed."""
        if self.rules.holds_everything:
            query = _without_defaults(query)
        every = self.rules.refreshed_every
        age = (now - datetime.min.replace(tzinfo=now.tzinfo)) % every if every else timedelta()
        rows = self.reports.render(self.reports.whole(query, age), slice(None))
        names = [*typed["dimensions"], *query.metrics]
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(map(_title, names) if typed.get("enable_report_title_translation", True) else names)
        for row in rows:
            values = row["dimensions"] | row["metrics"]
            writer.writerow([_written(name, values[name]) for name in names])
        return written.getvalue()


def _query(typed: dict[str, Any]) -> Query:
    """Return what a task is about, or refuse what tasks can't be asked."""
    one_of("output_format", typed.get("output_format", "CSV_STRING"), ("CSV_STRING",))
    name = typed.get("file_name", "")
    if len(name) > LONGEST_FILE_NAME or NOT_IN_FILE_NAMES.intersection(name):
        raise refuse("file_name: is too long or holds characters that are not supported.")
    for item in typed.get("filtering", []):
        one_of("filtering", item.get("field_name"), FILTERS)
    query = read_query(typed, of_task=True)
    if query.report_type == "AUDIENCE" and (found := [metric for metric in query.metrics if _is_of_people(metric)]):
        raise refuse(f"metrics: {found} are not supported with audience dimensions in asynchronous reports.")
    return query


def _is_of_people(metric: str) -> bool:
    return metric in OF_PEOPLE or metric.removeprefix("real_time_") in OF_RESULTS


def _without_defaults(query: Query) -> Query:
    filters = tuple(wish for wish in query.filters if wish.field.endswith(("_ids", "_ids_v2")))
    return replace(query, filters=filters)


def _title(name: str) -> str:
    """Return a column's name for people."""
    return TITLES.get(name) or name.replace("_", " ").title().replace(" Id", " ID")


def _written(name: str, value: Any) -> str:
    """Return a value as files have it: lists as JSON, and countries by their names."""
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return COUNTRY_NAMES.get(value, value) if name == "country_code" else str(value)
