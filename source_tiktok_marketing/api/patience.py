"""How long the connector waits for TikTok before it gives up."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long what is waited for."""

    connect_seconds: float = 10.0
    read_seconds: float = 120.0
    """Without a byte from TikTok."""
    body_seconds: float = 600.0
    """For the whole of a reply that arrives, however slowly."""
    tries: int = 10
    """How often a failing request is sent; the waits between add up to about four minutes."""
    limited_seconds: float = 1800.0
    """That refusals for a rate limit are waited out, one after another, before the sync gives up."""


PATIENCE = Patience()
