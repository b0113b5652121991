"""What an older connector never read is read after the migration, though it didn't change since."""

import re
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.expected.entities import ENTITIES
from integration_tests.harness.accounts import DAILY, NOW, REPORT
from integration_tests.harness.connection import ROOT, Connect
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


CONFIGURATIONS = [
    orjson.loads(block)
    for block in re.findall(
        r"^```json\n(.*?)^```", (ROOT / "docs/migration.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
]
PLACES = {"your app id": "app_id", "your secret": "secret", "your access token": "access_token"}


def filled_in(value: Any, tiktok: Emulator) -> Any:
    """The configuration with the emulator's credentials in place of "your app id" and so on."""
    if isinstance(value, dict):
        return {name: filled_in(inner, tiktok) for name, inner in value.items()}
    return getattr(tiktok, PLACES[value]) if value in PLACES else value


@pytest.mark.parametrize("saved", CONFIGURATIONS, ids=["Airbyte 5", "Airbyte 0.1", "Flow", "Daspire"])
def test_the_configurations_of_the_guide_are_taken_as_they_are(connect: Connect, saved: Json) -> None:
    """They pass `check`, and reports are read from their start date, in any of their spellings."""
    with Emulator(world(), now=NOW) as tiktok:
        connection = connect(tiktok)
        arguments = ["--config", connection.file("saved", filled_in(saved, tiktok))]
        catalog = connection.file("catalog", connection.catalog(DAILY))
        check, read = connection.run(["check", *arguments]), connection.run(["read", *arguments, "--catalog", catalog])

        assert check.verdict == ("SUCCEEDED", "")
        assert read.exit_status == 0
        assert {request.params["start_date"] for request in tiktok.log.to(REPORT)} == {"2026-11-01"}


def test_an_account_that_never_delivered_is_read_whole_once_more(connect: Connect) -> None:
    """Airbyte's connector left its cursor at start_date; here it moves, and the next sync reads recent days only."""
    idle = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
    left = {
        "use_global_cursor": False,
        "states": [
            {
                "partition": {"advertiser_id": idle.id, "parent_slice": {}},
                "cursor": {"stat_time_day": "2026-08-01"},
            }
        ],
        "lookback_window": 0,
    }
    state = [{"type": "STREAM", "stream": {"stream_descriptor": {"name": DAILY}, "stream_state": left}}]
    with Emulator(World([idle]), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-08-01", attribution_window=3)
        first = connection.read(DAILY, state=state)
        days = [request.params["start_date"] for request in tiktok.log.to(REPORT)]
        tiktok.log.clear()
        connection.read(DAILY, state=first.last_states)
        days_again = [request.params["start_date"] for request in tiktok.log.to(REPORT)]

        assert min(days) == "2026-08-01"
        assert len(days) == 4
        assert days_again == ["2026-11-06"]
