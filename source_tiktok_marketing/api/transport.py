"""One HTTP session to TikTok: a request goes out, a body comes back, and whatever prevents it has a name."""

import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlsplit

import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from source_tiktok_marketing.api.failures import (
    ConfigFailure,
    SystemFailure,
    TimedOut,
    TooLarge,
    TransientFailure,
)
from source_tiktok_marketing.api.timeouts import Timeouts

MOST_BYTES = 50 << 20
"""Of one body, unpacked. A page of a thousand rows with a hundred metrics has about three million."""
_PIECE = 1 << 20
"""Bytes that are read at most before looking at the clock."""

_quoted = lru_cache(maxsize=512)(quote_plus)
"""The long lists of metrics, dimensions and filters are the same in request after request."""


_QUERY = re.compile(r"\?[^\s'\"]+")


def _without_query(record: logging.LogRecord) -> bool:
    """Take queries out of a log record: TikTok's list of ad accounts has the app's secret in its own."""
    record.msg, record.args = _QUERY.sub("?...", record.getMessage()), ()
    return True


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_without_query)


def is_loopback(url: str) -> bool:
    """Whether requests to `url` stay on this machine, judged by the parser that sends them: another may disagree."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        return False
    return parts.scheme in ("http", "https") and parts.host in ("127.0.0.1", "localhost", "[::1]")


class TokenAuth(AuthBase):
    """Puts the token into TikTok's header. Being the session's auth, it also keeps .netrc out."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Access-Token"] = self._access_token
        return request


def encoded(params: Mapping[str, Any]) -> str:
    """The query as TikTok reads it: lists and objects as JSON text, booleans in lower case, None left out."""
    return "&".join(f"{key}={_quoted(_text(value))}" for key, value in params.items() if value is not None)


def body_of(params: Mapping[str, Any]) -> bytes:
    """The body of a POST as TikTok reads it: JSON, None left out."""
    return orjson.dumps({key: value for key, value in params.items() if value is not None})


def _text(value: Any) -> str:
    return orjson.dumps(value).decode() if isinstance(value, list | tuple | dict | bool) else str(value)


class Transport:
    """One session of HTTP connections. Safe to share between threads."""

    def __init__(self, base_url: str, access_token: str, timeouts: Timeouts, connections: int) -> None:
        """Prepare for so many `connections` at once, with the proxies and certificates that the environment names."""
        self.host = urlsplit(base_url).netloc
        self._base_url = base_url
        self._timeouts = timeouts
        self._session = requests.Session()
        self._session.auth = TokenAuth(access_token)
        # All requests go to one host, so what the environment says of it is found out once instead of each time.
        environment = self._session.merge_environment_settings(base_url, {}, None, None, None)
        self._session.trust_env = False
        self._session.proxies = {} if is_loopback(base_url) else dict(environment["proxies"])
        self._session.verify = environment["verify"]
        adapter = HTTPAdapter(pool_connections=2, pool_maxsize=connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def open(self, path: str, query: str, sent: bytes | None = None) -> requests.Response:
        """Send a request, a POST if a body of JSON is `sent`; return with the status and the headers.

        The answer's body is still to be `read`.

        Raises `TimedOut`, `TransientFailure`, or what tells of the environment.
        """
        method, headers = ("GET", {}) if sent is None else ("POST", {"Content-Type": "application/json"})
        request = self._session.prepare_request(requests.Request(method, self._base_url + path, headers, data=sent))
        if query:
            request.url = f"{request.url}?{query}"  # quoted already, which is the costly part of preparing
        limits = (self._timeouts.connect_seconds, self._timeouts.read_seconds)
        with self._failures_of(path):
            return self._session.send(request, timeout=limits, allow_redirects=False, stream=True)

    def read(self, path: str, response: requests.Response) -> bytes:
        """Return the whole body and free the connection.

        Raises what `open` does, and `TooLarge` for a body that unpacks to more than memory should hold.
        """
        ends = time.monotonic() + self._timeouts.body_seconds
        pieces, size = [], 0
        with response, self._failures_of(path):
            while piece := response.raw.read1(_PIECE, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                if size > MOST_BYTES:
                    raise TooLarge(f"TikTok's answer to {path} is larger than {MOST_BYTES >> 20} MB unpacked.")
                if time.monotonic() > ends:
                    raise TimedOut(
                        f"TikTok's answer to {path} was not complete after {self._timeouts.body_seconds:.0f} s."
                    )
        return b"".join(pieces)

    @contextmanager
    def _failures_of(self, path: str) -> Iterator[None]:
        """Name what the library raises; its own errors are dropped, because they show the URL with its query."""
        try:
            yield
        except requests.ConnectTimeout:
            raise TransientFailure(f"The connection to {self.host} could not be made in time.") from None
        except requests.exceptions.SSLError as error:
            if "EOF" in str(error):
                raise TransientFailure(f"The connection to {self.host} broke in its handshake.") from None
            raise SystemFailure(
                f"The TLS certificate of {self.host} could not be verified. Check REQUESTS_CA_BUNDLE and any proxy."
            ) from None
        except requests.Timeout:
            raise TimedOut(f"TikTok did not answer {path} within {self._timeouts.read_seconds:.0f} s.") from None
        except urllib3.exceptions.ReadTimeoutError:
            raise TimedOut(f"TikTok stopped in the middle of its answer to {path}.") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if "CA cert" in str(error) and not isinstance(error, requests.RequestException):
                raise ConfigFailure(
                    "The file with the certificates to trust can't be read. Correct REQUESTS_CA_BUNDLE or "
                    "CURL_CA_BUNDLE in the environment."
                ) from None
            raise TransientFailure(f"The connection to {self.host} failed ({type(error).__name__}).") from None
