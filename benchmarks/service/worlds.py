"""The accounts that the emulator serves in the benchmark."""

from datetime import datetime, timedelta

from benchmarks.service.emulator import World, a_campaign, an_ad, an_ad_group, an_advertiser, an_item, uniform_world

CREATED = "2024-01-01T00:00:00Z"
"""When the accounts of a uniform world were created, unless its name says otherwise."""
YOUNGEST_DAYS = 10
STEP_DAYS = 50
"""Each account of a various world is so much older than the one before."""
_DELIVERY = timedelta(days=5)
_ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Etc/UTC")
_LISTS = (
    "file/image/ad/search/",
    "file/video/ad/search/",
    "file/music/get/",
    "creative/portfolio/list/",
    "dmp/custom_audience/list/",
    "tt_video/list/",
    "pixel/list/",
)
_ITEMS = 2


def world_of(name: str, now: datetime) -> World:
    """Return the world called `uniform:ADVERTISERSxADS`, `uniform:ADVERTISERSxADS:CREATED` or `various:ADVERTISERS`."""
    kind, size, *created = name.split(":", 2)
    if kind == "uniform":
        advertisers, ads = map(int, size.split("x"))
        return uniform_world(advertisers, ads, *(created or [CREATED]))
    return _various(int(size), now)


def _various(advertisers: int, now: datetime) -> World:
    """Return accounts of different age and zone: an ad of the account's first days, one that runs now, some assets."""
    world = World()
    for place in range(advertisers):
        created = now - timedelta(days=YOUNGEST_DAYS + place * STEP_DAYS)
        advertiser = an_advertiser(name=f"Account {place}", timezone=_ZONES[place % len(_ZONES)], created=created)
        campaign = a_campaign(advertiser)
        ad_group = an_ad_group(campaign)
        world.add(advertiser, campaign, ad_group, an_ad(ad_group, stops=created + _DELIVERY))
        world.add(an_ad(ad_group, created=now - _DELIVERY))
        for path in _LISTS:
            world.add(*(an_item(path, advertiser, turn=turn) for turn in range(_ITEMS)))
    return world
