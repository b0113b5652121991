"""The consolidated report as an endpoint: permissions, limits of the host, pages, truncation."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from integration_tests.emulator.api.backend import Backend, Reply, Row, page_of
from integration_tests.emulator.api.errors import NO_SANDBOX_FUNCTION, NO_SANDBOX_PARAMETER, TOO_LARGE, ApiError, refuse
from integration_tests.emulator.api.params import require, within
from integration_tests.emulator.reports.engine import Report, Reports
from integration_tests.emulator.reports.query import MAX_ADVERTISERS, Query, read_query

PATH = "report/integrated/get/"
THROTTLED = (
    "Number of ad ids is equal or more than 20k, only return the top 20k id's results, "
    "sorting by create time desc order."
)
# The only days the sandbox has numbers for.
MOCKED = date(2020, 12, 8), date(2020, 12, 19)


@dataclass(frozen=True)
class IntegratedReport:
    """Answers reports. The cells of a report are computed once for all of its pages."""

    reports: Reports

    def __call__(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """Return one page of a report."""
        report = self._report(backend, typed)
        part, info = page_of(len(report.cells), typed, largest=1000, strict=backend.strict)
        data: dict[str, Any] = {"list": self.reports.render(report, part), "page_info": info}
        if report.query.several:
            info["page_size"] = len(data["list"])
        if report.query.totals:
            data["total_metrics"] = self.reports.totals(report)
        return Reply(data, {"X-Tt-Ads-Throttle": THROTTLED} if report.truncated else {})

    def rows(self, backend: Backend, typed: dict[str, Any]) -> list[Row]:
        """Return the rows of all pages of a report."""
        return list(self.reports.render(self._report(backend, typed), slice(None)))

    def _report(self, backend: Backend, typed: dict[str, Any]) -> Report:
        if "advertiser_ids" not in typed:
            require(typed, ("advertiser_id",))
        ids = typed["advertiser_ids"] if "advertiser_ids" in typed else [typed["advertiser_id"]]
        within("advertiser_ids", len(ids), 1, MAX_ADVERTISERS)
        if len(set(ids)) < len(ids):
            raise refuse("advertiser_ids: an id occurs twice.")
        for advertiser_id in ids:
            backend.advertiser(advertiser_id, PATH)
        query = read_query(typed)
        if query.several:
            query = self.reports.several.understood(query)
        if backend.sandbox:
            query = _mocked(query, typed["data_level"])
        too_large = self.reports.limits.too_large
        if too_large is not None and too_large(query):
            message = "The query is too large. Please reduce the date range or the data level and retry."
            raise ApiError(TOO_LARGE, message)
        return self.reports.report(query, str(typed.get("filtering")))


def _mocked(query: Query, data_level: str) -> Query:
    """Return the query as the sandbox understands it: its own days, no order."""
    if query.level == "advertiser":
        message = f"Unsupported data_level in sandbox environment: {data_level}."
        raise ApiError(NO_SANDBOX_PARAMETER, message)
    if query.totals:
        raise ApiError(NO_SANDBOX_FUNCTION, "enable_total_metrics is not supported in sandbox environment.")
    first, last = MOCKED
    return replace(query, order=None, start=max(query.start or first, first), end=min(query.end or last, last))
