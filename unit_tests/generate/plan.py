"""The example of a plan in the documentation: that of the demo's account."""

import io
import json
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from integration_tests.demo.commands import EmulatorClock
from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import NOW
from source_tiktok_marketing.config import BASE_URL_VARIABLE
from source_tiktok_marketing.run import main

_START_DATE = "2024-01-01"
_STREAMS = (
    "campaigns",
    "ads",
    "creative_assets_videos",
    "pixel_events_statistics",
    "campaigns_reports_hourly",
    "ads_reports_hourly",
    "campaigns_reports_daily",
    "ads_reports_daily",
    "ads_reports_lifetime",
    "ads_audience_reports_daily",
    "ads_audience_reports_by_country_daily",
    "gmv_max_product_reports_daily",
)


def plan_text() -> str:
    """Return what `plan` prints for the demo's account."""
    with Emulator(now=NOW) as tiktok, tempfile.TemporaryDirectory() as folder:
        config, catalog = Path(folder) / "config.json", Path(folder) / "catalog.json"
        app = {"app_id": tiktok.app_id, "secret": tiktok.secret}
        credentials = {"auth_type": "oauth2.0", "access_token": tiktok.access_token, **app}
        config.write_text(json.dumps({"credentials": credentials, "start_date": _START_DATE}), encoding="utf-8")
        selected = [{"stream": {"name": name}, "sync_mode": "full_refresh"} for name in _STREAMS]
        catalog.write_text(json.dumps({"streams": selected}), encoding="utf-8")
        out = io.StringIO()
        with patch.dict(os.environ, {BASE_URL_VARIABLE: tiktok.base_url}):
            if main(["plan", "--config", str(config), "--catalog", str(catalog)], out, EmulatorClock(tiktok)) != 0:
                raise RuntimeError("The plan of the demo's account can't be made.")
    return f"```text\n{out.getvalue()}```\n"
