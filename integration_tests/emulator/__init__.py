"""A strict emulator of the TikTok Marketing API that tests and people can run on loopback."""

from integration_tests.emulator.http.faults import Fault
from integration_tests.emulator.http.request_log import LoggedRequest, RequestLog
from integration_tests.emulator.http.server import Emulator
from integration_tests.emulator.reports.query import Query
from integration_tests.emulator.world.builders import a_campaign, a_smart_plus_ad, an_ad, an_ad_group, an_advertiser
from integration_tests.emulator.world.clock import Clock
from integration_tests.emulator.world.entities import Ad, AdGroup, Advertiser, Campaign, Item
from integration_tests.emulator.world.items import an_item
from integration_tests.emulator.world.seeding import seeded_world, uniform_world, young_world
from integration_tests.emulator.world.world import World

__all__ = [
    "Ad",
    "AdGroup",
    "Advertiser",
    "Campaign",
    "Clock",
    "Emulator",
    "Fault",
    "Item",
    "LoggedRequest",
    "Query",
    "RequestLog",
    "World",
    "a_campaign",
    "a_smart_plus_ad",
    "an_ad",
    "an_ad_group",
    "an_advertiser",
    "an_item",
    "seeded_world",
    "uniform_world",
    "young_world",
]
