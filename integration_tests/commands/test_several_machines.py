"""Four processes read the accounts of one developer app at the same time, in real time, against its one limit."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator
from integration_tests.expected.reports import expected_report
from integration_tests.harness.accounts import REPORT, accounts, ids
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run, parsed

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


@pytest.mark.slow
@pytest.mark.parametrize("with_shares", [True, False], ids=["shares", "no shares"])
def test_four_processes_read_every_row_of_one_app(connect: Connect, tmp_path: Path, *, with_shares: bool) -> None:
    """With a share each they never meet the limit; without, they do, and wait until it lets them."""
    with Emulator(accounts(8), tier="basic") as tiktok:
        connection = connect(tiktok, **DATES)
        schemas = {stream["name"]: stream["json_schema"] for stream in connection.discover()}
        share = {"rate_limit_share": 1 / PROCESSES} if with_shares else {}
        dealt = [DATES | share | {"advertiser_ids": ids(tiktok)[number::PROCESSES]} for number in range(PROCESSES)]
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
