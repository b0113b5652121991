"""Four processes read the accounts of one developer app at the same time, in real time, against its one limit."""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, an_advertiser
from integration_tests.expected.reports import expected_report
from integration_tests.harness.accounts import DAILY, NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect, Connection, EmulatedClock
from integration_tests.harness.output import Run, parsed
from source_tiktok_marketing.run import main

STREAMS = ("ads_reports_hourly", "campaigns_reports_hourly", "advertisers_reports_hourly")
PROCESSES = 4
LAST = datetime.now(UTC).date() - timedelta(days=4)
FIRST = LAST - timedelta(days=5)
DATES = {"start_date": str(FIRST), "end_date": str(LAST), "rate_limit_tier": "basic"}


def processes(connection: Connection, configurations: Sequence[dict[str, Any]], folder: Path) -> list[Run]:
    """Reads at the same time, one of each configuration, each in a process of its own."""

    def read(number: int) -> Run:
        one = Connection(connection.tiktok, folder / str(number), configurations[number])
        with one.start(one.read_arguments(*STREAMS)) as reader:
            written, _ = reader.communicate(timeout=200)
        return Run(reader.returncode, parsed(written, connection.secrets))

    with ThreadPoolExecutor(len(configurations)) as together:
        return list(together.map(read, range(len(configurations))))


def planned(connection: Connection, *options: str, status: int = 0) -> Any:
    """What `plan` tells about the streams."""
    arguments = ["plan", *connection.read_arguments(*STREAMS)[1:], *(options or ("--json", "--shards", str(PROCESSES)))]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert main(arguments, out, EmulatedClock(connection.tiktok)) == status
    written = out.buffer.getvalue()
    return orjson.loads(written) if "--json" in options or not options else written.decode()


@pytest.mark.slow
@pytest.mark.parametrize("with_shares", [True, False], ids=["shares", "no shares"])
def test_four_processes_read_every_row_of_one_app(connect: Connect, tmp_path: Path, *, with_shares: bool) -> None:
    """With a share each they never meet the limit; without, they do, and wait until it lets them."""
    with Emulator(accounts(8), tier="basic") as tiktok:
        connection = connect(tiktok, **DATES)
        schemas = {stream["name"]: stream["json_schema"] for stream in connection.discover()}
        shards = planned(connection)["shards"]
        left_out = set() if with_shares else {"rate_limit_share"}
        dealt = [DATES | {k: v for k, v in shard["options"].items() if k not in left_out} for shard in shards]
        tiktok.log.clear()
        runs = processes(connection, dealt, tmp_path)
        asked = tiktok.log.to(REPORT)
        expected = {name: expected_report(tiktok, schemas[name], name, FIRST, LAST) for name in STREAMS}

    refused = [request.code for request in asked].count(40100)
    assert [run.exit_status for run in runs] == [0] * PROCESSES
    for name, rows in expected.items():
        assert in_order(row for run in runs for row in run.records(name)) == in_order(rows)
    assert len(asked) - refused == len(STREAMS) * 8 * 6
    assert refused == 0 if with_shares else 0 < refused < len(asked) / 3


def in_order(rows: Any) -> list[bytes]:
    """The rows as text, sorted."""
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)


def test_accounts_are_dealt_out_by_what_they_cost(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    """Each once; an account that is as old as all others together has a connection to itself."""
    world = accounts(1)
    world.add(*(an_advertiser(created="2026-10-01T00:00:00Z") for _ in range(5)))
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-03-01", rate_limit_share=0.5)
        told = planned(connection, "--json", "--shards", "2")
        old, *young = ids(tiktok)
        readable = planned(connection, "--shards", "2")
        planned(connection, "--shards", "7", status=1)

    first, second = told["shards"]
    assert [first["options"], second["options"]] == [
        {"advertiser_ids": [old], "rate_limit_share": 0.25},
        {"advertiser_ids": sorted(young), "rate_limit_share": 0.25},
    ]
    assert first["requests"] + second["requests"] == sum(told["by_account"].values())
    assert f'"advertiser_ids":["{old}"]' in readable
    assert connection.secrets[0] not in readable
    assert "at most 6" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_a_number_of_shards_that_is_none_is_refused(
    connect: Connect, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    with Emulator(accounts(1), now=NOW) as tiktok:
        planned(connect(tiktok), "--shards", number, status=1)

    assert f"--shards: {number!r} is no number from 1" in capsys.readouterr().err


def test_the_state_of_the_connection_that_was_split_fits_each_part(connect: Connect) -> None:
    """Together they read what it would have read, and nothing of it again."""
    with Emulator(accounts(4), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-09-01")
        state = connection.read(DAILY).last_states
        tiktok.clock.move(days=2)
        whole = connection.read(DAILY, state=state)
        shards = planned(connection, "--json", "--shards", "2")["shards"]
        parts = [connection.read(DAILY, state=state, **shard["options"]) for shard in shards]

    assert in_order(row for part in parts for row in part.records(DAILY)) == in_order(whole.records(DAILY))
    assert [len(part.records(DAILY)) for part in parts] == [len(whole.records(DAILY)) / 2] * 2
