"""What pixels counted, and which events TikTok Instant Pages offer."""

from datetime import date, timedelta
from typing import Any

from integration_tests.emulator.api.backend import Backend, Row
from integration_tests.emulator.api.errors import BAD_PARAMETER, NO_PERMISSION, ApiError, refuse
from integration_tests.emulator.api.params import day
from integration_tests.emulator.lists.listing import Source
from integration_tests.emulator.world.draws import scramble
from integration_tests.emulator.world.entities import Advertiser, Item

MOST_DAYS = 30
# Objective -> the goals an Instant Page can be optimised for under it.
GOALS = {
    "APP_PROMOTION": ("CLICK", "INSTALL", "IN_APP_EVENT", "VALUE"),
    "WEB_CONVERSIONS": ("CLICK", "CONVERT", "VALUE", "TRAFFIC_LANDING_PAGE_VIEW"),
    "CONVERSIONS": ("CLICK", "CONVERT", "VALUE"),
    "TRAFFIC": ("CLICK", "TRAFFIC_LANDING_PAGE_VIEW", "DESTINATION_VISIT"),
    "LEAD_GENERATION": ("CLICK", "LEAD_GENERATION", "CONVERSATION", "CONVERSION_LEADS", "PREFERRED_LEAD"),
    "REACH": ("REACH", "SHOW"),
    "VIDEO_VIEWS": ("VIDEO_VIEW", "ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN"),
}
# Goal -> the events that count for it, by the kind of page.
EVENTS = {
    "LEAD_GEN": {"LEAD_GENERATION": ("FORM", "FORM_DETAIL"), "PREFERRED_LEAD": ("FORM",), "CONVERT": ("FORM",)},
    "TIKTOK_INSTANT_PAGE": {
        "CLICK": ("BUTTON",),
        "CONVERT": ("BUTTON", "ON_WEB_DETAIL"),
        "TRAFFIC_LANDING_PAGE_VIEW": ("ON_WEB_DETAIL",),
        "VALUE": ("SHOPPING",),
    },
}


def instant_page_events(_backend: Backend, _advertiser: Advertiser, typed: dict[str, Any]) -> list[Row]:
    """Return the events by kind of page; most pairs of objective and goal do not exist."""
    objective, goal = typed["objective_type"], typed["optimization_goal"]
    if goal not in GOALS.get(objective, ()):
        message = f"One or more value of the param is not acceptable: optimization_goal {goal} under {objective}."
        raise ApiError(BAD_PARAMETER, message)
    return [
        {
            "business_type": kind,
            "instant_page_events": {
                "objective_types": [
                    {
                        "objective_type": objective,
                        "optimization_goals": [
                            {"optimization_goal": goal, "optimization_events": list(events[goal])},
                        ],
                    }
                ]
            },
        }
        for kind, events in EVENTS.items()
        if goal in events
    ]


def event_statistics(backend: Backend, advertiser: Advertiser, typed: dict[str, Any]) -> list[Row]:
    """Return the counts of each pixel's events over a range of UTC days, up to today."""
    wish = typed["date_range"]
    start, end = day("start_date", wish["start_date"]), day("end_date", wish["end_date"])
    if end < start:
        raise refuse("end_date must not be before start_date.")
    if (end - start).days >= MOST_DAYS:
        raise refuse(f"date_range: max time span must be less than {MOST_DAYS} days")
    now = backend.clock.now()
    own = {
        item.id: item
        for item in backend.world.items
        if item.path == "pixel/list/" and item.owner == advertiser.id and item.created <= now
    }
    if not set(typed["pixel_ids"]) <= set(own):
        raise ApiError(NO_PERMISSION, "Adv has no permission to operate on the Pixel")
    last = min(end, now.date())
    return [_statistics(own[pixel_id], start, last) for pixel_id in dict.fromkeys(typed["pixel_ids"])]


def _statistics(pixel: Item, start: date, last: date) -> Row:
    first = max(start, pixel.created.date())
    days = [first + timedelta(days=back) for back in range((last - first).days + 1)]
    return {
        "pixel_id": pixel.id,
        "statistics": [
            _counts(event, [scramble(int(event["event_id"]) + each.toordinal()) for each in days])
            for event in (pixel.row["events"] if days else ())
        ],
    }


def _counts(event: Row, draws: list[int]) -> Row:
    server = sum((draw >> 7) % 30 for draw in draws)
    browser = sum((draw >> 12) % 90 for draw in draws)
    return {
        "pixel_event_type": event["event_type"],
        "custom_event_type": event["custom_event_type"],
        "attributed_count": sum((draw >> 17) % 5 for draw in draws),
        "preview_count": 0,
        "total_count": browser + server,
        "browser_event_total_count": browser,
        "server_event_total_count": server,
    }


SOURCES: dict[str, Source] = {
    "pixel/event/stats/": event_statistics,
    "pixel/instant_page/event/": instant_page_events,
}
