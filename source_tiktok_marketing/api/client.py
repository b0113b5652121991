"""One session, one token: asking TikTok until it has answered or waiting makes no sense any more."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import orjson
import requests

from source_tiktok_marketing.api.ahead import Sent
from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.api.errors import Action, failure_for, policy_for
from source_tiktok_marketing.api.failures import (
    Failure,
    Malformed,
    RateLimited,
    SystemFailure,
    TimedOut,
    TooLarge,
    TransientFailure,
)
from source_tiktok_marketing.api.gate import PageGate
from source_tiktok_marketing.api.pacing import Pacer
from source_tiktok_marketing.api.patience import Patience
from source_tiktok_marketing.api.transport import Transport, encoded
from source_tiktok_marketing.api.typed_page import Decode, TypedPage

logger = logging.getLogger("airbyte")

Json = dict[str, Any]

PAGES_IN_MEMORY = 4
"""More would not be read any faster: decoding a page keeps a processor busy."""
_LONGEST_WAIT = 60.0
_LONGEST_RETRY_AFTER = 300.0
_TRIES_OF_A_TIMEOUT = 4
"""As how many tries one counts: TikTok blocks a request that timed out three times in ten minutes."""
_TRUNCATED = "X-Tt-Ads-Throttle"
"""The header that alone tells of a report with more than 20,000 objects, of which only the newest are answered."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted reply: `data` of the envelope, or the page that the caller's own decoder made of it."""

    data: Json
    request_id: str
    page: TypedPage | None = None

    def rows(self, records_at: str, *, may_be_absent: bool = False) -> Sequence[Any]:
        """The list of objects at `records_at`. Raises `Malformed` if there is none, though there should be."""
        if self.page is not None:
            return self.page.rows
        rows = self.data.get(records_at)
        if rows is None and (may_be_absent or self._counts_none):
            rows = []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Malformed(
                f"TikTok's reply holds no list of objects at data.{records_at} [request_id {self.request_id}].",
                request_id=self.request_id,
            )
        return rows

    @property
    def _counts_none(self) -> bool:
        """Whether TikTok says that there are no rows."""
        info = self.data.get("page_info")
        return isinstance(info, dict) and info.get("total_number") == 0


def advertiser_of(params: Mapping[str, Any]) -> str:
    """The advertiser that a request is about, empty if none."""
    return str(params.get("advertiser_id", ""))


