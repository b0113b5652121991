"""Which days of an ad account delivered nothing, so that hourly reports need not ask for them.

The daily report of the account, 30 days a request, has no row of such a day, or one of zeros. TikTok doesn't document
that a day without it has no hours either, so some of the days are asked by hour before any is left out: the first of
each request, and the 1st, 2nd, 4th, 8th and so on of all. If one has rows, none is left out. A day is thus left out
only when nothing can change any more whether it is, and the cursor may pass it like one that was read.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from source_tiktok_marketing.api.failures import Failure, SystemFailure
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.reports import ACCOUNT_BY_DAY
from source_tiktok_marketing.engine.state import parsed_moment
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json, is_figure
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.windows import Window, WindowPlan

logger = logging.getLogger("airbyte")

_LATENCY = timedelta(hours=ACCOUNT_BY_DAY.latency_hours)
_BLOCK = ACCOUNT_BY_DAY.grain.widest_window or 1
"""Days in a request."""
_FEWEST_DAYS = 8
"""To find out which of fewer were idle takes as many requests as it saves."""
_DAY = "stat_time_day"

HasRows = Callable[[Advertiser, Window], bool]
"""Whether TikTok has rows of some hour of a day. May raise `Failure`."""
_Delivered = tuple[date, bool]
"""A day that has a row, and whether it is of anything but zeros."""


class IdleDays:
    """The days that one report leaves out. Safe to share between threads."""

    def __init__(
        self, stream: str, metrics: tuple[str, ...], plan: WindowPlan, context: Context, has_rows: HasRows
    ) -> None:
        """Prepare to ask the accounts' daily reports for `metrics`.

        `has_rows` asks the stream's own report.
        """
        self._stream = stream
        self._metrics = metrics
        self._plan = plan
        self._context = context
        self._has_rows = has_rows

    def settled(self, advertiser: Advertiser) -> Window | None:
        """Return the days of which some may be left out; None if all are to be read."""
        settled = self._plan.settled(advertiser, _LATENCY)
        return settled if settled is not None and settled.days >= _FEWEST_DAYS else None

    def idle_among(self, asked: Sequence[tuple[Advertiser, Window]], window: Window) -> set[str]:
        """Return the advertisers of which the window, one of their settled days, needn't be asked by hour."""
        return {each.advertiser_id for each, settled in asked if window.start in self.of(each, settled)}

    def of(self, advertiser: Advertiser, settled: Window) -> frozenset[date]:
        """Return the days in `settled` that need not be asked by hour, found out once a run.

        Raises nothing that TikTok answers: what can't be found out is asked by hour.
        """
        key = ("idle days", self._stream, advertiser.advertiser_id)
        (idle,) = self._context.parents.remembered(key, lambda: [self._found(advertiser, settled)])
        return idle

    def _found(self, advertiser: Advertiser, settled: Window) -> frozenset[date]:
        try:
            without_row, of_zeros = self._idle(advertiser, settled)
            contradiction = self._contradiction(advertiser, without_row) or self._contradiction(advertiser, of_zeros)
        except Failure as failure:
            logger.info(
                "%s: every day of advertiser %s is asked by hour, because TikTok doesn't tell which were idle. %s",
                self._stream,
                advertiser.advertiser_id,
                failure.message,
            )
            return frozenset()
        if contradiction is not None:
            logger.warning(
                "%s: every day of advertiser %s is asked by hour in this run, because TikTok has hours of %s, of which "
                "the daily report of the account tells nothing.",
                self._stream,
                advertiser.advertiser_id,
                contradiction,
            )
            return frozenset()
        idle = frozenset(day for days in (*without_row, *of_zeros) for day in days)
        logger.info(
            "%s: of %d settled days of advertiser %s, %d delivered nothing and are not asked by hour.",
            self._stream,
            settled.days,
            advertiser.advertiser_id,
            len(idle),
        )
        return idle

    def _idle(self, advertiser: Advertiser, settled: Window) -> tuple[list[list[date]], list[list[date]]]:
        """Return the days without a row and those with a row of zeros, request by request."""
        without_row, of_zeros = [], []
        for block, days in self._blocks(advertiser, settled):
            delivered = dict(self._delivered(advertiser, block))
            without_row.append([day for day in days if day not in delivered])
            of_zeros.append([day for day in days if delivered.get(day) is False])
        return without_row, of_zeros

    def _blocks(self, advertiser: Advertiser, settled: Window) -> Iterator[tuple[Window, list[date]]]:
        """Yield the windows to ask for, the same for all streams, each with those of its days that are `settled`."""
        for block in replace(self._plan.tiles(advertiser, None), widest=_BLOCK):
            days = [block.start + timedelta(days=number) for number in range(block.days)]
            if wanted := [day for day in days if settled.start <= day <= settled.end]:
                yield block, wanted

    def _delivered(self, advertiser: Advertiser, block: Window) -> list[_Delivered]:
        """Return the days with a row, read once a run for all streams that ask for the same metrics."""
        key = ("delivered", advertiser.advertiser_id, block, self._metrics)
        return self._context.parents.remembered(key, partial(self._read, advertiser, block))

    def _read(self, advertiser: Advertiser, block: Window) -> list[_Delivered]:
        request = ListRequest(
            path=ACCOUNT_BY_DAY.path,
            params={
                "advertiser_id": advertiser.advertiser_id,
                "service_type": "AUCTION",
                "report_type": ACCOUNT_BY_DAY.breakdown.report_type,
                "data_level": ACCOUNT_BY_DAY.level.data_level,
                "dimensions": ACCOUNT_BY_DAY.dimensions,
                "metrics": self._metrics,
                "start_date": block.start.isoformat(),
                "end_date": block.end.isoformat(),
            },
            keys=lambda rows: list(map(_day_of, rows)),
        )
        rows = (row for page in Pages(self._context.client, request) for row in page)
        return [(_day_of(row), any(map(is_figure, row["metrics"].values()))) for row in rows]

    def _contradiction(self, advertiser: Advertiser, blocks: Sequence[Sequence[date]]) -> date | None:
        """Return an idle day that has rows by hour, None if none of those that are tried has."""
        days = [day for block in blocks for day in block]
        tried = {block[0] for block in blocks if block}
        tried |= {days[2**power - 1] for power in range(len(days).bit_length())}
        return next((day for day in sorted(tried) if self._has_rows(advertiser, Window(day, day))), None)


def _day_of(row: Json) -> date:
    """Return the day of a row of the daily report. Raises `SystemFailure` if it is none."""
    try:
        row["metrics"].values()
        return parsed_moment(row["dimensions"][_DAY]).date()
    except (KeyError, TypeError, AttributeError, ValueError):
        raise SystemFailure(
            f"A row of the account's daily report lacks its day or its metrics: {row!r:.200}."
        ) from None
