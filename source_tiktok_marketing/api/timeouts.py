"""How long the connector waits for TikTok before it gives up."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """The time-outs of one request and of its repetitions, in seconds."""

    connect_seconds: float = 10.0
    read_seconds: float = 120.0
    """Without a byte from TikTok."""
    body_seconds: float = 600.0
    """For the whole of a reply that arrives, however slowly."""
    tries: int = 10
    """How often a failing request is sent; the waits between add up to about four minutes."""
    limited_seconds: float = 1800.0
    """For refusals because of a rate limit, one after another."""
    total_seconds: float = inf
    """For all requests and waits of a command together; after that nothing is waited for."""


TIMEOUTS = Timeouts()
CHECK_TIMEOUTS = Timeouts(read_seconds=15.0, body_seconds=15.0, total_seconds=40.0)
"""People and platforms wait about half a minute for a check."""
