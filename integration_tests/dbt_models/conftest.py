"""Two syncs of a believable account into a destination that appends, and the models that dbt builds of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from integration_tests.clients import environment
from integration_tests.dbt_models.warehouse import Warehouse
from integration_tests.emulator import Emulator
from integration_tests.expected.reports import expected_report
from integration_tests.harness.connection import Connection

START, END = date(2026, 10, 28), date(2026, 11, 10)
NEW_NAME = "Renamed between the syncs"
STREAMS = [
    *("advertisers", "campaigns", "ad_groups", "ads", "smart_plus_ads", "locations"),
    *("advertisers_reports_daily", "campaigns_reports_daily", "ads_reports_daily"),
    *("campaigns_reports_hourly", "ad_groups_reports_hourly", "ads_reports_hourly"),
    "campaigns_reports_by_country_daily",
]


@dataclass
class Built:
    """What TikTok holds after the second sync, what the destination holds, and what dbt said of its models."""

    tiktok: Emulator
    warehouse: Warehouse
    statuses: dict[str, str]
    schemas: dict[str, Any]

    def expected(self, stream: str) -> list[dict[str, Any]]:
        """The records of a report, each once."""
        return expected_report(self.tiktok, self.schemas[stream], stream, START, END)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The second sync reads days again that TikTok has restated since, and a campaign that was renamed."""
    if not environment.is_there():
        pytest.skip(environment.MISSING)
    folder = tmp_path_factory.mktemp("warehouse")
    with Emulator(now="2026-11-06T12:00:00Z") as tiktok:
        connection = Connection(tiktok, folder, {"start_date": str(START), "end_date": str(END)})
        warehouse = Warehouse(connection, folder / "tiktok.duckdb")
        warehouse.sync(STREAMS)
        tiktok.world.campaigns[0].change(tiktok.clock.move(days=1), campaign_name=NEW_NAME)
        tiktok.clock.move(days=4)
        warehouse.sync(STREAMS)
        schemas = {stream["name"]: stream["json_schema"] for stream in connection.discover()}
        yield Built(tiktok, warehouse, warehouse.build(), schemas)
