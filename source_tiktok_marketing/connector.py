"""The connector: configuration, catalogue and state in, lines of the Airbyte protocol out. Wiring only."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock, Stopped
from source_tiktok_marketing.api.failures import TransientFailure
from source_tiktok_marketing.api.timeouts import CHECK_TIMEOUTS, TIMEOUTS, Timeouts
from source_tiktok_marketing.catalog.endpoints import ADVERTISERS_PATH
from source_tiktok_marketing.catalog.schemas import with_times_as_text
from source_tiktok_marketing.catalog.streams import Row, available_streams, described
from source_tiktok_marketing.config import Config, read_config

if TYPE_CHECKING:
    from source_tiktok_marketing.api.client import Client
    from source_tiktok_marketing.api.rate_limits import RateLimit
    from source_tiktok_marketing.engine.progress import Snapshot
    from source_tiktok_marketing.engine.reader import Reader
    from source_tiktok_marketing.streams.context import Context
    from source_tiktok_marketing.streams.selection import Selected
    from source_tiktok_marketing.watch.changes import Change
    from source_tiktok_marketing.watch.plan import Plan, StreamPlan

logger = logging.getLogger("airbyte")

Json = dict[str, Any]

TIMES_AS_TEXT_VARIABLE = "TIKTOK_TIMES_AS_TEXT"
"""Set where the platform takes every time for one in UTC, as Flow does: then the catalogue doesn't call them times."""

_WORKERS_PER_REQUEST = 2
"""Threads at the most for each request a second that the tier grants: enough for replies that take two seconds."""
_MOST_WORKERS = 40


