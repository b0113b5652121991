"""One session, one token: asking TikTok until it has answered or waiting makes no sense any more."""

import logging
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.api.errors import Action, failure_for, policy_for
from source_tiktok_marketing.api.failures import (
    ConfigFailure,
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
class TypedPage:
    """A page of a list, decoded by someone who knew what was in it."""

    rows: list[Any]
    total_page: int
    total_number: int | None


Decode = Callable[[bytes], TypedPage | None]
"""Decodes an accepted page quickly; None leaves whatever it is to the general way."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted reply: `data` of the envelope, or the page that the caller's own decoder made of it."""

    data: Json
    request_id: str
    page: TypedPage | None = None

    def rows(self, records_at: str, *, may_be_absent: bool = False) -> list[Any]:
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


class TokenAuth(AuthBase):
    """Puts the token into TikTok's header. Being the session's auth, it also keeps .netrc out."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Access-Token"] = self._access_token
        return request


def encoded(params: Mapping[str, Any]) -> dict[str, str]:
    """Query parameters as TikTok reads them: lists and objects as JSON text, booleans in lower case."""
    return {
        key: orjson.dumps(value).decode() if isinstance(value, list | tuple | dict | bool) else str(value)
        for key, value in params.items()
        if value is not None
    }


class Client:
    """Reads endpoints of the API v1.3 below `base_url`. Safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        access_token: str,
        pacer: Pacer,
        clock: Clock,
        patience: Patience,
        connections: int,
        hide: Callable[[str], str],
    ) -> None:
        """Prepare; `hide` takes the secrets out of a text, because TikTok's messages may repeat them."""
        self._hide = hide
        self._patience = patience
        self._base_url = base_url
        self._pacer = pacer
        self._clock = clock
        self.sent = 0
        """Requests so far."""
        self.repeated = 0
        """Those of them that had been sent before."""
        self._counting = threading.Lock()
        self.gate = PageGate(PAGES_IN_MEMORY)
        """A thread that got a reply holds a place here until it leaves, or asks again."""
        self._session = requests.Session()
        self._session.auth = TokenAuth(access_token)
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        decode: Decode | None = None,
        *,
        repeats_timeouts: bool = True,
    ) -> Reply:
        """The accepted reply of `path`.

        Raises the `Failure` that says what to do: at once for what repeating can't mend, `TransientFailure` when TikTok
        stays unavailable for about four minutes or limited for half an hour, `TimedOut` when it takes too long, three
        times or, if not `repeats_timeouts`, once.
        """
        advertiser_id = str(params.get("advertiser_id", ""))
        query = encoded(params)
        tries, refusals, patience_ends = 0, 0, self._clock.monotonic() + self._patience.limited_seconds
        while True:
            self.gate.leave()
            self._pacer.wait_turn(path, advertiser_id)
            with self._counting:
                self.sent += 1
                self.repeated += tries + refusals > 0
            try:
                reply = self._accepted(path, query, decode)
            except TimedOut as failure:
                if not repeats_timeouts or (tries := tries + _TRIES_OF_A_TIMEOUT) >= self._patience.tries:
                    raise
                self._wait_after(failure, _LONGEST_WAIT)
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
                self._wait_after(failure, min(2.0 ** (tries - 1), _LONGEST_WAIT) * random.uniform(1.0, 1.25))
            else:
                self._pacer.accepted(advertiser_id)
                return reply

    def _slow_down(self, failure: RateLimited, advertiser_id: str, refusals: int) -> None:
        if failure.of_advertiser and advertiser_id:
            pause = self._pacer.advertiser_refused(advertiser_id, refusals)
            logger.info("TikTok limits the requests for advertiser %s: it rests for %.0f s.", advertiser_id, pause)
        else:
            self._pacer.refused()

    def _wait_after(self, failure: TransientFailure, seconds: float) -> None:
        wait = failure.retry_after or seconds
        logger.info("%s Repeating in %.0f s.", failure.message, wait)
        self._clock.sleep(wait)

    def _accepted(self, path: str, query: Mapping[str, str], decode: Decode | None) -> Reply:
        """Send once; return the accepted reply or raise. The body goes before the status: TikTok refuses with 200."""
        try:
            response = self._session.get(
                self._base_url + path,
                params=query,
                timeout=(self._patience.connect_seconds, self._patience.read_seconds),
                allow_redirects=False,
                stream=True,
            )
            with response:
                self.gate.enter()
                body = response.raw.read(decode_content=True)
        except requests.ConnectTimeout as error:
            raise TransientFailure(f"The connection to {self._host} could not be made in time.") from error
        except requests.exceptions.SSLError as error:
            raise SystemFailure(
                f"The TLS certificate of {self._host} could not be verified. Check REQUESTS_CA_BUNDLE and any proxy."
            ) from error
        except requests.Timeout as error:
            raise TimedOut(f"TikTok did not answer {path} within {self._patience.read_seconds:.0f} s.") from error
        except urllib3.exceptions.ReadTimeoutError as error:
            raise TimedOut(f"TikTok stopped in the middle of its answer to {path}.") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if "CA cert" in str(error) and not isinstance(error, requests.RequestException):
                raise ConfigFailure(
                    "The file with the certificates to trust can't be read. Correct REQUESTS_CA_BUNDLE or "
                    "CURL_CA_BUNDLE in the environment."
                ) from error
            raise TransientFailure(f"The connection to {self._host} failed ({type(error).__name__}).") from error
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
            return self._untruncated(path, response, Reply(data, request_id))
        raise failure_for(code, message, request_id, path)

    def _unreadable(self, path: str, response: requests.Response) -> Failure:
        status = response.status_code
        if 300 <= status < 400:  # noqa: PLR2004  redirects
            return SystemFailure(
                f"{self._host} redirects {path} elsewhere (HTTP {status}). The connector follows no redirects, "
                "because they would carry the token away. Check the proxy."
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

    @property
    def _host(self) -> str:
        return urlsplit(self._base_url).netloc
