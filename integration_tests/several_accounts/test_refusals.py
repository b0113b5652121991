"""Whatever is refused or fails of several accounts at once costs what it costs of each alone, and nothing more."""

from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, Query
from integration_tests.harness.accounts import ADS, NOW, REPORT, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json, Run
from integration_tests.several_accounts.worlds import DAILY, crowd, joint, lines, states

START = "2026-07-01"
HOURLY, AUDIENCE = "campaigns_reports_hourly", "campaigns_audience_reports_by_country_daily"
STREAMS = (DAILY, AUDIENCE)
INFO = "advertiser/info/"


def is_about(asked: Json, account: str) -> bool:
    """Whether a report is about the account, alone or with others."""
    return account in (asked.get("advertiser_id"), *asked.get("advertiser_ids", ()))


def is_about_several(asked: Json) -> bool:
    return "advertiser_ids" in asked and "data_level" in asked


def read_both_ways(connect: Connect, tiktok: Emulator, *faults: Json, streams: tuple[str, ...] = STREAMS) -> list[Run]:
    """A sync of each account alone and one of five at once, each under the faults; the log has the second."""
    connection, runs = connect(tiktok, start_date=START), []
    for size in (1, 5):
        tiktok.clear_faults()
        for fault in faults:
            tiktok.inject(Fault(**fault))
        tiktok.log.clear()
        runs.append(connection.read(*streams, accounts_per_request=size))
    return runs


def told(run: Run) -> list[str]:
    """The streams that were warned about, each as often as it was."""
    return sorted(warning.partition(":")[0] for warning in run.logged("WARN"))


def assert_alike(alone: Run, together: Run, streams: tuple[str, ...] = STREAMS) -> None:
    """The same records, states, statuses and exit."""
    assert together.exit_status == alone.exit_status
    for stream in streams:
        assert lines(together, stream) == lines(alone, stream)
        assert together.statuses(stream) == alone.statuses(stream)
    assert states(together) == states(alone)


@pytest.mark.parametrize("is_confirmed", [True, False], ids=["the account", "the report"])
def test_a_refused_account_is_left_out_and_the_others_stay_together(connect: Connect, *, is_confirmed: bool) -> None:
    with Emulator(crowd(10), now=NOW) as tiktok:
        refused = ids(tiktok)[2]
        what: Json = {"code": 40001, "message": f"No permission to operate advertiser {refused}", "times": None}
        faults = [{"path": REPORT, "match": lambda asked: is_about(asked, refused), **what}]
        if is_confirmed:
            faults.append({"path": INFO, "match": {"advertiser_ids": [refused]}, **what})
        alone, together = read_both_ways(connect, tiktok, *faults)

        assert_alike(alone, together)
        assert together.exit_status == 0
        assert refused not in {str(record["advertiser_id"]) for record in together.records(DAILY)}
        assert sum(request.code == 0 for request in joint(tiktok)) >= 10
        assert any("skips advertiser" in warning and refused in warning for warning in together.logged("WARN"))


def test_an_account_withdrawn_half_way_costs_itself(connect: Connect) -> None:
    """Where it stands differs with the order of requests: what it has, and what all others have, doesn't."""
    with Emulator(crowd(10), now=NOW) as tiktok:
        gone = ids(tiktok)[2]
        what: Json = {"code": 40001, "message": f"No permission to operate advertiser {gone}", "times": None}
        late = {"path": REPORT, "match": lambda asked: is_about(asked, gone), "after": 4, **what}
        connection = connect(tiktok, start_date=START)
        whole = connection.read(DAILY)
        alone, together = read_both_ways(
            connect, tiktok, late, {"path": INFO, "match": {"advertiser_ids": [gone]}, **what}, streams=(DAILY,)
        )
        held, found = lines(whole, DAILY), lines(together, DAILY)

        assert (together.exit_status, together.statuses(DAILY)) == (alone.exit_status, alone.statuses(DAILY))
        assert max(found.values()) == 1
        assert {line for line in held if gone.encode() not in line} <= found.keys() <= held.keys()
        kept = together.cursors(DAILY).pop(gone, START)
        assert all(
            line in found
            for line in held
            if gone.encode() in line and line.split(b'stat_time_day":"')[1][:10].decode() < kept
        )
        assert {id_: at for id_, at in together.cursors(DAILY).items() if id_ != gone} == {
            id_: at for id_, at in whole.cursors(DAILY).items() if id_ != gone
        }


