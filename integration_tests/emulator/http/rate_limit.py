"""The app-level limits: requests per second and per minute on each endpoint."""

from collections import defaultdict, deque

from integration_tests.emulator.api.errors import RATE_LIMITED, ApiError

# Tier: requests per second, requests per minute.
TIERS = {"basic": (10, 600), "advanced": (20, 1200), "premium": (30, 1800), "ultimate": (50, 3000), "sandbox": (1, 30)}
# Endpoints with limits of their own.
_TASKS = (2, 60)
EXCEPTIONS = {
    "report/task/create/": dict.fromkeys(TIERS, _TASKS),
    "gmv_max/report/get/": {"basic": (8, 240), "advanced": (12, 360), "premium": (20, 600), "ultimate": (20, 600)},
}
_MINUTE = 60.0


class RateLimit:
    """Sliding windows per path; a refused request does not count."""

    def __init__(self, tier: str | None) -> None:
        self._tier = tier
        self._arrivals: dict[str, deque[float]] = defaultdict(deque)

    def admit(self, path: str, at: float) -> None:
        """Count a request that arrived at monotonic second `at`, or refuse it."""
        if self._tier is None:
            return
        arrivals = self._arrivals[path]
        while arrivals and arrivals[0] <= at - _MINUTE:
            arrivals.popleft()
        per_second, per_minute = EXCEPTIONS.get(path, {}).get(self._tier, TIERS[self._tier])
        if len(arrivals) >= per_minute:
            raise ApiError(RATE_LIMITED, "Too many requests. Please retry in some time.")
        if len(arrivals) >= per_second and arrivals[-per_second] > at - 1.0:
            raise ApiError(RATE_LIMITED, "App reaches the QPS limit.")
        arrivals.append(at)
