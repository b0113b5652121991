"""The list endpoints about pixels: a row each."""

from source_tiktok_marketing.catalog.entity import Entity, Grid, Parent

_OBJECTIVE_TYPES = (
    "APP_PROMOTION",
    "WEB_CONVERSIONS",
    "REACH",
    "TRAFFIC",
    "VIDEO_VIEWS",
    "PRODUCT_SALES",
    "ENGAGEMENT",
    "LEAD_GENERATION",
    "RF_REACH",
    "TOPVIEW_REACH",
)
_OPTIMIZATION_GOALS = (
    "CLICK",
    "CONVERT",
    "INSTALL",
    "IN_APP_EVENT",
    "SHOW",
    "REACH",
    "LEAD_GENERATION",
    "CONVERSATION",
    "FOLLOWERS",
    "PAGE_VISIT",
    "PAGE_VISITS",
    "VALUE",
    "AUTOMATIC_VALUE_OPTIMIZATION",
    "GMV",
    "PURCHASES",
    "INITIATE_CHECKOUTS",
    "MT_LIVE_ROOM",
    "PRODUCT_CLICK_IN_LIVE",
    "ENGAGED_VIEW",
    "ENGAGED_VIEW_FIFTEEN",
    "TRAFFIC_LANDING_PAGE_VIEW",
    "DESTINATION_VISIT",
    "PREFERRED_LEAD",
)

PIXELS = (
    Entity(
        name="pixels",
        path="pixel/list/",
        primary_key=("pixel_id",),
        records_at="pixels",
        page_size=20,
        optional=True,
        in_sandbox=False,
    ),
    Entity(
        name="pixel_instant_page_events",
        path="pixel/instant_page/event/",
        page_size=None,
        grid=Grid(
            outer="objective_type",
            outer_values=_OBJECTIVE_TYPES,
            inner="optimization_goal",
            inner_values=_OPTIMIZATION_GOALS,
            covered_at=("instant_page_events", "objective_types", "optimization_goals"),
            refusal="is not acceptable",
        ),
        optional=True,
        in_sandbox=False,
    ),
    Entity(
        name="pixel_events_statistics",
        path="pixel/event/stats/",
        page_size=None,
        last_days=30,
        parent=Parent(stream="pixels", field="pixel_id", parameter="pixel_ids", at_once=10),
        optional=True,
        in_sandbox=False,
    ),
)
