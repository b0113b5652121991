"""Custom reports of different shapes, each with the question to TikTok that it must amount to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from integration_tests.emulator import Advertiser, Emulator
from integration_tests.expected.casts import caster, nulled

Json = dict[str, Any]

START, LATEST = date(2026, 11, 1), date(2026, 11, 11)
YESTERDAY = date(2026, 11, 9)
SPANS = {"stat_time_hour": 1, "stat_time_day": 30}
_STATUS = {"AUCTION_CAMPAIGN": "campaign_status", "AUCTION_ADGROUP": "adgroup_status", "AUCTION_AD": "ad_status"}
_BUYING_TYPES = ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")


@dataclass(frozen=True)
class Case:
    """A report as it is configured, and what TikTok must be asked."""

    report: Json
    data_level: str
    dimensions: list[str]
    metrics: list[str]
    """Some of those that are asked for, the first with its type in the records."""
    report_type: str = "BASIC"
    filtering: list[Json] = field(default_factory=list)
    start: date = START
    days: int | None = None
    """The last days that a report without time covers; None: it covers everything."""

    @property
    def stream(self) -> str:
        """The name of the stream."""
        return f"custom_{self.report.get('name') or self.report['table_name']}"

    @property
    def key(self) -> list[list[str]]:
        """The key of the stream."""
        return [[name] for name in dict.fromkeys(("advertiser_id", *self.dimensions))]

    @property
    def time(self) -> str | None:
        """The dimension that tells the time."""
        return next((name for name in self.dimensions if name in SPANS), None)

    def question(self, *, by_default: bool = False) -> Json:
        """Return what every request must ask beside days, metrics and the advertiser.

        By default, TikTok is asked only what every advertiser can be asked.
        """
        status = _STATUS.get(self.data_level)
        default = [in_list(status, "STATUS_ALL")] if status else []
        if status and not by_default:
            default.append(in_list("buying_type", *_BUYING_TYPES))
        named = {item["field_name"] for item in self.filtering}
        return {
            "report_type": self.report_type,
            "data_level": self.data_level,
            "dimensions": self.dimensions,
            "filtering": _sorted([*(item for item in default if item["field_name"] not in named), *self.filtering]),
        }

    def asked(self, tiktok: Emulator, *, by_default: bool = False) -> list[Json]:
        """Return the parameters of the requests that were made for it."""
        question = self.question(by_default=by_default)
        return [
            request.params
            for request in tiktok.log.to("report/integrated/get/")
            if {name: request.params.get(name) for name in question} | _filtering(request.params) == question
            and set(self.metrics) <= set(request.params["metrics"])
        ]

    def truth(self, tiktok: Emulator, schema: Json) -> list[Json]:
        """Return the records that the stream must consist of, with the metrics that it asked for."""
        cast = caster(schema)
        metrics = self.asked(tiktok)[0]["metrics"]
        return [
            cast({"advertiser_id": advertiser.id, **_wanted(self, row), **nulled(row)})
            for advertiser in tiktok.world.advertisers
            for dates in self._dates(tiktok, advertiser)
            for row in tiktok.report_rows(**self.question(), **dates, advertiser_id=advertiser.id, metrics=metrics)
        ]

    def _dates(self, tiktok: Emulator, advertiser: Advertiser) -> Iterator[Json]:
        today = min(LATEST, tiktok.clock.local(advertiser.timezone).date())
        if self.time is None:
            if self.days is None:
                yield {"query_lifetime": True}
            else:
                yield {"start_date": str(today - timedelta(days=self.days - 1)), "end_date": str(today)}
            return
        first = self.start
        while first <= today:
            last = min(first + timedelta(days=SPANS[self.time] - 1), today)
            yield {"start_date": str(first), "end_date": str(last)}
            first = last + timedelta(days=1)


def _filtering(params: Json) -> Json:
    return {"filtering": _sorted(params.get("filtering", []))}


def _sorted(filters: list[Json]) -> list[Json]:
    return sorted(filters, key=lambda item: str(item["field_name"]))


def _wanted(case: Case, row: Json) -> Json:
    return {name: row["dimensions"][name] for name in case.dimensions}


def in_list(name: str, *values: str) -> Json:
    """Return a filter as TikTok reads it."""
    shown = ",".join(f'"{value}"' for value in values)
    return {"field_name": name, "filter_type": "IN", "filter_value": f"[{shown}]"}


CASES = (
    Case({"name": "least"}, "AUCTION_CAMPAIGN", ["campaign_id", "stat_time_day"], ["spend", "impressions", "result"]),
    Case(
        {"name": "by_country", "level": "ad", "breakdowns": ["country_code"], "metrics": ["basic", "video"]},
        "AUCTION_AD",
        ["ad_id", "stat_time_day", "country_code"],
        ["spend", "video_play_actions", "engaged_view"],
    ),
    Case(
        {
            "name": "of_the_hour",
            "level": "adgroup",
            "granularity": "hour",
            "metrics": ["clicks", "campaign_id", "adgroup_name"],
            "start_date": str(YESTERDAY),
        },
        "AUCTION_ADGROUP",
        ["adgroup_id", "stat_time_hour"],
        ["clicks", "campaign_id", "adgroup_name"],
        start=YESTERDAY,
    ),
    Case(
        {"name": "ever", "level": "advertiser", "granularity": "lifetime", "metrics": ["currency", "spend"]},
        "AUCTION_ADVERTISER",
        ["advertiser_id"],
        ["currency", "spend"],
    ),
    Case(
        {"name": "year", "granularity": "total", "metrics": ["reach", "skan"], "start_date": "2016-09-01"},
        "AUCTION_CAMPAIGN",
        ["campaign_id"],
        ["reach", "skan_purchase"],
        days=365,
    ),
    Case(
        {"name": "people", "report_type": "AUDIENCE", "level": "advertiser", "breakdowns": ["gender", "age"]},
        "AUCTION_ADVERTISER",
        ["advertiser_id", "stat_time_day", "gender", "age"],
        ["spend", "conversion"],
        "AUDIENCE",
    ),
    Case(
        {
            "name": "interests",
            "report_type": "AUDIENCE",
            "level": "adgroup",
            "granularity": "total",
            "breakdowns": ["interest_category"],
            "metrics": ["spend", "likes"],
            "start_date": "2016-09-01",
        },
        "AUCTION_ADGROUP",
        ["adgroup_id", "interest_category"],
        ["spend", "likes"],
        "AUDIENCE",
        days=365,
    ),
    Case(
        {"name": "asset_groups", "level": "ad_v2", "metrics": ["spend", "campaign_automation_type"]},
        "AUCTION_AD",
        ["ad_id_v2", "stat_time_day"],
        ["spend", "campaign_automation_type"],
    ),
    Case(
        {"name": "cash", "level": "advertiser", "metrics": "cash_spend, voucher_spend"},
        "AUCTION_ADVERTISER",
        ["advertiser_id", "stat_time_day"],
        ["cash_spend", "voucher_spend"],
    ),
    Case(
        {
            "name": "delivering",
            "level": "ad",
            "metrics": ["spend"],
            "filters": [
                {"field": "ad_status", "values": ["STATUS_DELIVERY_OK"]},
                {"field": "objective_type", "operator": "IN", "values": ["TRAFFIC", "WEB_CONVERSIONS"]},
            ],
        },
        "AUCTION_AD",
        ["ad_id", "stat_time_day"],
        ["spend"],
        filtering=[in_list("ad_status", "STATUS_DELIVERY_OK"), in_list("objective_type", "TRAFFIC", "WEB_CONVERSIONS")],
    ),
    Case(
        {
            "table_name": "fivetran",
            "report_type": "auction_audience_campaign_report",
            "aggregate": "daily",
            "dimensions": ["campaign_id", "stat_time_day", "platform"],
            "metrics": ["cpc", "ctr"],
        },
        "AUCTION_CAMPAIGN",
        ["campaign_id", "stat_time_day", "platform"],
        ["cpc", "ctr"],
        "AUDIENCE",
    ),
    Case(
        {
            "name": "databricks",
            "report_type": "BASIC",
            "data_level": "AUCTION_AD",
            "dimensions": ["ad_id"],
            "query_lifetime": True,
            "metrics": ["total_purchase_value", "complete_payment_roas"],
        },
        "AUCTION_AD",
        ["ad_id"],
        ["total_purchase_value", "complete_payment_roas"],
    ),
    Case(
        {
            "name": "estuary",
            "data_level": "AUCTION_ADGROUP",
            "granularity": "hourly",
            "dimensions": ["country_code"],
            "metrics": ["spend", "purchase"],
            "start_date": str(YESTERDAY),
        },
        "AUCTION_ADGROUP",
        ["adgroup_id", "stat_time_hour", "country_code"],
        ["spend", "purchase"],
        start=YESTERDAY,
    ),
    Case(
        {"name": "searches", "level": "ad", "breakdowns": ["search_terms"], "metrics": ["basic"]},
        "AUCTION_AD",
        ["ad_id", "stat_time_day", "search_terms"],
        ["spend", "impressions"],
    ),
)
REPORTS = [case.report for case in CASES]
UNCERTAIN = {"delivering", "estuary", "searches"}
"""The names of those that TikTok's documents neither offer nor rule out."""
