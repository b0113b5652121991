"""The reports of the option `custom_reports`: integrated reports with filters and days of their own."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    ConfigFailure,
    EndpointUnavailable,
    Failure,
    MetricsRefused,
    SystemFailure,
)
from source_tiktok_marketing.api.return_codes import policy_for
from source_tiktok_marketing.catalog.custom_reports import CustomReport, ReportFilter
from source_tiktok_marketing.config import Config
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.streams.advertisers import Advertiser, Advertisers
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.parents import Parents
from source_tiktok_marketing.streams.reports.id_filters import IdFilter
from source_tiktok_marketing.streams.reports.integrated import IntegratedReport
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.windows import Window

logger = logging.getLogger("airbyte")

_MOST_PROBED = 5
"""Ad accounts that are asked for a custom report, as long as each refuses to be asked at all."""


class CustomReportStream(IntegratedReport):
    """One report of the configuration."""

    def __init__(self, report: CustomReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(report, replace(context, config=_own_config(context.config, report)), cursor)
        self._filters = report.filters

    def id_filters(self, question: Question) -> Iterable[IdFilter]:
        """Return the parts by ids, without ids that the report's own filters leave out anyway."""
        for part in super().id_filters(question):
            ids = part.ids
            for wish in self._filters:
                if _is_about(wish, part):
                    ids = tuple(id_ for id_ in ids if id_ in wish.values)
            if ids:
                yield replace(part, ids=ids)

    def probe(self, advertiser: Advertiser) -> None:
        """Ask TikTok for one row of one day. Raises what TikTok says to it."""
        question, day = Question(advertiser).as_default(), self.plan.last_day(advertiser)
        if self._report.grain.time_dimension is not None or self._report.grain.last_days is not None:
            question = question.in_window(Window(day, day))
        path, params = self.params(question, self._metrics)
        self.context.client.get(path, params | {"page": 1, "page_size": 1})

    def _filtering(self, question: Question) -> list[Json]:
        """Return the filters of the question; the report's own replace those that every report has."""
        own = [wish for wish in self._filters if question.id_filter is None or not _is_about(wish, question.id_filter)]
        replaced = {wish.field for wish in own} - {question.id_filter and question.id_filter.name}
        inherited = [item for item in super()._filtering(question) if item["field_name"] not in replaced]
        return [*inherited, *map(_as_tiktok_reads_it, own)]


def probe_reports(client: Client, config: Config, advertisers: Advertisers, now: datetime) -> None:
    """Ask TikTok for the custom reports of which its documents don't tell whether they are offered.

    Raises `ConfigFailure` that tells, for each report that it refuses, what it says.
    """
    parents = Parents(client, include_deleted=config.include_deleted)
    context = Context(config=config, client=client, advertisers=advertisers, parents=parents, now=now)
    refused = []
    for report in config.custom_reports:
        if not (doubts := list(report.doubts())):
            continue
        try:
            _probe(CustomReportStream(report, context, None), advertisers.readable[:_MOST_PROBED])
        except Failure as failure:
            if isinstance(failure, SystemFailure | MetricsRefused) and failure.code is not None:
                told = failure.message.removesuffix(policy_for(failure.code).advice)
                refused.append(f"report {report.own_name}: {told}Change the report or leave it out.")
            else:
                logger.warning("Whether TikTok offers report %s is unknown. %s", report.own_name, failure.message)
        else:
            logger.info("TikTok answers report %s, beyond its documents: %s.", report.own_name, "; ".join(doubts))
    if refused:
        raise ConfigFailure(f"The configuration is not valid. custom_reports: {' '.join(refused)}")


def _probe(stream: CustomReportStream, advertisers: Sequence[Advertiser]) -> None:
    """Ask the first of `advertisers` that may ask. Raises what TikTok says to it, or to the last."""
    for number, advertiser in enumerate(advertisers, 1):
        try:
            stream.probe(advertiser)
        except (AdvertiserUnavailable, EndpointUnavailable):
            if number == len(advertisers):
                raise
        else:
            return


def _own_config(config: Config, report: CustomReport) -> Config:
    """Return the configuration with the report's own first day and lookback window."""
    own = {"start_date": report.start_date, "attribution_window": report.lookback_days}
    return config.model_copy(update={option: value for option, value in own.items() if value is not None})


def _is_about(wish: ReportFilter, part: IdFilter) -> bool:
    return wish.field == part.name and wish.operator == "IN"


def _as_tiktok_reads_it(wish: ReportFilter) -> Json:
    value = orjson.dumps(wish.values).decode() if wish.takes_several else wish.values[0]
    return {"field_name": wish.field, "filter_type": wish.operator, "filter_value": value}
