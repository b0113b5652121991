"""The report streams as they must come out: the emulator's rows, in the form the catalogue promises."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from integration_tests.emulator import Advertiser, Emulator
from integration_tests.expected.casts import caster, nulled
from integration_tests.expected.report_names import ReportName

Json = dict[str, Any]

# How many days one request covers; audience reports without time are asked for the last year, or what is left of it.
SPANS = {"hourly": 1, "daily": 30}
AUDIENCE_DAYS = 365
# Without it, TikTok leaves TopView out of what is reported below the account.
EVERY_BUYING_TYPE = {
    "field_name": "buying_type",
    "filter_type": "IN",
    "filter_value": '["AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"]',
}


def expected_report(
    tiktok: Emulator,
    schema: Json,
    name: str,
    start: date,
    end: date,
    *,
    advertisers: Iterable[str] | None = None,
    include_deleted: bool = True,
) -> list[Json]:
    """Return the records of a report stream from `start` to `end`, both inclusive, at the emulator's moment.

    Without `advertisers`, of all of them. Ids of advertisers are integers, other values have the declared types, and
    `-` is null.
    """
    report, cast = ReportName(name), caster(schema)
    metrics = report.asked_metrics(tiktok)
    wanted = None if advertisers is None else set(advertisers)
    return [
        cast(nulled(row)) | {"advertiser_id": int(advertiser.id)}
        for advertiser in tiktok.world.advertisers
        if wanted is None or advertiser.id in wanted
        for dates in _dates(tiktok, report, advertiser, start, end)
        for row in _rows(tiktok, report, advertiser, metrics, dates, include_deleted=include_deleted)
    ]


def _dates(tiktok: Emulator, report: ReportName, advertiser: Advertiser, start: date, end: date) -> Iterator[Json]:
    today = min(end, tiktok.clock.local(advertiser.timezone).date())
    if report.grain not in SPANS:
        first = max(start, today - timedelta(days=AUDIENCE_DAYS - 1))
        yield {"start_date": str(first), "end_date": str(today)} if report.is_audience else {"query_lifetime": True}
        return
    while start <= today:
        last = min(start + timedelta(days=SPANS[report.grain] - 1), today)
        yield {"start_date": str(start), "end_date": str(last)}
        start = last + timedelta(days=1)


def _rows(
    tiktok: Emulator,
    report: ReportName,
    advertiser: Advertiser,
    metrics: list[str],
    dates: Json,
    *,
    include_deleted: bool,
) -> Iterator[Json]:
    """Yield the rows of a request."""
    level, _, status = report.level
    filtering = [EVERY_BUYING_TYPE] if status else []
    if include_deleted and status:
        filtering.append({"field_name": status, "filter_type": "IN", "filter_value": '["STATUS_ALL"]'})
    question = {
        "advertiser_id": advertiser.id,
        "report_type": report.report_type,
        "data_level": level,
        "dimensions": report.dimensions,
        "filtering": filtering,
        **dates,
    }
    for row in tiktok.report_rows(**question, metrics=metrics):
        yield {"advertiser_id": advertiser.id, **{name: row["dimensions"][name] for name in report.dimensions}, **row}
