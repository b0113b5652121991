"""Everything the benchmark takes from the emulator of the tests."""

from integration_tests.emulator import (
    Emulator,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    an_item,
    uniform_world,
)
from integration_tests.emulator.__main__ import serve
from integration_tests.emulator.api.errors import RATE_LIMITED, SUCCESS
from integration_tests.emulator.http.rate_limit import TIERS
from integration_tests.emulator.http.server import ACCESS_TOKEN, APP_ID, SECRET

__all__ = [
    "ACCESS_TOKEN",
    "APP_ID",
    "RATE_LIMITED",
    "SECRET",
    "SUCCESS",
    "TIERS",
    "Emulator",
    "World",
    "a_campaign",
    "an_ad",
    "an_ad_group",
    "an_advertiser",
    "an_item",
    "serve",
    "uniform_world",
]
