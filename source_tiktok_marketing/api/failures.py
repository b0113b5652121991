"""Failures, named after what is to be done about them.

Failure                  ends what it concerns, with a message for the person who can act
├── ConfigFailure        the user must change the configuration or the authorisation
│   ├── AuthorisationFailure the token or the app is refused, whatever is asked
│   ├── NeededRefused        what is needed to read a stream is refused
│   └── PartlyRead           an account or an endpoint was refused half-way
├── TransientFailure     TikTok or the network was unavailable
│   ├── RateLimited          it was, because too much was asked
│   ├── Malformed            its answer was no answer
│   └── TimedOut             it was, for this very request: ask for less, TikTok punishes a repetition
├── SystemFailure        the connector or TikTok's contract must change
├── AdvertiserUnavailable   this advertiser can't be read; others can
├── EndpointUnavailable     this endpoint isn't granted or offered; others are
├── MetricsRefused          TikTok refuses these metrics for this account
└── TooLarge                the same question, asked in smaller parts, can be answered
    └── Truncated            it was answered about the newest objects only, of however few days
"""

from enum import Enum


class FailureType(Enum):
    """Whose move it is, in the words of the Airbyte protocol."""

    CONFIG = "config_error"
    TRANSIENT = "transient_error"
    SYSTEM = "system_error"


class Failure(Exception):  # noqa: N818  a failure is what the protocol calls it
    """What happened, TikTok's own words, and what to do, in one message that holds no secret."""

    failure_type = FailureType.SYSTEM

    def __init__(self, message: str, *, code: int | None = None, request_id: str = "") -> None:
        # What a command line holds may be no Unicode, which no message of the protocol could repeat.
        self.message = message.encode(errors="replace").decode()
        super().__init__(self.message)
        self.code = code
        self.request_id = request_id


class ConfigFailure(Failure):
    """The user must change the configuration or authorise again."""

    failure_type = FailureType.CONFIG


class AuthorisationFailure(ConfigFailure):
    """TikTok refuses the token or the app itself, so every further request would fail, too."""


class NeededRefused(ConfigFailure):
    """TikTok refuses something that a stream can't be read without, such as the list of what it is divided by."""


class PartlyRead(ConfigFailure):
    """TikTok refused an account or an endpoint when some of its records had been read."""


class TransientFailure(Failure):
    """Nothing is wrong but the moment: the next sync will do."""

    failure_type = FailureType.TRANSIENT

    def __init__(self, message: str, *, code: int | None = None, request_id: str = "", retry_after: float = 0) -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.retry_after = retry_after
        """Seconds the server asked us to wait, or 0."""


class MetricsMissing(TransientFailure):
    """Rows were handed out without a metric that TikTok has answered before."""


class RateLimited(TransientFailure):
    """TikTok refuses because of a rate limit, of the app or of one advertiser."""

    def __init__(self, message: str, *, code: int, request_id: str, of_advertiser: bool) -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.of_advertiser = of_advertiser


class TimedOut(TransientFailure):
    """TikTok took too long. It punishes the same request sent again, so the caller asks for less."""


class Malformed(TransientFailure):
    """TikTok accepted the request, but its answer isn't what it documents."""


class SystemFailure(Failure):
    """Neither waiting nor the user can mend it."""


class AdvertiserUnavailable(Failure):
    """TikTok withdrew or deleted this advertiser: nothing of it can be read."""

    failure_type = FailureType.CONFIG


class EndpointUnavailable(Failure):
    """The app, or TikTok for this advertiser, doesn't offer this endpoint."""

    failure_type = FailureType.CONFIG


class TooLarge(Failure):
    """The request asks for more than TikTok answers at once."""

    failure_type = FailureType.TRANSIENT


class Truncated(TooLarge):
    """TikTok's answer holds the newest objects of an account and leaves out the others; fewer days don't help."""


class MetricsRefused(Failure):
    """TikTok doesn't accept the named metrics for this account."""

    failure_type = FailureType.SYSTEM

    def __init__(self, message: str, *, metrics: tuple[str, ...], code: int, request_id: str) -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.metrics = metrics
