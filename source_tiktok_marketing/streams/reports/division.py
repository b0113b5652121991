"""Reads a question in parts if TikTok finds it too large: windows are halved, then a day is divided by ids."""

import logging
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from datetime import date, timedelta

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.failures import TooLarge, TransientFailure, Truncated
from source_tiktok_marketing.engine.stream import Event, Page
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.widths import Widths
from source_tiktok_marketing.streams.windows import Window

logger = logging.getLogger("airbyte")

_SMALLEST_PAGE = 100
_PAUSES = (5.0, 30.0)
"""Seconds before each repetition of a question that is too large and can't be divided."""

Read = Callable[[Question, int | None], Iterator[Page]]
"""Reads a question whose pages may shrink to so many rows; None: not at all, since it can be divided."""

ReadWhole = Callable[[Question], Generator[Event, None, Question | None]]
"""Reads a question about too many objects in another way; returns what of it is left, its last days at the most."""


class Divider:
    """Reads the questions of one report."""

    def __init__(
        self,
        stream: str,
        client: Client,
        read: Read,
        parts_by_ids: Callable[[Question], Iterable[Question]],
        *,
        is_by_time: bool,
        read_whole: ReadWhole,
    ) -> None:
        """Prepare to `read` whole questions; `parts_by_ids` divides one by ids, into nothing if it can't be.

        Only the windows of a report whose rows are divided by time are halved: of another, each half would hold a part
        of the same row.
        """
        self._is_by_time = is_by_time
        self._read_whole = read_whole
        self._stream = stream
        self._client = client
        self._read = read
        self._parts_by_ids = parts_by_ids
        self._widths = Widths()

    def events(self, question: Question, until: Callable[[date], Iterable[Event]] = lambda _: ()) -> Iterator[Event]:
        """Yield the question's records, or those of its parts.

        `until` gives what to yield when everything up to a day has been read. Raises `TransientFailure` for what stays
        too large and can't be divided.
        """
        window, is_part = question.window, question.id_filter is not None or bool(question.only)
        if self._is_by_time and window is not None and window.days > 1 and not is_part:
            yield from self._by_days(question, window, until)
            return
        try:
            yield from self._read(question, _SMALLEST_PAGE)
        except TooLarge as failure:
            if isinstance(failure, Truncated) and (yield from self._read_whole(question)) is None:
                return
            if parts := list(self._parts_by_ids(question)):
                logger.info("%s: %s Asking for %d parts by ids.", self._stream, failure.message, len(parts))
                for part in parts:
                    yield from self.events(part)
            else:
                yield from self._repeated(question, failure)

    def _by_days(self, question: Question, window: Window, until: Callable[[date], Iterable[Event]]) -> Iterator[Event]:
        """Yield the window's records in order of time, of as many days at once as TikTok answered before."""
        account, rest = (question.advertiser.advertiser_id, question.labels), window
        while True:
            part = rest.first(self._widths.of(account, rest.days))
            yield from self._part(question.in_window(part), part, account, until)
            if part.end == window.end:
                return
            yield from until(part.end)
            rest = Window(part.end + timedelta(days=1), window.end)

    def _part(
        self, question: Question, part: Window, account: Hashable, until: Callable[[date], Iterable[Event]]
    ) -> Iterator[Event]:
        """Yield the records of some days, asked for at once or, if TikTok finds them too large, half by half."""
        rows = 0
        try:
            for event in self.events(question) if part.days == 1 else self._read(question, None):
                rows += len(event.records) if isinstance(event, Page) else 0
                yield event
                del event  # it is let go before the next is awaited
        except TooLarge as failure:
            if part.days == 1:
                raise
            rest = (yield from self._read_whole(question)) if isinstance(failure, Truncated) else question
            if rest is question:
                self._widths.refused(account, part.days)
                yield from self._halves(question, part, until, failure)
            elif rest is not None and rest.window is not None:
                yield from until(rest.window.start - timedelta(days=1))
                yield from self.events(rest, until)
        else:
            self._widths.answered(account, part.days, rows)

    def _halves(
        self, question: Question, window: Window, until: Callable[[date], Iterable[Event]], failure: TooLarge
    ) -> Iterator[Event]:
        logger.info("%s: %s Halving %s to %s.", self._stream, failure.message, window.start, window.end)
        earlier, later = window.halves()
        yield from self.events(question.in_window(earlier), until)
        yield from until(earlier.end)
        yield from self.events(question.in_window(later), until)

    def _repeated(self, question: Question, failure: TooLarge) -> Iterator[Event]:
        """Ask again after a while, since what is too much for TikTok at one time may not be at another."""
        advertiser_id = question.advertiser.advertiser_id
        for seconds in _PAUSES:
            logger.info("%s: %s Asking again in %.0f s.", self._stream, failure.message, seconds)
            self._client.pause(seconds, advertiser_id)
            try:
                yield from self._read(question, _SMALLEST_PAGE)
            except TooLarge as again:
                failure = again
            else:
                return
        when = f" on {question.window.start}" if question.window else ""
        raise TransientFailure(
            f"{failure.message} The connector can't ask for less of advertiser {advertiser_id}{when}.",
            code=failure.code,
            request_id=failure.request_id,
        ) from failure