def test_a_metric_refused_for_one_account_is_left_out_there_alone(connect: Connect) -> None:
    with Emulator(crowd(10), now=NOW) as tiktok:
        other = ids(tiktok)[3]

        def is_refused(asked: Json) -> bool:
            return is_about(asked, other) and "likes" in asked["metrics"]

        message = "Please correct the information. Invalid metric fields: ['likes']. "
        fault = {"path": REPORT, "match": is_refused, "code": 40002, "message": message, "times": None}
        alone, together = read_both_ways(connect, tiktok, fault)

        assert_alike(alone, together)
        assert {"likes" in record["metrics"] for record in together.records(DAILY)} == {True, False}
        assert told(together) == told(alone)
        assert sum(request.code == 0 for request in joint(tiktok)) >= 10


@pytest.mark.parametrize("refusing", [1, 10], ids=["by one", "by all"])
def test_accounts_that_refuse_buying_types_are_asked_without(connect: Connect, refusing: int) -> None:
    with Emulator(crowd(10), now=NOW) as tiktok:
        others = ids(tiktok)[:refusing]

        def is_refused(asked: Json) -> bool:
            return "buying_type" in str(asked.get("filtering")) and any(is_about(asked, other) for other in others)

        fault = {"path": REPORT, "match": is_refused, "code": 40002, "message": "No buying_type.", "times": None}
        alone, together = read_both_ways(connect, tiktok, fault)

        assert_alike(alone, together)
        assert told(together) == told(alone)
        assert sum(request.code == 0 for request in joint(tiktok)) >= 5


def too_large_together(query: Query) -> bool:
    return query.several


def too_large_with_one(query: Query) -> bool:
    return query.advertisers[-1] == max(query.advertisers) and query.several and query.days > 20


@pytest.mark.parametrize("limit", [too_large_together, too_large_with_one])
def test_what_is_too_large_together_is_asked_apart(connect: Connect, limit: Any) -> None:
    with Emulator(crowd(10), now=NOW) as tiktok:
        tiktok.report_limits.too_large = limit
        alone, together = read_both_ways(connect, tiktok)

        assert_alike(alone, together)
        assert together.exit_status == 0
        assert 0 < sum(request.code == 40067 for request in joint(tiktok)) <= 16


def test_objects_beyond_the_limit_of_all_accounts_together_are_not_lost(connect: Connect) -> None:
    """Each account alone stays below it; a header alone tells that an answer about several was cut."""
    with Emulator(crowd(10), now=NOW) as tiktok:
        tiktok.report_limits.most_objects = 7
        alone, together = read_both_ways(connect, tiktok)

        assert_alike(alone, together)
        assert len({record["ad_id"] for record in together.records(DAILY)}) == 20
        assert joint(tiktok)


PASSING: dict[str, Json] = {
    "503": {"status": 503},
    "hang-up": {"drop": True},
    "50000": {"code": 50000},
    "40100": {"code": 40100},
    "40133": {"code": 40133, "message": "Too many requests for the advertiser."},
    "empty": {"rewrite": lambda _: {}},
    "a row missing": {"rewrite": lambda data: {**data, "list": data["list"][1:]}},
    "a row twice": {"rewrite": lambda data: {**data, "list": [*data["list"][1:], data["list"][1]]}},
}
CASES = [(name, times) for name in PASSING for times in (3, None) if (name, times) != ("40100", None)]
"""For a while or always; a limit of the app that never ends is nobody's fault but fails any sync."""


@pytest.mark.parametrize(("fault", "times"), CASES)
def test_what_fails_of_several_at_once_fails_nobody(connect: Connect, fault: str, times: int | None) -> None:
    with Emulator(crowd(10), now=NOW) as tiktok:
        hit = {"path": REPORT, "match": is_about_several, "times": times, **PASSING[fault]}
        alone, together = read_both_ways(connect, tiktok, hit, streams=(DAILY,))

        assert_alike(alone, together, (DAILY,))
        assert together.exit_status == 0
        assert joint(tiktok)


def test_the_limit_of_one_account_is_waited_out_by_itself(connect: Connect) -> None:
    """The others don't wait half an hour with it."""
    with Emulator(crowd(10), now=NOW) as tiktok:
        hit = {"path": REPORT, "match": is_about_several, "times": None, "code": 40133, "message": "Too many."}
        _, together = read_both_ways(connect, tiktok, hit, streams=(DAILY,))

        assert together.exit_status == 0
        assert together.waited < 60


def test_other_lists_are_asked_as_ever(connect: Connect) -> None:
    with Emulator(crowd(6), now=NOW) as tiktok:
        connect(tiktok, accounts_per_request=5).read("ads")

        assert {tuple(request.params) for request in tiktok.log.to(ADS) if "advertiser_ids" in request.params} == set()
