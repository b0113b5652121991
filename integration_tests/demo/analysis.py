"""What the demo does with PyAirbyte: fills a DuckDB file, and draws what it holds beside what the account holds."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from integration_tests.clients import environment, warehouse
from integration_tests.clients.warehouse import PROGRAMS, SCHEMA, Warehouse
from integration_tests.demo.tables import EVERYTHING
from integration_tests.emulator import Advertiser, Emulator

Json = dict[str, Any]

DAYS = 24

STREAMS = [
    *("advertisers", "campaigns", "ads", "creative_assets_videos"),
    *("ads_reports_daily", "campaigns_reports_by_country_daily", "campaigns_reports_hourly"),
]


class Analysis:
    """A DuckDB file of the last weeks, kept up to date by PyAirbyte."""

    def __init__(self, emulator: Emulator, folder: Path, config: Json) -> None:
        """Begin anew in `folder`; `config` is that of the connector."""
        self._emulator = emulator
        self.start_date: date = (emulator.clock.now() - timedelta(days=DAYS)).date()
        self.file, self.picture = folder / "tiktok.duckdb", folder / "spend.png"
        self.file.unlink(missing_ok=True)
        since = {"start_date": self.start_date.isoformat()}
        self._warehouse: Warehouse = warehouse.duckdb(emulator, self.file, {**config, **since})

    def sync(self) -> Json:
        """Go on from the last sync; tells the number of records and the seconds."""
        return self._warehouse.sync(STREAMS)

    @property
    def accounts(self) -> list[Advertiser]:
        """The ad accounts that the file is about."""
        return self._emulator.world.advertisers

    def ask(self, statements: dict[str, str]) -> dict[str, list[list[Any]]]:
        """Return the rows of each statement about the tables, by its name."""
        return self._warehouse.ask(statements)

    def draw(self) -> None:
        """Draw the spend of each ad account that delivered."""
        held = [(advertiser, self.held(advertiser)) for advertiser in self.accounts]
        accounts = [
            {
                "advertiser_id": int(advertiser.id),
                "currency": advertiser.row["currency"],
                "held": {day: str(spend) for day, spend in sorted(by_day.items())},
            }
            for advertiser, by_day in held
            if any(by_day.values())
        ]
        job = {"database": str(self.file), "schema": SCHEMA, "picture": str(self.picture), "accounts": accounts}
        environment.run(PROGRAMS / "picture.py", job, self._emulator, self._warehouse.folder)

    def spend(self) -> dict[str, tuple[Decimal, Decimal]]:
        """What each ad account spent: in the file, and at TikTok."""
        statement = (
            "select advertiser_id, sum(cast(metrics ->> 'spend' as decimal(18, 2))) "  # noqa: S608  our own words
            f"from {SCHEMA}.ads_reports_daily group by advertiser_id"
        )
        rows = self.ask({"spend": statement})["spend"]
        brought = defaultdict(Decimal, {str(account): Decimal(total) for account, total in rows})
        return {
            advertiser.id: (brought[advertiser.id], sum(self.held(advertiser).values(), Decimal()))
            for advertiser in self.accounts
        }

    def held(self, advertiser: Advertiser) -> dict[str, Decimal]:
        """What an ad account spent by day, as the emulator tells it."""
        spent: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self._emulator.report_rows(
            advertiser_id=advertiser.id,
            report_type="BASIC",
            data_level="AUCTION_AD",
            dimensions=["ad_id", "stat_time_day"],
            metrics=["spend"],
            start_date=self.start_date.isoformat(),
            end_date=self._emulator.clock.local(advertiser.timezone).date().isoformat(),
            filtering=EVERYTHING,
        ):
            spent[row["dimensions"]["stat_time_day"][:10]] += Decimal(row["metrics"]["spend"])
        return dict(spent)
