"""Asks TikTok until it has answered or waiting makes no sense any more."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests

from source_tiktok_marketing.api.ahead import RequestAhead
from source_tiktok_marketing.api.availability import Availability
from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.api.failures import Failure, RateLimited, TimedOut, TransientFailure
from source_tiktok_marketing.api.pacing import Pacer, named_accounts
from source_tiktok_marketing.api.page_gate import PageGate
from source_tiktok_marketing.api.reply import Decode, Judge, Reply
from source_tiktok_marketing.api.timeouts import Timeouts
from source_tiktok_marketing.api.transport import Transport, body_of, encoded

logger = logging.getLogger("airbyte")

PAGES_IN_MEMORY = 4
"""More would not be read any faster: decoding a page keeps a processor busy."""
_LONGEST_WAIT = 60.0
_TRIES_OF_A_TIMEOUT = 4
"""The tries that a time-out counts for: TikTok blocks a request that timed out three times in ten minutes."""


def advertiser_of(params: Mapping[str, Any]) -> str:
    """Return the advertiser that a request is about, several of them with commas between, empty if none."""
    return str(params.get("advertiser_id") or ",".join(params.get("advertiser_ids", ())))


@dataclass(slots=True)
class _Request:
    """A request, and what became of it so far."""

    path: str
    query: str
    advertiser_id: str
    began: float
    """When it was asked for, in monotonic seconds."""
    sent: bytes | None = None
    """The body of a POST."""
    tries: int = 0
    refusals: int = 0
    """For rate limits."""


class Client:
    """Reads endpoints of the API v1.3. Safe to share between threads."""

    def __init__(
        self,
        transport: Transport,
        pacer: Pacer,
        clock: Clock,
        timeouts: Timeouts,
        most_ahead: int,
        hide: Callable[[str], str],
    ) -> None:
        """Prepare for at most `most_ahead` requests under way before their replies are needed.

        `hide` takes the secrets out of a text, because TikTok's messages may repeat them.
        """
        self._timeouts = timeouts
        self._transport = transport
        self._pacer = pacer
        self._clock = clock
        self._judge = Judge(transport.host, hide, clock.now)
        self.sent = 0
        """Requests so far."""
        self.repeated = 0
        """Those of them that had been sent before."""
        self.sent_for: Counter[tuple[str, str]] = Counter()
        """Requests by what they were for, and by advertiser."""
        self._purpose = threading.local()
        self._gives_up_at = clock.monotonic() + timeouts.total_seconds
        self._availability = Availability(clock)
        self._failing: Counter[str] = Counter()
        """Requests about each advertiser that will be repeated after a while."""
        self._awaited = 0
        """Reports that TikTok is at work on."""
        self._counting = threading.Lock()
        self._ahead = threading.Semaphore(most_ahead)
        self._ahead_threads = ThreadPoolExecutor(most_ahead, thread_name_prefix="ahead")
        self.gate = PageGate(PAGES_IN_MEMORY)
        """A thread that got a reply holds a place here until it leaves, or asks again."""

    @property
    def limit(self) -> float:
        """Requests a second that can be sent for long."""
        return self._pacer.limit

    def ask_for(self, purpose: str) -> None:
        """Count what this thread asks from now on for `purpose`."""
        self._purpose.name = purpose

    def waits(self) -> Iterator[str]:
        """Tell what requests wait for at present, other than their turn."""
        yield from self._pacer.waits()
        with self._counting:
            awaited = self._awaited
            failing = [advertiser_id for advertiser_id, number in self._failing.items() if number and advertiser_id]
        if awaited:
            yield f"TikTok, which is at work on asynchronous reports ({awaited})"
        if failing:
            yield f"the repetition of what failed for {named_accounts(failing)}"

    def close(self) -> None:
        """Send nothing more ahead."""
        self._ahead_threads.shutdown(wait=False, cancel_futures=True)

    def send_ahead(self, path: str, params: Mapping[str, Any]) -> RequestAhead | None:
        """Send a request whose reply will soon be needed; None if enough are under way.

        The caller hands it to `get` with the same arguments, or discards it.
        """
        if not self._ahead.acquire(blocking=False):
            return None
        try:
            future = self._ahead_threads.submit(
                self._opened, path, encoded(params), advertiser_of(params), self._asked_for
            )
        except RuntimeError:  # the system allows no more threads, or the run has ended
            return None  # the semaphore stays taken, so fewer are tried from now on
        return RequestAhead(future, self._ahead.release)

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        decode: Decode | None = None,
        *,
        ahead: RequestAhead | None = None,
        repeats_timeouts: bool = True,
        waits_for_advertiser: bool = True,
        is_post: bool = False,
    ) -> Reply:
        """Return the accepted reply of `path`; the first try is the request that was sent `ahead`, if there is one.

        `params` are its query, or if it `is_post` the JSON of its body.

        Raises the `Failure` that says what to do: at once for what repeating can't mend, `TransientFailure` when TikTok
        stays unavailable for about four minutes or limited for half an hour, `TimedOut` when it takes too long, three
        times or, if not `repeats_timeouts`, once. `RateLimited` is raised at once for the limit of an advertiser unless
        it `waits_for_advertiser`. When a request has failed after all tries and no other was accepted meanwhile,
        further requests are sent once, and after some more failures not at all.
        """
        query, sent = ("", body_of(params)) if is_post else (encoded(params), None)
        request = _Request(path, query, advertiser_of(params), began=self._clock.monotonic(), sent=sent)
        while True:
            self._require_tiktok(ahead)
            first, ahead = ahead, None
            try:
                response = self._response(request, first)
                self.gate.enter()
                reply = self._judge.accepted(path, response, self._transport.read(path, response), decode)
            except Failure as failure:
                if isinstance(failure, RateLimited) and failure.of_advertiser and not waits_for_advertiser:
                    self._availability.refused(failure)
                    raise
                self._wait_or_raise(failure, request, repeats_timeouts=repeats_timeouts)
            else:
                self._availability.accepted()
                self._pacer.accepted(request.advertiser_id)
                return reply

    def _wait_or_raise(self, failure: Failure, request: _Request, *, repeats_timeouts: bool) -> None:
        """Return when the request is to be repeated. Raises the failure that ends it otherwise."""
        match failure:
            case TimedOut():
                request.tries += _TRIES_OF_A_TIMEOUT
                if self._is_last(request, _LONGEST_WAIT) or not repeats_timeouts:
                    self._availability.given_up(failure, request.began)
                    raise failure
                self._wait_after(failure, _LONGEST_WAIT, request.advertiser_id)
            case RateLimited():
                self._availability.refused(failure)
                request.refusals += 1
                pause = self._slow_down(failure, request)
                waited = self._clock.monotonic() - request.began
                if self._is_last(request, pause) or waited > self._timeouts.limited_seconds:
                    raise self._given_up(failure, f"This went on for {waited / 60:.1f} minutes.", request) from failure
            case TransientFailure():
                request.tries += 1
                seconds = min(2.0 ** (request.tries - 1), _LONGEST_WAIT) * random.uniform(1.0, 1.25)
                if self._is_last(request, failure.retry_after or seconds):
                    raise self._given_up(failure, f"The request was sent {request.tries} times.", request) from failure
                self._wait_after(failure, seconds, request.advertiser_id)
            case _:
                self._availability.refused(failure)
                raise failure

    def _require_tiktok(self, ahead: RequestAhead | None) -> None:
        """Raise the verdict if TikTok is down."""
        try:
            self._availability.require()
        except Failure:
            if ahead is not None:
                ahead.discard()
            raise

    def _is_last(self, request: _Request, pause: float) -> bool:
        """Whether a request that failed isn't repeated after a pause of so many seconds."""
        is_too_long = self._clock.monotonic() + pause > self._gives_up_at
        return self._availability.is_down or is_too_long or request.tries >= self._timeouts.tries

    def _given_up(self, failure: TransientFailure, what_was_tried: str, request: _Request) -> TransientFailure:
        """Return the failure of a request that is not repeated again."""
        given_up = TransientFailure(f"{failure.message} {what_was_tried}", code=failure.code)
        given_up.__cause__ = failure
        self._availability.given_up(given_up, request.began)
        return given_up

    def rests(self, advertiser_id: str) -> bool:
        """Whether requests about the advertiser had better wait: TikTok limits it, or failed to answer about it."""
        return self._pacer.rests(advertiser_id) or (bool(advertiser_id) and self._failing[advertiser_id] > 0)

    def wait(self, seconds: float) -> None:
        """Wait for a report that TikTok is at work on; all requests go on. Raises `Stopped`."""
        self.gate.leave()
        with self._counting:
            self._awaited += 1
        try:
            self._clock.sleep(seconds)
        finally:
            with self._counting:
                self._awaited -= 1

    def pause(self, seconds: float, advertiser_id: str) -> None:
        """Wait before what failed about the advertiser is asked again; other requests go on. Raises `Stopped`."""
        self.gate.leave()
        with self._counting:
            self._failing[advertiser_id] += 1
        try:
            self._clock.sleep(seconds)
        finally:
            with self._counting:
                self._failing[advertiser_id] -= 1

    def _response(self, request: _Request, ahead: RequestAhead | None) -> requests.Response:
        """Return the beginning of an answer. A place at the gate is given up while waiting for it."""
        if ahead is None or not ahead.has_arrived:
            self.gate.leave()
        if ahead is not None:
            return ahead.response()
        is_repetition = request.tries + request.refusals > 0
        about = request.path, request.query, request.advertiser_id
        return self._opened(*about, self._asked_for, is_repetition=is_repetition, sent=request.sent)

    @property
    def _asked_for(self) -> str:
        return getattr(self._purpose, "name", "")

    def _opened(
        self,
        path: str,
        query: str,
        advertiser_id: str,
        purpose: str,
        *,
        is_repetition: bool = False,
        sent: bytes | None = None,
    ) -> requests.Response:
        """Send once, when the rate limits allow it; return with the beginning of the answer."""
        self._pacer.wait_turn(path, advertiser_id)
        with self._counting:
            self.sent += 1
            self.sent_for[purpose, advertiser_id] += 1
            self.repeated += is_repetition
        return self._transport.open(path, query, sent)

    def _slow_down(self, failure: RateLimited, request: _Request) -> float:
        """Pause the requests that the refusal is about; return the seconds."""
        if failure.of_advertiser and request.advertiser_id:
            pause = self._pacer.advertiser_refused(request.advertiser_id, request.refusals)
            logger.info("%s Advertiser %s rests for %.0f s.", failure.message, request.advertiser_id, pause)
        else:
            pause = self._pacer.refused(failure.message)
        return pause

    def _wait_after(self, failure: TransientFailure, seconds: float, advertiser_id: str) -> None:
        wait = failure.retry_after or seconds
        logger.info("%s Repeating in %.0f s.", failure.message, wait)
        self.pause(wait, advertiser_id)
