"""An account with more objects than a report holds, and an app that may create tasks."""

from collections.abc import Iterator

import pytest

from integration_tests.async_reports.cases import MOST
from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.accounts import NOW


@pytest.fixture
def world() -> World:
    """Campaigns of every buying type, with ads that deliver each hour; some were deleted after they had delivered."""
    world = World([advertiser := an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")])
    for buying_type in ("AUCTION", "AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"):
        campaign = a_campaign(advertiser, buying_type=buying_type, name=f'{buying_type}, "new"\n\N{CHERRY BLOSSOM}')
        world.add(campaign)
        for deleted in (None, "2026-11-03T10:00:00Z"):
            ad_group = an_ad_group(campaign, deleted=deleted)
            world.add(ad_group)
            for name in ("-", "Video, again"):
                world.add(an_ad(ad_group, name=name, share=100, volume=90_000, every_hour=True, deleted=deleted))
    return world


@pytest.fixture
def tiktok(world: World) -> Iterator[Emulator]:
    """TikTok, which reports few objects at once."""
    with Emulator(world, now=NOW) as emulator:
        emulator.report_tasks.is_allowed = True
        emulator.report_limits.most_objects = MOST
        yield emulator
