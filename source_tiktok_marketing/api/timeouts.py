"""How long the connector waits for TikTok before it gives up."""

from dataclasses import dataclass


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


TIMEOUTS = Timeouts()
