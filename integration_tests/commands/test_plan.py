"""`plan` tells what a sync will cost, and a sync costs that."""

import io
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, Fault, an_item
from integration_tests.harness.accounts import DAILY, HOURLY, NOW, accounts
from integration_tests.harness.connection import Connect, Connection, EmulatedClock
from integration_tests.idle.accounts import seldom_delivering
from source_tiktok_marketing.run import main

LIFETIME, GMV_MAX = "ads_reports_lifetime", "gmv_max_product_reports_daily"
ALL_KINDS = (
    "advertiser_ids",
    "ads",
    "pixels",
    "regions",
    "creative_assets_images",
    HOURLY,
    DAILY,
    LIFETIME,
    "ads_audience_reports_by_interest_category_total",
    "smart_plus_creatives_reports_daily",
)
OF_STORES = (GMV_MAX, "gmv_max_creative_reports_daily", "gmv_max_live_campaign_reports_daily")


def output(connection: Connection, arguments: list[str]) -> tuple[int, str]:
    """The exit status and the standard output of a command."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    status = main(arguments, out, EmulatedClock(connection.tiktok))
    return status, out.buffer.getvalue().decode()


def plan(connection: Connection, *names: str, **options: Any) -> dict[str, Any]:
    """What `plan --json` tells of the streams that a read with the same options would read."""
    _, *arguments = connection.read_arguments(*names, **options)
    status, text = output(connection, ["plan", "--json", *arguments])
    assert status == 0
    told: dict[str, Any] = orjson.loads(text)
    return told


def text_of(connection: Connection, *names: str, **options: Any) -> str:
    """The same for people."""
    _, *arguments = connection.read_arguments(*names, **options)
    status, text = output(connection, ["plan", *arguments])
    assert status == 0
    return text


def requests_of_a_read(connection: Connection, *names: str, **options: Any) -> int:
    """How many requests a sync takes."""
    connection.tiktok.log.clear()
    assert connection.read(*names, **options).exit_status == 0
    return len(list(connection.tiktok.log))


@pytest.mark.parametrize("sync_mode", ["incremental", "full_refresh"])
def test_a_first_sync_takes_as_many_requests_as_planned(connect: Connect, sync_mode: str) -> None:
    """Where no answer has a second page, and nothing is known only afterwards."""
    with Emulator(accounts(3), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-09-20")
        told = plan(connection, *ALL_KINDS, sync_mode=sync_mode)

        assert told["requests"] == told["up_to"] == requests_of_a_read(connection, *ALL_KINDS, sync_mode=sync_mode)
        assert {row["stream"]: row["windows"] for row in told["streams"]} | {HOURLY: 3 * 52, DAILY: 3 * 2} == {
            row["stream"]: row["windows"] for row in told["streams"]
        }


@pytest.mark.parametrize("choice", ["if_confirmed", "if_likely"])
def test_a_sync_of_idle_accounts_takes_fewer_requests_than_planned(connect: Connect, choice: str) -> None:
    with seldom_delivering((0, None)) as tiktok:
        connection = connect(tiktok, start_date="2026-09-20", skip_idle_days=choice)
        told = plan(connection, HOURLY, "ads_reports_hourly")

        assert told["requests"] == told["up_to"] == 2 * 52 + told["looked_up"]
        assert requests_of_a_read(connection, HOURLY, "ads_reports_hourly") < told["requests"] * 0.75


def test_a_resumed_sync_takes_as_many_requests_as_planned(connect: Connect) -> None:
    """Two days later: the lookback and the days since."""
    with Emulator(accounts(2), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-09-20", attribution_window=7)
        state = connection.read(*ALL_KINDS).last_states
        tiktok.clock.move(days=2)
        told = plan(connection, *ALL_KINDS, state=state)

        assert told["requests"] == requests_of_a_read(connection, *ALL_KINDS, state=state)
        assert {row["stream"]: row["windows"] for row in told["streams"]}[HOURLY] == 2 * (7 + 1 + 1 + 2)


def test_planning_asks_for_the_accounts_only(connect: Connect) -> None:
    with Emulator(accounts(3), now=NOW) as tiktok:
        connection = connect(tiktok)
        plan(connection)

        assert {request.path for request in tiktok.log} == {"oauth2/advertiser/get/", "advertiser/info/"}


def test_without_a_catalogue_every_stream_is_planned(connect: Connect) -> None:
    with Emulator(accounts(1), now=NOW) as tiktok:
        connection = connect(tiktok)
        config = connection.file("config", connection.configured())
        status, text = output(connection, ["plan", "--config", config, "--json"])

        assert status == 0
        assert {row["stream"] for row in orjson.loads(text)["streams"]} == {
            stream["name"] for stream in connection.discover()
        }


def test_the_seeded_world_takes_at_least_what_was_planned(connect: Connect) -> None:
    """Each stream by itself, and together: also with more than a page, and what is found only while reading."""
    with Emulator(now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-08")
        names = [stream["name"] for stream in connection.discover() if stream["name"] != "pixel_instant_page_events"]
        told = plan(connection, *names)
        asked = requests_of_a_read(connection, *names)

        assert told["requests"] <= asked
        assert told["requests"] > asked / 3
        assert sum(row["requests"] for row in told["streams"]) + told["looked_up"] == told["requests"]


def test_every_account_has_its_share(connect: Connect) -> None:
    """The older account costs more; what is about no account is of none."""
    with Emulator(accounts(2), now=NOW) as tiktok:
        old, new = tiktok.world.advertisers
        new.row["create_time"] = int(tiktok.clock.now().timestamp()) - 5 * 86_400
        told = plan(connect(tiktok, start_date="2026-10-01"), "regions", HOURLY)

        assert told["by_account"] == {old.id: 41, new.id: 7}
        assert told["requests"] == told["looked_up"] + 1 + 41 + 7


def test_minutes_follow_the_tier(connect: Connect) -> None:
    """At nine tenths of what TikTok grants."""
    with Emulator(accounts(2), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-01-01")
        slow, fast = (plan(connection, HOURLY, rate_limit_tier=tier) for tier in ("basic", "ultimate"))
        shared = plan(connection, HOURLY, rate_limit_tier="basic", rate_limit_share=0.5)

        assert shared["minutes"] == pytest.approx(2 * slow["minutes"], abs=0.02)
        assert slow["requests"] == fast["requests"] == 2 * 314 + 2
        assert slow["minutes"] == pytest.approx(630 / (10 * 0.9) / 60, rel=0.02)
        assert fast["minutes"] == pytest.approx(630 / (50 * 0.9) / 60, abs=0.01)


def test_the_changes_that_save_most_are_told(connect: Connect) -> None:
    """Hourly reports first; what another first day saves is counted, not guessed."""
    with Emulator(accounts(2), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-01-01", report_granularity=1)
        told = plan(connection, HOURLY, DAILY, "campaigns_reports_daily", "ads")
        by_what = {change["what"]: change["requests"] for change in told["changes"]}
        later = plan(connection, HOURLY, DAILY, "campaigns_reports_daily", "ads", start_date="2026-08-12")
        wider = plan(connection, HOURLY, DAILY, "campaigns_reports_daily", "ads", report_granularity=30)

        assert by_what == {
            "Begin with start_date 2026-08-12, 90 days ago": told["requests"] - later["requests"],
            "Set report_granularity to 30, its default": told["requests"] - wider["requests"],
            f"Leave out the hourly reports ({HOURLY}), or read them in a connection that starts later": 2 * 314,
        }


def test_a_plan_for_people_is_a_table(connect: Connect) -> None:
    with Emulator(accounts(2), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-10-01", rate_limit_tier="basic")
        lines = text_of(connection, HOURLY, "pixel_events_statistics").splitlines()

        assert lines[:2] == [
            "2 streams of 2 ad accounts: about 86 requests.",
            "The rate limit tier basic lets through 9.1 a second: 0.2 minutes.",
        ]
        assert [line.split() for line in lines if line.startswith((HOURLY, "pixel", "total"))] == [
            [HOURLY, "82", "82", "0.2", "95%"],
            ["pixel_events_statistics", "2", "0.0", "2%", "10", "pixels:", "1"],
            ["total", "82", "86", "0.2"],
        ]
        assert f"  - Leave out the hourly reports ({HOURLY})" in "\n".join(lines)


def test_stores_are_planned_once_they_are_known(connect: Connect) -> None:
    """Before the first sync it is told what each store will cost; afterwards the windows of each are counted."""
    with Emulator(accounts(1), now=NOW) as tiktok:
        (advertiser,) = tiktok.world.advertisers
        for store in ("7495000000000000001", "7495000000000000002"):
            tiktok.world.add(an_item("gmv_max/store/list/", advertiser, store_id=store, is_gmv_max_available=True))
        connection = connect(tiktok, start_date="2026-09-20")
        first = plan(connection, *OF_STORES)
        state = connection.read(*OF_STORES).last_states
        second = plan(connection, *OF_STORES, state=state)
        asked = requests_of_a_read(connection, *OF_STORES, state=state)

        assert first["requests"] == first["looked_up"] + 1
        assert [row["for_each"] for row in first["streams"]] == [{"of": "store", "requests": 2}] * 3
        assert second["requests"] == second["looked_up"] + 1 + 2 * 2
        assert second["requests"] <= asked
        assert [row["for_each"] for row in second["streams"]] == [None] * 3


def test_what_has_no_days_is_planned_once_a_store(connect: Connect) -> None:
    """It is read whole in every sync."""
    with Emulator(accounts(1), now=NOW) as tiktok:
        planned = plan(connect(tiktok, start_date="2025-01-01"), "gmv_max_product_duration_reports_total")

        assert [row["for_each"] for row in planned["streams"]] == [{"of": "store", "requests": 1}]


def test_what_prevents_a_plan_is_told_on_standard_error(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    """In plain words, without secrets; standard output stays empty."""
    with Emulator(accounts(1), now=NOW) as tiktok:
        tiktok.inject(Fault(code=40105, message=f"Token {tiktok.access_token} is bad."))
        connection = connect(tiktok)
        config = connection.file("config", connection.configured())
        status, text = output(connection, ["plan", "--config", config])
        told = capsys.readouterr().err

        assert (status, text) == (1, "")
        assert "is bad" in told
        assert "{" not in told
        assert tiktok.access_token not in told


def test_a_stream_that_is_not_offered_prevents_a_plan(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    with Emulator(accounts(1), now=NOW) as tiktok:
        connection = connect(tiktok)
        catalog = {"streams": [{"stream": {"name": "add_groups"}, "sync_mode": "full_refresh"}]}
        arguments = ["--config", connection.file("config", connection.configured())]
        status, text = output(connection, ["plan", *arguments, "--catalog", connection.file("catalog", catalog)])

        assert (status, text) == (1, "")
        assert "Did you mean ad_groups" in capsys.readouterr().err


def test_the_help_names_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with Emulator(accounts(1), now=NOW) as tiktok, pytest.raises(SystemExit):
        main(["--help"], io.StringIO(), EmulatedClock(tiktok))

    assert "plan" in capsys.readouterr().out
