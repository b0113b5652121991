"""The figures of GMV Max reports: how each is made of counters, and the days that TikTok has them for."""

from collections.abc import Callable
from datetime import date

from integration_tests.emulator.world.counters import INDEX, ZERO, Counters

# The first days that have any figures: the net cost, and all the others.
NET_COST_BEGINS, OTHERS_BEGIN = date(2023, 9, 1), date(2024, 9, 27)
# Shops that sell in a live stream; each as much as the one that is asked about.
SHOPS_OF_A_STREAM = 2


def known_of(counters: Counters, day: date, *, has_net_cost: bool) -> Counters | None:
    """Return what is known of a day, with the net cost in place of the results; None before TikTok's data begins."""
    if day < (NET_COST_BEGINS if has_net_cost else OTHERS_BEGIN):
        return None
    rest = counters if day >= OTHERS_BEGIN else ZERO
    return (*rest[:-1], counters[INDEX["spend"]])


def _counted(counter: str, factor: int = 1) -> Callable[[Counters], str]:
    return lambda row: str(row[INDEX[counter]] * factor)


def _money(counter: str, factor: int = 1) -> Callable[[Counters], str]:
    return lambda row: f"{row[INDEX[counter]] * factor / 100:.2f}"


def _quotient(above: str, below: str, factor: float = 1.0) -> Callable[[Counters], str]:
    def value(row: Counters) -> str:
        divisor = row[INDEX[below]]
        return f"{row[INDEX[above]] * factor / divisor:.2f}" if divisor else "0.00"

    return value


FIGURES: dict[str, Callable[[Counters], str]] = {
    "cost": _money("spend"),
    "net_cost": _money("results"),
    "orders": _counted("purchases"),
    "gross_revenue": _money("value"),
    "cost_per_order": _quotient("spend", "purchases", 0.01),
    "roi": _quotient("value", "spend"),
    "product_impressions": _counted("impressions"),
    "product_clicks": _counted("clicks"),
    "product_click_rate": _quotient("clicks", "impressions", 100),
    "ad_click_rate": _quotient("clicks", "impressions", 100),
    "ad_conversion_rate": _quotient("purchases", "clicks", 100),
    "ad_video_view_rate_2s": _quotient("watched_2s", "impressions", 100),
    "ad_video_view_rate_6s": _quotient("watched_6s", "impressions", 100),
    "ad_video_view_rate_p25": _quotient("p25", "impressions", 100),
    "ad_video_view_rate_p50": _quotient("p50", "impressions", 100),
    "ad_video_view_rate_p75": _quotient("p75", "impressions", 100),
    "ad_video_view_rate_p100": _quotient("p100", "impressions", 100),
    "live_views": _counted("plays"),
    "cost_per_live_view": _quotient("spend", "plays", 0.01),
    "10_second_live_views": _counted("watched_6s"),
    "cost_per_10_second_live_view": _quotient("spend", "watched_6s", 0.01),
    "live_follows": _counted("follows"),
    "all_shops_orders": _counted("purchases", SHOPS_OF_A_STREAM),
    "all_shops_cost_per_order": _quotient("spend", "purchases", 0.01 / SHOPS_OF_A_STREAM),
    "all_shops_gross_revenue": _money("value", SHOPS_OF_A_STREAM),
    "all_shops_roi": _quotient("value", "spend", SHOPS_OF_A_STREAM),
}
