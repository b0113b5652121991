"""A TikTok that answers about several accounts otherwise than documented costs no row, and the log says what it did."""

from collections.abc import Callable
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.reports.several import Several
from integration_tests.harness.accounts import NOW, REPORT, ids
from integration_tests.harness.connection import Connect
from integration_tests.several_accounts.worlds import STREAMS, crowd, joint, lines, states

START = "2026-10-20"
OTHERWISE: dict[str, tuple[Callable[[list[str]], dict[str, Any]], str]] = {
    "first only": (lambda _: {"first_only": True}, "0 rows of ad account"),
    "one of the first left out": (lambda all_: {"silent_about": frozenset(all_[1:2])}, "0 rows of ad account"),
    "one of the last left out": (lambda all_: {"silent_about": frozenset(all_[-3:-2])}, "0 rows of ad account"),
    "no id": (lambda _: {"tells": ("currency", "timezone")}, "lacks the metric advertiser_id"),
    "nothing told": (lambda _: {"tells": ()}, "lacks the metric advertiser_id"),
    "days of utc": (lambda _: {"in_utc": True}, "or other figures"),
    "refused": (lambda _: {"is_refused": True}, "TikTok refuses requests about several ad accounts"),
    "another account": (lambda all_: {"intruder": all_[-1]}, "which was not asked about"),
    "an unknown metric": (lambda _: {"tells": (*Several().tells, "advertiser_name")}, "or other figures"),
}


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_no_row_is_lost_doubled_or_another(connect: Connect, otherwise: str) -> None:
    """Among accounts of five time zones, the first of which is UTC, where days of UTC would not be noticed."""
    how, told = OTHERWISE[otherwise]
    zones = ["Etc/UTC"] * 5 + ["Pacific/Auckland", "Asia/Kolkata", "Europe/Lisbon", "America/Los_Angeles", "Asia/Tokyo"]
    with Emulator(crowd(10, zones), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START)
        alone = connection.read(*STREAMS)
        for name, value in how(ids(tiktok)).items():
            setattr(tiktok.reports_of_several, name, value)
        tiktok.log.clear()
        together = connection.read(*STREAMS, accounts_per_request=5)
        (warning,) = together.logged("WARN")

        assert together.exit_status == 0
        for stream in STREAMS:
            assert lines(together, stream) == lines(alone, stream), stream
        assert states(together) == states(alone)
        assert told in warning
        assert "no row is missing" in warning


def test_as_documented_nobody_is_warned(connect: Connect) -> None:
    with Emulator(crowd(10), now=NOW) as tiktok:
        run = connect(tiktok, start_date=START, accounts_per_request=5).read(*STREAMS)

        assert run.logged("WARN") == []
        assert any("asked about together from now on" in told for told in run.logged("INFO"))


def test_days_are_proven_for_each_time_zone(connect: Connect) -> None:
    """Nobody is asked together with others before an account of the same time zone was compared."""
    with Emulator(crowd(10), now=NOW) as tiktok:
        connect(tiktok, start_date=START, accounts_per_request=5).read("ads_reports_hourly")
        zones = {advertiser.id: advertiser.timezone for advertiser in tiktok.world.advertisers}
        asked_alone: set[str] = set()
        for request in tiktok.log.to(REPORT):
            if "advertiser_id" in request.params:
                asked_alone.add(zones[request.params["advertiser_id"]])
            else:
                assert {zones[id_] for id_ in request.params["advertiser_ids"]} <= asked_alone


@pytest.mark.parametrize(("accounts", "most"), [(5, 5), (20, 9)])
def test_a_proof_is_made_only_where_it_pays(connect: Connect, accounts: int, most: int) -> None:
    """A sync of one window and one group asks nothing beside what it needs; with more groups it pays at once."""
    with Emulator(crowd(accounts, ["Etc/UTC"]), now=NOW) as tiktok:
        connect(tiktok, start_date="2026-11-01", accounts_per_request=5).read("ads_reports_daily")

        assert len(tiktok.log.to(REPORT)) == most


def test_requests_of_a_first_sync(connect: Connect) -> None:
    """Twenty accounts in five time zones, daily reports of 13 months."""
    with Emulator(crowd(20), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-01-01")
        connection.read("ads_reports_daily")
        alone = len(tiktok.log.to(REPORT))
        tiktok.log.clear()
        connection.read("ads_reports_daily", accounts_per_request=5)

        assert alone == 20 * 11
        assert len(tiktok.log.to(REPORT)) <= alone / 5 + 20
        assert len(joint(tiktok)) >= 40
