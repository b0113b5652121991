"""What an older connector never read is read after the migration, though it didn't change since."""

import pytest

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.expected.entities import ENTITIES
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json

LATER = "2026-11-01 00:00:00Z"
TYPES = ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")


def world() -> World:
    """An account whose objects of every buying type didn't change for months."""
    advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
    held = World([advertiser])
    for kind in TYPES:
        campaign = a_campaign(advertiser, buying_type=kind, created="2026-02-01T00:00:00Z")
        group = an_ad_group(campaign, created="2026-02-01T00:00:00Z")
        held.add(campaign, group, an_ad(group, created="2026-02-01T00:00:00Z"))
    return held


def per_partition(advertiser: str) -> Json:
    partition = {"advertiser_id": advertiser, "parent_slice": {}}
    return {"use_global_cursor": False, "states": [{"partition": partition, "cursor": {"modify_time": LATER}}]}


STATES = {
    "single": lambda _: {"modify_time": LATER},
    "global": lambda _: {"use_global_cursor": True, "state": {"modify_time": LATER}, "lookback_window": 0},
    "per-advertiser": per_partition,
}


@pytest.mark.parametrize("form", STATES)
@pytest.mark.parametrize(("name", "key"), [("campaigns", "campaign_id"), ("ad_groups", "adgroup_id"), ("ads", "ad_id")])
def test_reservation_objects_that_the_old_connector_never_read_come_out(
    connect: Connect, form: str, name: str, key: str
) -> None:
    held = world()
    with Emulator(held, now=NOW) as tiktok:
        stream_state = STATES[form](held.advertisers[0].id)
        descriptor = {"stream_descriptor": {"name": name}, "stream_state": stream_state}
        connection = connect(tiktok)
        first = connection.read(name, state=[{"type": "STREAM", "stream": descriptor}])
        again = connection.read(name, state=first.last_states)

        kind = ENTITIES[name]
        reserved = {int(row[key]) for row in tiktok.entities(kind, held.advertisers[0].id, buying_types=TYPES[1:])}

        assert len(reserved) == 2
        assert {record[key] for record in first.records(name)} >= reserved
        assert again.state(name) == first.state(name)
