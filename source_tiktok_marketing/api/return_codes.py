"""POLICY: what each TikTok return code means for a sync.

TikTok answers nearly everything with HTTP 200 and a `code` in the body, so the body is judged first, then the HTTP
status, then the transport. Codes and meanings follow TikTok's "Return codes" page of the API v1.3.
"""

import re
from dataclasses import dataclass
from enum import Enum

from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    AuthorisationFailure,
    ConfigFailure,
    EndpointUnavailable,
    Failure,
    MetricsRefused,
    RateLimited,
    SystemFailure,
    TooLarge,
    TransientFailure,
)


class Action(Enum):
    """What the client does with a reply."""

    ACCEPT = "accept"
    RETRY = "retry"
    SLOW_APP = "slow the app down and retry"
    SLOW_ADVERTISER = "slow the advertiser down and retry"
    SPLIT = "ask for less"
    SKIP_ADVERTISER = "skip the advertiser"
    SKIP_ENDPOINT = "skip the stream for the advertiser"
    FAIL_CONFIG = "fail: configuration"
    FAIL_RUN = "fail at once: authorisation"
    FAIL_SYSTEM = "fail: system"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A row of the table: what the code means, what we do, and what the user may do."""

    code: int
    meaning: str
    action: Action
    advice: str


PARAMETER_ERROR = 40002
"""TikTok's code for a parameter that it doesn't take, which some callers can do without."""

_PARAMETER_CODES = frozenset({40000, PARAMETER_ERROR, 40006})
"""Codes that say that what is asked isn't taken, not that nothing can be asked."""

_AUTHORISE = "Authorise the connection again or paste a valid access token."
_APP = "Check that app_id and secret belong to the app that issued the access token."
_SANDBOX = "The sandbox does not serve this: use a production token or deselect the stream."
_WAITED = "The connector waits and repeats the request; if it persists, run the sync later."
_PACED = "The connector slows down and repeats the request; other syncs with the same developer app share its limit."
_REPORT = "This is a fault of the connector or a change at TikTok: report it with the request_id."
_GRANT = "Grant the permission to the developer app in TikTok for Business, or deselect the stream."
_ADVERTISER = "Grant the ad account to the developer app again, or remove it from the configuration."

POLICY: dict[int, Policy] = {
    code: Policy(code=code, meaning=meaning, action=action, advice=advice)
    for action, advice, codes in (
        (Action.ACCEPT, "", {0: "success", 20001: "partial success"}),
        (
            Action.FAIL_CONFIG,
            _APP,
            {40000: "invalid parameters, often a mismatch of app, token and advertiser"},
        ),
        (
            Action.FAIL_RUN,
            _APP,
            {
                40101: "app id, secret or authorisation code are invalid",
                40113: "the app is blocked, unknown or not the one that issued the token",
                40124: "the developer profile is incomplete",
            },
        ),
        (
            Action.FAIL_RUN,
            _AUTHORISE,
            {
                40102: "the access token has expired",
                40103: "the refresh token has expired",
                40104: "the access token is empty",
                40105: "the access token is incorrect or has been revoked",
                40106: "the user behind the token is invalid",
                40107: "the refresh token is invalid",
                40108: "the grant type is invalid",
                40109: "the credentials can't be deciphered",
                40110: "the authorisation code is cancelled, used or expired",
                40112: "the password is wrong",
                40115: "the authentication has expired",
                40116: "the authentication signature is invalid",
            },
        ),
        (Action.FAIL_RUN, "Run the connector from a permitted country.", {41000: "the caller's address is blocked"}),
        (
            Action.SKIP_ADVERTISER,
            _ADVERTISER,
            {
                40001: "no permission for the advertiser or the object",
                40119: "developer and advertiser belong to different companies",
                40300: "the advertiser does not exist or was deleted",
                40301: "the advertiser can't be matched",
                40013: "the sandbox account does not exist",
            },
        ),
        (
            Action.SKIP_ENDPOINT,
            _GRANT,
            {
                40007: "the object does not exist",
                40118: "app or advertiser are not on the allow-list of the feature",
                40125: "the developer lacks the permission",
            },
        ),
        (
            Action.SKIP_ENDPOINT,
            _SANDBOX,
            {
                40008: "the endpoint is not implemented or not served by the sandbox",
                40009: "the sandbox does not support the parameter or method",
                40014: "the sandbox does not support the function",
            },
        ),
        (Action.SLOW_APP, _PACED, {40016: "app limit of the endpoint reached", 40100: "app limit reached"}),
        (
            Action.SLOW_ADVERTISER,
            _PACED,
            {40132: "limit on a field value reached", 40133: "limit of the advertiser reached"},
        ),
        (Action.SPLIT, "The connector asks in smaller parts.", {40067: "the query is too large"}),
        (
            Action.RETRY,
            _WAITED,
            {
                40050: "duplicate request rejected",
                40200: "asynchronous task error",
                40201: "asynchronous task not ready",
                40202: "conflict on the entity",
                40700: "internal validation error",
                50000: "system error",
                50002: "error while TikTok processed the request",
                60001: "TikTok is under maintenance",
            },
        ),
        (
            Action.FAIL_SYSTEM,
            _REPORT,
            {
                PARAMETER_ERROR: "a parameter is wrong",
                40006: "the API version does not support the parameters",
                40010: "the API version does not support the domain",
                40011: "too many ids in one request",
                40051: "the API version is invalid",
                40053: "the video id is invalid",
                40117: "the method is not allowed",
                41001: "the endpoint is offline",
                41002: "the fields are not in use any more",
            },
        ),
    )
    for code, meaning in codes.items()
}