class Client:
    """Reads endpoints of the API v1.3. Safe to share between threads."""

    def __init__(
        self,
        transport: Transport,
        pacer: Pacer,
        clock: Clock,
        patience: Patience,
        most_ahead: int,
        hide: Callable[[str], str],
    ) -> None:
        """Prepare; `hide` takes the secrets out of a text, because TikTok's messages may repeat them."""
        self._hide = hide
        self._patience = patience
        self._transport = transport
        self._pacer = pacer
        self._clock = clock
        self.sent = 0
        """Requests so far."""
        self.repeated = 0
        """Those of them that had been sent before."""
        self.when_waiting: Callable[[int], None] = lambda _: None
        """Told how many requests now wait for TikTok, whenever one more does."""
        self._waiting = 0
        self._failing: Counter[str] = Counter()
        """Requests about each advertiser that will be repeated after a while."""
        self._counting = threading.Lock()
        self._ahead = threading.Semaphore(most_ahead)
        self.gate = PageGate(PAGES_IN_MEMORY)
        """A thread that got a reply holds a place here until it leaves, or asks again."""

    def send_ahead(self, path: str, params: Mapping[str, Any]) -> Sent | None:
        """Send a request that will be wanted soon, None if enough are on their way.

        The caller hands it to `get` with the same arguments, or discards it.
        """
        if not self._ahead.acquire(blocking=False):
            return None
        try:
            return Sent(partial(self._opened, path, encoded(params), advertiser_of(params)), self._ahead.release)
        except RuntimeError:  # the system allows no more threads
            self._ahead.release()
            return None

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        decode: Decode | None = None,
        *,
        sent: Sent | None = None,
        repeats_timeouts: bool = True,
    ) -> Reply:
        """The accepted reply of `path`; of the request that was `sent` ahead, if that is one.

        Raises the `Failure` that says what to do: at once for what repeating can't mend, `TransientFailure` when TikTok
        stays unavailable for about four minutes or limited for half an hour, `TimedOut` when it takes too long, three
        times or, if not `repeats_timeouts`, once.
        """
        advertiser_id = advertiser_of(params)
        query = encoded(params)
        tries, refusals, patience_ends = 0, 0, self._clock.monotonic() + self._patience.limited_seconds
        while True:
            first, sent = sent, None
            try:
                response = self._response(path, query, advertiser_id, first, again=tries + refusals > 0)
                reply = self._accepted(path, response, decode)
            except TimedOut as failure:
                if not repeats_timeouts or (tries := tries + _TRIES_OF_A_TIMEOUT) >= self._patience.tries:
                    raise
                self._wait_after(failure, _LONGEST_WAIT, advertiser_id)
            except RateLimited as failure:
                refusals += 1
                if self._clock.monotonic() > patience_ends:
                    minutes = self._patience.limited_seconds / 60
                    raise TransientFailure(f"{failure.message} This went on for {minutes:.0f} minutes.") from failure
                self._slow_down(failure, advertiser_id, refusals)
            except TransientFailure as failure:
                tries += 1
                if tries >= self._patience.tries:
                    raise TransientFailure(f"{failure.message} The request was sent {tries} times.") from failure
                seconds = min(2.0 ** (tries - 1), _LONGEST_WAIT) * random.uniform(1.0, 1.25)
                self._wait_after(failure, seconds, advertiser_id)
            else:
                self._pacer.accepted(advertiser_id)
                return reply

    def _response(
        self, path: str, query: str, advertiser_id: str, sent: Sent | None, *, again: bool
    ) -> requests.Response:
        """The beginning of an answer. Whoever waits keeps no place; what is there already is read with the one held."""
        if sent is None or not sent.arrived:
            self.gate.leave()
        return self._opened(path, query, advertiser_id, again=again) if sent is None else sent.response()

    def _opened(self, path: str, query: str, advertiser_id: str, *, again: bool = False) -> requests.Response:
        """Send once, when it is time to; return with the beginning of the answer."""
        with self._kept_waiting():
            self._pacer.wait_narrow_turn(path, advertiser_id)
        self._pacer.wait_turn()
        with self._counting:
            self.sent += 1
            self.repeated += again
        with self._kept_waiting():
            return self._transport.open(path, query)

    @contextmanager
    def _kept_waiting(self) -> Iterator[None]:
        """Count a wait during which the processor and the app's limit have room for other requests."""
        with self._counting:
            self._waiting += 1
            waiting = self._waiting
        try:
            self.when_waiting(waiting)
            yield
        finally:
            with self._counting:
                self._waiting -= 1

    def rests(self, advertiser_id: str) -> bool:
        """Whether requests about the advertiser had better wait: TikTok limits it, or failed to answer about it."""
        return self._pacer.rests(advertiser_id) or (bool(advertiser_id) and self._failing[advertiser_id] > 0)

    def _slow_down(self, failure: RateLimited, advertiser_id: str, refusals: int) -> None:
        if failure.of_advertiser and advertiser_id:
            pause = self._pacer.advertiser_refused(advertiser_id, refusals)
            logger.info("TikTok limits the requests for advertiser %s: it rests for %.0f s.", advertiser_id, pause)
        else:
            self._pacer.refused()

    def _wait_after(self, failure: TransientFailure, seconds: float, advertiser_id: str) -> None:
        wait = failure.retry_after or seconds
        logger.info("%s Repeating in %.0f s.", failure.message, wait)
        self.pause(wait, advertiser_id)

    def pause(self, seconds: float, advertiser_id: str) -> None:
        """Wait before what failed about the advertiser is asked again; what others ask goes on. Raises `Stopped`."""
        self.gate.leave()
        with self._counting:
            self._failing[advertiser_id] += 1
        try:
            with self._kept_waiting():
                self._clock.sleep(seconds)
        finally:
            with self._counting:
                self._failing[advertiser_id] -= 1

    def _accepted(self, path: str, response: requests.Response, decode: Decode | None) -> Reply:
        """The accepted reply, or the failure. The body goes before the status: TikTok refuses with 200."""
        self.gate.enter()
        body = self._transport.read(path, response)
        if decode is not None and response.ok and (page := decode(body)) is not None:
            return self._untruncated(path, response, Reply({}, "", page))
        return self._judged(path, response, body)

    def _untruncated(self, path: str, response: requests.Response, reply: Reply) -> Reply:
        if throttled := response.headers.get(_TRUNCATED):
            raise TooLarge(f"TikTok cut its answer to {path} short: {throttled!r} [request_id {reply.request_id}].")
        return reply

    def _judged(self, path: str, response: requests.Response, body: bytes) -> Reply:
        try:
            envelope = orjson.loads(body)
            code, message = int(envelope["code"]), self._hide(str(envelope.get("message", "")))
            request_id, data = self._hide(str(envelope.get("request_id", ""))), envelope.get("data")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._unreadable(path, response) from None
        if policy_for(code, message).action is Action.ACCEPT:
            if not isinstance(data, dict):
                raise TransientFailure(f"TikTok's answer to {path} holds no data [request_id {request_id}].")
            if code != 0:
                logger.warning(
                    "TikTok's answer to %s is a part (%d): %s [request_id %s]", path, code, message, request_id
                )
            return self._untruncated(path, response, Reply(data, request_id))
        raise failure_for(code, message, request_id, path)

    def _unreadable(self, path: str, response: requests.Response) -> Failure:
        status = response.status_code
        if 300 <= status < 400:  # noqa: PLR2004  redirects
            return SystemFailure(
                f"{self._transport.host} redirects {path} elsewhere (HTTP {status}). The connector follows no "
                "redirects, because they would carry the token away. Check the proxy."
            )
        if status in (404, 405):
            return SystemFailure(f"TikTok knows no endpoint {path} (HTTP {status}). Report it.")
        return TransientFailure(
            f"TikTok's answer to {path} is not readable (HTTP {status}).",
            retry_after=self._retry_after(response.headers.get("Retry-After", "")),
        )

    def _retry_after(self, header: str) -> float:
        """The seconds that a Retry-After header asks for, in either of its forms, within reason; 0: none."""
        try:
            seconds = float(header)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(header) - self._clock.now()).total_seconds()
            except (ValueError, TypeError):
                return 0.0
        return min(seconds, _LONGEST_RETRY_AFTER) if seconds > 0 else 0.0  # NaN is a float, too
