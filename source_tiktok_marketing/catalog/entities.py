"""The list endpoints: a row each."""

from dataclasses import dataclass

ALL_STATUSES = "STATUS_ALL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """One of the readings that together return every object: TikTok hides some unless they are asked for alone."""

    filtering: tuple[tuple[str, object], ...] = ()
    page_size: int | None = None
    """Smaller than the endpoint's where TikTok caps it."""
    partitions: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    """What the sweep is called in the state, beside the advertiser; Airbyte keeps a cursor for each buying type."""
    only_resumed: bool = False
    """It adds something only to a reading narrowed by a cursor."""
    ignores_cursor: bool = False
    """It returns objects that the endpoint's time filter would hide."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """What one list endpoint is."""

    name: str
    path: str
    primary_key: tuple[str, ...]
    records_at: str = "list"
    page_size: int | None = 1000
    """None: the endpoint has no pages."""
    cursor_field: str | None = None
    modified_after: bool = False
    """Whether the endpoint takes the filter `modified_after` (exclusive)."""
    hides_deleted: bool = False
    """Whether it needs a filter to return deleted objects."""
    sweeps: tuple[Sweep, ...] = (Sweep(),)
    in_sandbox: bool = True


def _buying_type(name: str) -> tuple[tuple[str, str], ...]:
    return (("buying_type", name),)


_TOP_VIEW = "RESERVATION_TOP_VIEW"
_TOP_VIEW_FILTER = (("buying_types", (_TOP_VIEW,)),)
_DEFAULT_FILTER = (("buying_types", ("AUCTION", "RESERVATION_RF")),)

_TOP_VIEW_SWEEP = Sweep(filtering=_TOP_VIEW_FILTER, page_size=100, partitions=(_buying_type(_TOP_VIEW),))
_DEFAULT_SWEEP = Sweep(filtering=_DEFAULT_FILTER)

DIRECTORY = (
    Entity(
        name="advertiser_ids",
        path="oauth2/advertiser/get/",
        primary_key=("advertiser_id",),
        page_size=None,
        in_sandbox=False,
    ),
    Entity(name="advertisers", path="advertiser/info/", primary_key=("advertiser_id",), page_size=None),
)
"""What is looked up at the start of a run anyway."""

ENTITIES = (
    Entity(
        name="campaigns",
        path="campaign/get/",
        primary_key=("campaign_id",),
        cursor_field="modify_time",
        hides_deleted=True,
        sweeps=(
            Sweep(filtering=_DEFAULT_FILTER, partitions=(_buying_type("AUCTION"), _buying_type("RESERVATION_RF"))),
            Sweep(filtering=_TOP_VIEW_FILTER, partitions=(_buying_type(_TOP_VIEW),)),
        ),
    ),
    Entity(
        name="ad_groups",
        path="adgroup/get/",
        primary_key=("adgroup_id",),
        cursor_field="modify_time",
        hides_deleted=True,
        sweeps=(_DEFAULT_SWEEP, _TOP_VIEW_SWEEP),
    ),
    Entity(
        name="ads",
        path="ad/get/",
        primary_key=("ad_id",),
        cursor_field="modify_time",
        modified_after=True,
        hides_deleted=True,
        sweeps=(
            _DEFAULT_SWEEP,
            _TOP_VIEW_SWEEP,
            # Smart+ ads may have no modify_time, so a reading narrowed by it can't be trusted to return them.
            *(
                Sweep(filtering=(("campaign_automation_type", kind),), only_resumed=True, ignores_cursor=True)
                for kind in ("SMART_PLUS", "UPGRADED_SMART_PLUS")
            ),
        ),
    ),
)
