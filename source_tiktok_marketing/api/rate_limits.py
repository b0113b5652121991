"""The rate limits that TikTok grants: by the tier of the developer app, and less on a few endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
    """Requests in any second and in any minute."""

    per_second: float
    per_minute: float

    def share(self, fraction: float) -> "RateLimit":
        """Return the `fraction` of the limit, above 0 and at most 1, that one of several programs may use."""
        return RateLimit(per_second=self.per_second * fraction, per_minute=self.per_minute * fraction)


TIERS: Mapping[str, RateLimit] = {
    "basic": RateLimit(per_second=10, per_minute=600),
    "advanced": RateLimit(per_second=20, per_minute=1200),
    "premium": RateLimit(per_second=30, per_minute=1800),
    "ultimate": RateLimit(per_second=50, per_minute=3000),
}
SANDBOX = RateLimit(per_second=1, per_minute=30)

_OWN_LIMITS: Mapping[str, Mapping[str, RateLimit]] = {
    "report/task/create/": dict.fromkeys(TIERS, RateLimit(per_second=2, per_minute=60)),
    "gmv_max/report/get/": {
        "basic": RateLimit(per_second=8, per_minute=240),
        "advanced": RateLimit(per_second=12, per_minute=360),
        "premium": RateLimit(per_second=20, per_minute=600),
        "ultimate": RateLimit(per_second=20, per_minute=600),
    },
}


def endpoint_limits(tier: str, fraction: float = 1.0) -> dict[str, RateLimit]:
    """Return the endpoints that TikTok limits more than the app, with the `fraction` of their limits."""
    return {path: limits[tier].share(fraction) for path, limits in _OWN_LIMITS.items()}