_RETRIED_FAMILY = Policy(code=50000, meaning="service error or time-out at TikTok", action=Action.RETRY, advice=_WAITED)
"""TikTok keeps adding codes of 50000-59999; all seen so far passed after a while."""

_INVALID_METRICS = re.compile(r"invalid metric fields?:\s*\[(.*?)\]", re.IGNORECASE)
_ENDPOINT_NOT_GRANTED = re.compile(
    r"does not grant|not granted|:GET\b|scope|endpoint|permission to operate on the pixel|allow.?list", re.IGNORECASE
)
_OF_ADVERTISER = re.compile(r"advertiser|account", re.IGNORECASE)


def policy_for(code: int, message: str = "") -> Policy:
    """The row for `code`. Unknown codes fail and name themselves.

    40001 has two meanings that only its message tells apart: advertiser withdrawn, or endpoint or objects not granted.
    """
    of_endpoint = _ENDPOINT_NOT_GRANTED.search(message) or not _OF_ADVERTISER.search(message)
    if code == 40001 and of_endpoint:  # noqa: PLR2004  TikTok's number is its name
        return Policy(code=code, meaning="the endpoint is not granted", action=Action.SKIP_ENDPOINT, advice=_GRANT)
    if row := POLICY.get(code):
        return row
    if 50000 <= code < 60000:  # noqa: PLR2004  as above
        return _RETRIED_FAMILY
    return Policy(code=code, meaning="unknown return code", action=Action.FAIL_SYSTEM, advice=_REPORT)


def may_be_about_a_part(failure: Failure) -> bool:
    """Whether TikTok may have refused only a part of what was asked, so that it is worth asking for less.

    A permission that is missing may be that for a feature, such as reservations, which a filter named.
    """
    return isinstance(failure, AdvertiserUnavailable | EndpointUnavailable) or failure.code in _PARAMETER_CODES


def refused_metrics(message: str) -> tuple[str, ...]:
    """The metric names that a 40002 message refuses, or none if it is about something else."""
    found = _INVALID_METRICS.search(message)
    return tuple(name.strip(" '\"") for name in found[1].split(",") if name.strip(" '\"")) if found else ()


def failure_for(code: int, message: str, request_id: str, path: str) -> Failure:
    """The exception that says what to do about a reply whose `code` isn't accepted, once retries are used up."""
    row = policy_for(code, message)
    told = f"code {code} ({row.meaning}): {message!r} [request_id {request_id}]"
    text = f"TikTok answered {path} with {told}. {row.advice}"
    if metrics := refused_metrics(message):
        return MetricsRefused(text, metrics=metrics, code=code, request_id=request_id)
    if row.action in (Action.SLOW_APP, Action.SLOW_ADVERTISER):
        of_advertiser = row.action is Action.SLOW_ADVERTISER
        return RateLimited(text, code=code, request_id=request_id, of_advertiser=of_advertiser)
    kinds: dict[Action, type[Failure]] = {
        Action.RETRY: TransientFailure,
        Action.SPLIT: TooLarge,
        Action.SKIP_ADVERTISER: AdvertiserUnavailable,
        Action.SKIP_ENDPOINT: EndpointUnavailable,
        Action.FAIL_CONFIG: ConfigFailure,
        Action.FAIL_RUN: AuthorisationFailure,
    }
    return kinds.get(row.action, SystemFailure)(text, code=code, request_id=request_id)
