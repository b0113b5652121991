"""A read of some metrics is the read of all, but for the other metrics, whatever the family of reports."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import pytest

from integration_tests.emulator import Emulator, seeded_world
from integration_tests.emulator.http.request_log import LoggedRequest as Request
from integration_tests.harness.accounts import DAILY, NOW, REPORT
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.harness.narrowed import TOLD, known, lines, metrics_of, read
from integration_tests.harness.output import Run

REPORTS = {
    REPORT,
    "gmv_max/report/get/",
    "smart_plus/material_report/overview/",
    "smart_plus/material_report/breakdown/",
    "creative/report/get/",
}
UNASKED = {"main_material_name"}
"""What TikTok adds to the metrics of creatives by itself."""
OWN = {"name": "own", "level": "ad", "metrics": ["likes", "spend", "conversion", "reach"]}
NOT_A_QUESTION = {"metrics", "metrics_fields", "page"}


def question_of(request: Request) -> bytes:
    """What a request asks, but for the metrics."""
    told = {name: value for name, value in request.params.items() if name not in NOT_A_QUESTION}
    return orjson.dumps([request.path, told], option=orjson.OPT_SORT_KEYS)


def is_part(part: list[str], whole: list[str]) -> bool:
    """Whether `part` has nothing that `whole` lacks, in the same order."""
    return part == [name for name in whole if name in part]


@dataclass
class Reads:
    """Two days of everything that has metrics, read whole and with three metrics of each stream."""

    whole: Run
    narrow: Run
    wanted: dict[str, list[str]]
    asked_whole: list[Request]
    asked: list[Request]


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reads]:
    with Emulator(seeded_world(1), now=NOW) as tiktok, pytest.MonkeyPatch.context() as environment:
        environment.setenv(BASE_URL_VARIABLE, tiktok.base_url)
        folder = tmp_path_factory.mktemp("wanted")
        connection = Connection(tiktok, folder, {"start_date": "2026-11-09", "custom_reports": [OWN]})
        offered = connection.discover()
        names = [one["name"] for one in offered if "metrics" in one["json_schema"]["properties"]]
        whole = connection.read(*names)
        asked_whole = list(tiktok.log)
        tiktok.log.clear()
        wanted = {}
        for name in names:
            told = [metric for metric in whole.records(name)[0]["metrics"] if metric not in UNASKED]
            wanted[name] = [told[-1], told[0], told[len(told) // 2]]
        narrow = read(connection, {name: known([*own, "foreign"]) for name, own in wanted.items()})
        yield Reads(whole, narrow, wanted, asked_whole, list(tiktok.log))


def test_every_family_keeps_its_records_keys_and_states(reads: Reads) -> None:
    assert len(reads.wanted) > 100
    assert (reads.whole.exit_status, reads.narrow.exit_status) == (0, 0)
    for name, own in reads.wanted.items():
        assert lines(reads.narrow.records(name)) == lines(reads.whole.records(name), [*own, *UNASKED]), name
        assert reads.narrow.statuses(name)[-1] == reads.whole.statuses(name)[-1] == "COMPLETE"
        assert reads.narrow.state(name) == reads.whole.state(name)
        assert any(set(own) <= record["metrics"].keys() for record in reads.narrow.records(name)), name
    assert reads.narrow.logged("WARN") == []


def test_the_same_is_asked_for_fewer_metrics_in_the_order_of_the_catalogue(reads: Reads) -> None:
    """But for what is needed to find the ids that GMV Max reports are asked with."""
    before: dict[bytes, list[list[str]]] = {}
    for request in reads.asked_whole:
        before.setdefault(question_of(request), []).append(metrics_of(request))
    with_metrics = [request for request in reads.asked if metrics_of(request)]

    assert len(reads.asked) <= len(reads.asked_whole)
    for request in with_metrics:
        assert any(is_part(metrics_of(request), whole) for whole in before[question_of(request)])
    assert {len(metrics_of(request)) for request in with_metrics if request.path == REPORT} == {3}
    assert {request.path for request in with_metrics} == REPORTS


def test_each_narrowed_stream_is_told_of_in_one_line(reads: Reads) -> None:
    told, before = ([line for line in run.logged("INFO") if TOLD in line] for run in (reads.narrow, reads.whole))

    assert sorted(line.split(":")[0] for line in told) == sorted(reads.wanted)
    assert f"{DAILY}: TikTok is asked for 3 of 98 metrics, {TOLD}." in told
    assert before == []
