"""Faults, limits, the log, the clock and the command line of the emulator."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from integration_tests.emulator import (
    Emulator,
    Fault,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    seeded_world,
)
from integration_tests.emulator.http.server import ACCESS_TOKEN, APP_ID, SECRET
from integration_tests.harness.accounts import NOW

ADVERTISER = an_advertiser(id="7012345678900000042")


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    campaign = a_campaign(ADVERTISER)
    group = an_ad_group(campaign)
    world = World([ADVERTISER], [campaign], [group], [an_ad(group, share=100)])
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def get(emulator: Emulator, path: str = "campaign/get/", **params: Any) -> requests.Response:
    return requests.get(
        f"{emulator.base_url}{path}",
        params={"advertiser_id": ADVERTISER.id, **params},
        headers={"Access-Token": emulator.access_token},
        timeout=5,
    )


def test_a_code_for_so_many_requests_after_so_many(tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="campaign/get/", match={"advertiser_id": ADVERTISER.id}, code=50000, times=2, after=1))
    assert [get(tiktok).json()["code"] for _ in range(4)] == [0, 50000, 50000, 0]
    assert get(tiktok, "adgroup/get/").json()["code"] == 0
    assert [request.code for request in tiktok.log.to("campaign/get/")] == [0, 50000, 50000, 0]


def test_http_errors_carry_a_page_and_headers(tiktok: Emulator) -> None:
    tiktok.inject(Fault(status=503, headers={"Retry-After": "7"}))
    tiktok.inject(Fault(garbage=True))
    unavailable, garbage = get(tiktok), get(tiktok)
    assert (unavailable.status_code, unavailable.headers["Retry-After"]) == (503, "7")
    assert garbage.status_code == 200
    assert garbage.text.startswith("<!DOCTYPE html>")
    assert tiktok.log[-1].code is None


def test_broken_connections(tiktok: Emulator) -> None:
    tiktok.inject(Fault(drop=True))
    with pytest.raises(requests.ConnectionError):
        get(tiktok)
    tiktok.inject(Fault(truncate=True))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(tiktok)
    assert len(tiktok.log) == 2
    assert tiktok.log[0].status is None


def test_slow_and_odd_answers(tiktok: Emulator) -> None:
    tiktok.inject(Fault(drip=0.2))
    tiktok.inject(Fault(delay=0.2))
    tiktok.inject(Fault(rewrite=lambda data: {**data, "list": None}, match=lambda params: "page" in params))
    for _ in range(2):
        before = time.monotonic()
        assert get(tiktok).json()["code"] == 0
        assert time.monotonic() - before >= 0.2
    assert get(tiktok, page=1).json()["data"]["list"] is None


def test_log_shows_decoded_parameters(tiktok: Emulator) -> None:
    get(tiktok, filtering=json.dumps({"primary_status": "STATUS_ALL"}), page_size=5)
    (request,) = tiktok.log
    assert request.params["filtering"] == {"primary_status": "STATUS_ALL"}
    assert request.params["page_size"] == "5"
    assert "filtering=%7B" in request.query
    assert (request.rows, request.status, request.code) == (1, 200, 0)


def test_rate_limit_counts_per_endpoint() -> None:
    with Emulator(seeded_world(1), tier="basic", now=NOW) as emulator:
        assert [get(emulator).json()["code"] for _ in range(12)] == [40300] * 10 + [40100] * 2
        assert get(emulator, "ad/get/").json()["code"] == 40300
        assert emulator.log[-2].code == 40100


def test_control_endpoints(tiktok: Emulator) -> None:
    root = tiktok.base_url.replace("/open_api/v1.3/", "/_emulator/")
    requests.post(f"{root}clock", json={"days": 2, "hours": 1}, timeout=5)
    assert requests.get(f"{root}clock", timeout=5).json() == {"now": "2026-11-12T13:00:00+00:00"}
    assert requests.post(f"{root}faults", json={"code": 40700}, timeout=5).status_code == 201
    assert requests.post(f"{root}faults", json={"colour": 1}, timeout=5).status_code == 400
    assert get(tiktok).json()["code"] == 40700
    assert [item["code"] for item in requests.get(f"{root}requests", timeout=5).json()] == [40700]
    requests.delete(f"{root}requests", timeout=5)
    assert tiktok.log == []


def test_objects_change_with_the_clock(tiktok: Emulator) -> None:
    campaign = tiktok.world.campaigns[0]
    campaign.change("2026-11-11T00:00:00Z", campaign_name="Renamed")
    tiktok.world.add(a_campaign(ADVERTISER, created="2026-11-11T00:00:00Z"))
    assert [row["campaign_name"] for row in get(tiktok).json()["data"]["list"]] == [campaign.row["campaign_name"]]
    tiktok.clock.move(days=1)
    later = get(tiktok).json()["data"]["list"]
    assert len(later) == 2
    assert (later[1]["campaign_name"], later[1]["modify_time"]) == ("Renamed", "2026-11-11 00:00:00")


@pytest.mark.parametrize(("world", "accounts"), [([], 6), (["--young"], 2), (["--uniform", "3x1"], 3)])
def test_command_line(world: list[str], accounts: int) -> None:
    options = ["--now", "2026-11-20T12:00:00Z", "--canned", "1", *world]
    arguments = [sys.executable, "-m", "integration_tests.emulator", *options]
    grant = {"app_id": APP_ID, "secret": SECRET}
    root = Path(__file__).parents[2]
    with subprocess.Popen(arguments, cwd=root, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stderr is not None
        base_url = process.stderr.readline().strip()
        try:
            assert requests.get(f"{base_url}campaign/get/", timeout=5).json()["code"] == 40104
            url, headers = f"{base_url}oauth2/advertiser/get/", {"Access-Token": ACCESS_TOKEN}
            assert len(requests.get(url, grant, headers=headers, timeout=5).json()["data"]["list"]) == accounts
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
