"""The jobs of the benchmark measure what their tables say."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.connectors.connector import Connector, Pair, ours
from benchmarks.jobs import all_streams, daily
from benchmarks.report.page import page
from benchmarks.service.service import Service

Json = dict[str, Any]

ADVERTISERS = 8
"""Two of each time zone, so that some can be asked about at once."""
STREAMS = {"campaigns", "ads", "pixels", "ads_reports_daily", "advertisers_reports_daily", "advertisers_reports_hourly"}
MACHINE = {"date": "2026-11-25", "processors": 2, "python": "3.11", "load": [0.0, 0.0]}


class Small(Connector):
    """This connector in the other one's place, with a few streams to offer."""

    def streams(self, service: Service, folder: Path) -> list[Json]:
        """Return those few."""
        return [stream for stream in super().streams(service, folder) if stream["name"] in STREAMS]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """This connector in both places, since the other one takes minutes."""
    return Pair(ours(), Small("theirs", ours().command, ours().command_at_service_time, is_ours=True), tmp_path)


def row(text: str, name: str) -> list[str]:
    """Return the cells of the row that begins with `name`."""
    (line,) = (line for line in text.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]


@pytest.mark.slow
def test_requests_of_all_streams_are_counted_alone_and_in_several(pair: Pair) -> None:
    result = all_streams.run(pair, ADVERTISERS)
    first, several = result["first"], result["several"]

    assert result["streams"] == len(STREAMS)
    assert {sync["status"] for sync in result["syncs"].values()} == {0}
    assert first["measured"]["one advertiser, daily"] > 0
    assert first["fewer"] == {} == result["incremental"]["fewer"]
    assert several["first"]["records"] == several["first"]["records_alone"] == first["our_records"] > 0
    assert several["first"]["unlike"] == {} == several["incremental"]["unlike"]

    text = page({"machine": MACHINE, "requests": result})
    assert row(text, "first sync")[2] == "none"
    assert row(text, "requests, first sync")[0] == f"{first['ours']:,d}"
    in_several = row(text, "requests, first sync, ours with 5 accounts a request")
    assert in_several[0] == f"{several['first']['requests']:,d}"
    assert "8 advertisers of 10 to 360 days" in text


@pytest.mark.slow
def test_the_daily_job_is_timed_at_the_limit_of_the_tier(pair: Pair) -> None:
    result = daily.run(pair, ADVERTISERS, seconds=0.01, tier="ultimate")

    for part in ("all", "finished"):
        for who in ("ours", "theirs"):
            sync: Json = result[part][who]
            assert sync["outcome"]["status"] == 0
            assert sync["records"] == result["all"]["ours"]["records"] > 0
            assert sync["wall"] > sync["requests"] / result["granted"]
    assert result["all"]["streams"] == result["finished"]["streams"]

    text = page({"machine": MACHINE, "daily": result})
    assert row(text, "wall seconds, all shared streams")[0] == f"{result['all']['ours']['wall']:,.0f}"
