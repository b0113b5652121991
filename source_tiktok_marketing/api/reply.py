"""Replies: what TikTok's envelope says, and the rows it holds."""

import json
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import requests

from source_tiktok_marketing.api.failures import Failure, Malformed, SystemFailure, TransientFailure, Truncated
from source_tiktok_marketing.api.return_codes import Action, failure_for, policy_for

logger = logging.getLogger("airbyte")

Json = dict[str, Any]

_LONGEST_RETRY_AFTER = 300.0
_HALF_A_PAIR = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TRUNCATED = "X-Tt-Ads-Throttle"
"""The header that alone tells of a report with more than 20,000 objects, of which only the newest are answered."""


@dataclass(frozen=True, slots=True)
class DecodedPage:
    """The rows of a page that a decoder of its own understood, and what `page_info` says of the list."""

    rows: Sequence[Any]
    total_page: int
    total_number: int | None


Decode = Callable[[bytes], DecodedPage | None]
"""Decodes the body of an accepted page quickly; None: the page holds something that it doesn't understand."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted reply: `data` of the envelope, or the page that the caller's own decoder made of it."""

    data: Json
    request_id: str
    page: DecodedPage | None = None

    def rows(self, records_at: str) -> Sequence[Any]:
        """Return the list of objects at `records_at`. Raises `Malformed` if there is none, though there should be."""
        if self.page is not None:
            return self.page.rows
        rows = self.data.get(records_at)
        if rows is None and self._is_empty_list:
            rows = []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Malformed(
                f"TikTok's reply holds no list of objects at data.{records_at} [request_id {self.request_id}].",
                request_id=self.request_id,
            )
        return rows

    def totals(self, page: int, *, is_full: bool) -> tuple[int, int | None]:
        """Return `total_page` and `total_number`, as told by page number `page`.

        Without a `page_info` there is one more page as long as pages are full. Raises `Malformed` for an unknown shape.
        """
        if self.page is not None:
            return self.page.total_page, self.page.total_number
        info = self.data.get("page_info")
        if info is None and page == 1 and self._is_without_rows:
            raise Malformed(f"TikTok's reply holds neither rows nor page_info [request_id {self.request_id}].")
        if info is None:
            return (page + 1 if is_full else page), None
        try:
            total_number = info.get("total_number")
            return int(info["total_page"]), None if total_number is None else int(total_number)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Malformed(
                f"TikTok's page_info is not understood: {info!r:.200} [request_id {self.request_id}]."
            ) from None

    @property
    def _is_without_rows(self) -> bool:
        return not any(isinstance(value, list) and value for value in self.data.values())

    @property
    def _is_empty_list(self) -> bool:
        """Whether TikTok says that there are no rows."""
        info = self.data.get("page_info")
        return isinstance(info, dict) and info.get("total_number") == 0


@dataclass(frozen=True, slots=True)
class Judge:
    """Tells accepted replies from refusals; `hide` takes secrets out of texts, which TikTok's messages may repeat."""

    host: str
    hide: Callable[[str], str]
    now: Callable[[], datetime]

    def accepted(self, path: str, response: requests.Response, body: bytes, decode: Decode | None) -> Reply:
        """Return the accepted reply. Raises the `Failure` that it stands for otherwise.

        The body goes before the HTTP status: TikTok refuses with 200.
        """
        body = body.removeprefix(_BYTE_ORDER_MARK)
        if decode is not None and response.ok and (page := decode(body)) is not None:
            reply = Reply({}, "", page)
        else:
            reply = self._reply(path, response, body)
        if throttled := response.headers.get(_TRUNCATED):
            raise Truncated(f"TikTok cut its answer to {path} short: {throttled!r} [request_id {reply.request_id}].")
        return reply

    def _reply(self, path: str, response: requests.Response, body: bytes) -> Reply:
        try:
            envelope = _parsed(body)
            code, message = int(envelope["code"]), self.hide(str(envelope.get("message", "")))
            request_id, data = self.hide(str(envelope.get("request_id", ""))), envelope.get("data")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._unreadable(path, response, body) from None
        if policy_for(code, message).action is not Action.ACCEPT:
            raise failure_for(code, message, request_id, path)
        if not isinstance(data, dict):
            raise TransientFailure(f"TikTok's answer to {path} holds no data [request_id {request_id}].")
        if code != 0:
            logger.warning("TikTok's answer to %s is a part (%d): %s [request_id %s]", path, code, message, request_id)
        return Reply(data, request_id)

    def _unreadable(self, path: str, response: requests.Response, body: bytes) -> Failure:
        status = response.status_code
        if response.ok and (value := _odd_number(body)):
            return SystemFailure(f"TikTok's answer to {path} is no valid JSON: it holds {value}. Report it.")
        if 300 <= status < 400:  # noqa: PLR2004  redirects
            return SystemFailure(
                f"{self.host} redirects {path} elsewhere (HTTP {status}). The connector follows no redirects, because "
                "they would carry the token away. Check the proxy."
            )
        if status in (404, 405):
            return SystemFailure(f"TikTok knows no endpoint {path} (HTTP {status}). Report it.")
        return TransientFailure(
            f"TikTok's answer to {path} is not readable (HTTP {status}).",
            retry_after=self._retry_after(response.headers.get("Retry-After", "")),
        )

    def _retry_after(self, header: str) -> float:
        """Return the seconds that a Retry-After header asks for, in either of its forms, within reason; 0: none."""
        try:
            seconds = float(header)
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(header) - self.now()).total_seconds()
            except (ValueError, TypeError):
                return 0.0
        return min(seconds, _LONGEST_RETRY_AFTER) if seconds > 0 else 0.0  # NaN is a float, too


def _parsed(body: bytes) -> Any:
    """Return the JSON of a body; half a surrogate pair, which is no character, becomes the replacement character."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        mended, halves = _HALF_A_PAIR.subn(rb"\\ufffd", body)
        if not halves:
            raise
        logger.warning("TikTok's answer holds %d halves of characters, which are replaced.", halves)
        return orjson.loads(mended)


def _odd_number(body: bytes) -> str:
    """Return the number that alone keeps a body from being JSON, such as NaN; empty if something else does, too."""
    found: list[str] = []
    try:
        json.loads(body, parse_constant=found.append)
    except ValueError:
        return ""
    return found[0] if found else ""