class Connector:
    """One configured connector. Imports the network side only for the commands that use it."""

    def __init__(
        self,
        raw_config: object,
        clock: Clock,
        redactor: protocol.Redactor,
        timeouts: Timeouts = TIMEOUTS,
        check_timeouts: Timeouts = CHECK_TIMEOUTS,
    ) -> None:
        """Raise `ConfigFailure` if the configuration can't be used."""
        self.config: Config = read_config(raw_config, os.environ, clock.now())
        self._clock = clock
        self._redactor = redactor
        self._timeouts = timeouts
        self._check_timeouts = check_timeouts
        redactor.hide(self.config.secrets)
        for report in self.config.custom_reports:
            if report.unknown:
                logger.warning(
                    "Report %s: %s are not known, so they are text.", report.own_name, ", ".join(report.unknown)
                )

    @property
    def available(self) -> Mapping[str, Row]:
        """The streams that this configuration can read, by name."""
        config = self.config
        return available_streams(
            is_sandbox=config.is_sandbox, granularity=config.granularity, custom_reports=config.custom_reports
        )

    def discover(self) -> Json:
        """Return the catalogue of what this configuration can read."""
        streams = [described(row) for row in self.available.values()]
        return {"streams": with_times_as_text(streams) if os.environ.get(TIMES_AS_TEXT_VARIABLE) else streams}

    def check(self) -> str:
        """Prove that data can be read; return a sentence that says of what. Raises the `Failure` that prevents it."""
        from source_tiktok_marketing.streams.advertisers import look_up, probe_sandbox  # noqa: PLC0415  see the class

        with closing(self._client(self._check_timeouts)) as client:
            advertisers = look_up(client, self.config)
            unavailable = {**advertisers.unavailable, **advertisers.not_told}
            explicit = [unavailable[id_] for id_ in self.config.advertiser_ids if id_ in unavailable]
            if explicit or not advertisers.readable:
                raise next(iter(explicit or unavailable.values()))
            if advertisers.info_failure is not None:
                if not self.config.is_sandbox:
                    raise advertisers.info_failure
                probe_sandbox(client, advertisers)
            if self.config.custom_reports and not self.config.is_sandbox:
                from source_tiktok_marketing.streams.reports.custom import probe_reports  # noqa: PLC0415  see the class

                probe_reports(client, self.config, advertisers, self._clock.now())
        logger.info("%d ad accounts can be read.", len(advertisers.readable))
        return f"{len(advertisers.readable)} ad accounts can be read."

    def read(
        self, raw_catalog: object, raw_state: object, show: "Callable[[Snapshot], None] | None" = None
    ) -> Iterator[bytes]:
        """Yield the messages of a sync, as blocks of whole lines; `show` displays its progress.

        Raises the `Failure` that prevents the whole sync, or at the end one that says which streams failed.
        """
        from source_tiktok_marketing.engine.summary import summary, sync_failure  # noqa: PLC0415  see the class
        from source_tiktok_marketing.streams.selection import selected_streams, selection  # noqa: PLC0415
        from source_tiktok_marketing.watch.summary import summary_object  # noqa: PLC0415

        selected, refused = selection(self.available, selected_streams(raw_catalog), raw_state)
        for name, refusal in refused.items():
            yield protocol.line(protocol.error(refusal, name))
            yield protocol.line(protocol.status(name, "INCOMPLETE"))
        if selected:
            with closing(self._client(self._timeouts)) as client:
                reader = self._reader(client, selected, show)
                yield from reader.lines()
            for line in summary(reader.outcomes, reader.accounts, client.sent, client.repeated):
                logger.info("%s", line)
            whole = summary_object(reader.outcomes, reader.accounts, dict(client.sent_for), client.repeated)
            logger.info("Summary: %s", orjson.dumps(whole).decode())
            if (failure := sync_failure(reader.outcomes, refused, reader.authorisation)) is not None:
                raise failure
        elif refused:
            raise next(iter(refused.values()))

    def plan(self, raw_catalog: object, raw_state: object) -> "tuple[Plan, tuple[Change, ...]]":
        """Count what a sync will cost, and what would save most; None for the catalogue: of every stream on offer.

        Asks TikTok for the ad accounts only. Raises the `Failure` that prevents the sync, or a part of it.
        """
        from source_tiktok_marketing.streams.selection import (  # noqa: PLC0415  see the class
            Wanted,
            selected_streams,
            selection,
        )
        from source_tiktok_marketing.watch.changes import changes  # noqa: PLC0415

        offered = {name: Wanted(row.cursor_field is not None) for name, row in self.available.items()}
        wanted = offered if raw_catalog is None else selected_streams(raw_catalog)
        selected, refused = selection(self.available, wanted, raw_state)
        if refused:
            raise next(iter(refused.values()))
        with closing(self._client(self._timeouts)) as client:
            context = self._context(client, selected)
            looked_up = client.sent - client.repeated

            def recount(config: Config) -> "Plan":
                return self._planned(replace(context, config=config), selected, looked_up)

            plan = recount(self.config)
            return plan, changes(plan, self.config, context.now, recount)

    def _context(self, client: "Client", selected: "Sequence[Selected]") -> "Context":
        """Look the advertisers up."""
        from source_tiktok_marketing.catalog.reports import Report  # noqa: PLC0415  see the class
        from source_tiktok_marketing.streams.advertisers import look_up  # noqa: PLC0415
        from source_tiktok_marketing.streams.context import Context  # noqa: PLC0415
        from source_tiktok_marketing.streams.idle.activity import Activity  # noqa: PLC0415
        from source_tiktok_marketing.streams.parents import Parents  # noqa: PLC0415

        now = self._clock.now()
        with_listing = any(one.row.path == ADVERTISERS_PATH for one in selected)
        try:
            advertisers = look_up(client, self.config, with_listing=with_listing)
        except Stopped:
            raise TransientFailure("The command was stopped before it had looked the ad accounts up.") from None
        finally:
            client.gate.leave()
        metrics = {one.row.name: one.metrics for one in selected}
        parents = Parents(client, include_deleted=self.config.include_deleted, selected=set(metrics))
        return Context(
            config=self.config,
            client=client,
            advertisers=advertisers,
            parents=parents,
            now=now,
            wanted_metrics=metrics,
            activity=Activity(one.row for one in selected if isinstance(one.row, Report)),
        )

    def _planned(self, context: "Context", selected: "Sequence[Selected]", looked_up: int) -> "Plan":
        from source_tiktok_marketing.api.pacing import sustained_rate  # noqa: PLC0415  see the class
        from source_tiktok_marketing.api.rate_limits import endpoint_limits  # noqa: PLC0415
        from source_tiktok_marketing.engine.cost import counted  # noqa: PLC0415
        from source_tiktok_marketing.streams.selection import stream_for  # noqa: PLC0415
        from source_tiktok_marketing.watch.plan import Rates, planned  # noqa: PLC0415

        tier, share = self.config.rate_limit_tier, self.config.rate_limit_share
        rates = Rates(
            tier="sandbox" if self.config.is_sandbox else tier,
            share=share,
            app=sustained_rate(self._limit),
            endpoints={path: sustained_rate(limit) for path, limit in endpoint_limits(tier, share).items()},
        )
        return planned(
            counted(stream_for(one, context) for one in selected),
            {one.row.name: one.row for one in selected},
            advertiser_ids=[advertiser.advertiser_id for advertiser in context.advertisers.readable],
            looked_up=looked_up,
            rates=rates,
        )

    def _reader(
        self,
        client: "Client",
        selected: "Sequence[Selected]",
        show: "Callable[[Snapshot], None] | None",
    ) -> "Reader":
        from source_tiktok_marketing.engine.outcome import Accounts  # noqa: PLC0415  see the class
        from source_tiktok_marketing.engine.reader import Reader  # noqa: PLC0415
        from source_tiktok_marketing.streams.selection import stream_for  # noqa: PLC0415
        from source_tiktok_marketing.watch.plan_text import lines  # noqa: PLC0415

        context = self._context(client, selected)
        advertisers, looked_up = context.advertisers, client.sent - client.repeated
        accounts = Accounts(
            readable=frozenset(advertiser.advertiser_id for advertiser in advertisers.readable),
            unavailable=advertisers.unavailable,
            configured=frozenset(self.config.advertiser_ids),
            is_sandbox=self.config.is_sandbox,
        )
        streams = [stream_for(one, context) for one in selected]

        def expected() -> "Mapping[str, StreamPlan]":
            plan = self._planned(context, selected, looked_up)  # with streams of its own, whose cursors stand still
            for line in lines(plan):
                logger.info("%s", line)
            return {stream.row.name: stream for stream in plan.streams}

        release_page = client.gate.leave
        return Reader(
            streams,
            accounts,
            self._clock,
            self._workers,
            client,
            advertisers.refusal_of,
            release_page,
            expected,
            show,
        )

    @property
    def _limit(self) -> "RateLimit":
        from source_tiktok_marketing.api.rate_limits import SANDBOX, TIERS  # noqa: PLC0415  see the class

        granted = SANDBOX if self.config.is_sandbox else TIERS[self.config.rate_limit_tier]
        return granted.share(self.config.rate_limit_share)

    @property
    def _workers(self) -> int:
        return min(max(2, int(self._limit.per_second * _WORKERS_PER_REQUEST)), _MOST_WORKERS)

    def _client(self, timeouts: Timeouts) -> "Client":
        from source_tiktok_marketing.api.client import Client  # noqa: PLC0415  see the class
        from source_tiktok_marketing.api.pacing import Pacer  # noqa: PLC0415
        from source_tiktok_marketing.api.rate_limits import endpoint_limits  # noqa: PLC0415
        from source_tiktok_marketing.api.transport import Transport  # noqa: PLC0415

        config, workers = self.config, self._workers
        endpoints = endpoint_limits(config.rate_limit_tier, config.rate_limit_share)
        return Client(
            Transport(config.base_url, config.access_token, timeouts, connections=3 * workers),
            Pacer(self._limit, self._clock, endpoints),
            self._clock,
            timeouts,
            most_ahead=2 * workers,
            hide=self._redactor.text,
        )
