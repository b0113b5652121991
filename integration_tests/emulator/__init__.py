"""A strict emulator of the TikTok Marketing API that tests and people can run on loopback."""

from integration_tests.emulator.builders import a_campaign, a_smart_plus_ad, an_ad, an_ad_group, an_advertiser
from integration_tests.emulator.clock import Clock
from integration_tests.emulator.faults import Fault
from integration_tests.emulator.items import an_item
from integration_tests.emulator.report_query import Query
from integration_tests.emulator.request_log import LoggedRequest, RequestLog
from integration_tests.emulator.server import Emulator
from integration_tests.emulator.world import Ad, AdGroup, Advertiser, Campaign, Item, World

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
]
