"""The comparison itself: whatever is wrong with a sync is found."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from random import Random

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import DAILY, NOW, accounts, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json, Run
from integration_tests.soak.lasting import TABLE, Drawn, Row, drawn
from integration_tests.soak.ledger import DOUBLED, INVENTED, LOST, PART, SPREAD, Ledger
from integration_tests.soak.truth import REPORT, Truth

Tamper = Callable[[list[Json]], None]


def rows(messages: list[Json]) -> list[Json]:
    return [message for message in messages if message["type"] == "RECORD"]


def without_a_row(messages: list[Json]) -> None:
    messages.remove(rows(messages)[0])


def without_a_metric(messages: list[Json]) -> None:
    del rows(messages)[0]["record"]["data"]["metrics"]["likes"]


def with_another_value(messages: list[Json]) -> None:
    rows(messages)[0]["record"]["data"]["metrics"]["spend"] = "0.01"


def with_a_row_twice(messages: list[Json]) -> None:
    messages.insert(0, rows(messages)[0])


def incomplete(messages: list[Json]) -> None:
    messages[-1]["trace"]["stream_status"]["status"] = "INCOMPLETE"


def skipping_the_first(messages: list[Json]) -> None:
    account = rows(messages)[0]["record"]["data"]["advertiser_id"]
    for message in rows(messages):
        if message["record"]["data"]["advertiser_id"] == account:
            messages.remove(message)
    messages.append(warning(f"Stream {DAILY} skips advertiser {account}. It is refused."))


def skipping_a_part(messages: list[Json]) -> None:
    account = rows(messages)[0]["record"]["data"]["advertiser_id"]
    without_a_row(messages)
    messages.append(warning(f"Stream {DAILY} skips advertiser {account}. It is refused."))


def leaving_out_likes(messages: list[Json]) -> None:
    account = rows(messages)[0]["record"]["data"]["advertiser_id"]
    without_a_metric(messages)
    messages.append(warning(f"{DAILY}: left out for advertiser {account} in this run, because it is so: likes."))


def warning(text: str) -> Json:
    return {"type": "LOG", "log": {"level": "WARN", "message": text}}


@pytest.mark.parametrize(
    ("tamper", "kinds", "excused_by"),
    [
        (without_a_row, {LOST}, ""),
        (without_a_metric, {LOST, INVENTED}, ""),
        (with_another_value, {LOST, INVENTED}, ""),
        (with_a_row_twice, {DOUBLED}, ""),
        (incomplete, {SPREAD}, "empty answers"),
        (skipping_the_first, {SPREAD}, "an endpoint refused"),
        (skipping_a_part, {SPREAD, PART}, ""),
        (leaving_out_likes, {SPREAD, INVENTED}, "a metric refused"),
    ],
)
def test_what_is_wrong_is_found_unless_a_fault_excuses_it(
    connect: Connect, tamper: Tamper, kinds: set[str], excused_by: str
) -> None:
    with Emulator(accounts(2), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-08")
        run = connection.read(DAILY)
        truth = Truth(tiktok, connection.discover(), date(2026, 11, 8))
        messages = [each for each in deepcopy(run.messages) if each["type"] in ("RECORD", "TRACE")]
        tamper(messages)
        tampered = Run(0, messages)
        excuses = excuse(tiktok, tampered, excused_by) if excused_by else []

        assert found(truth, run, []) == set()
        assert found(truth, tampered, []) == kinds
        assert not excused_by or found(truth, tampered, excuses) == set()


def excuse(tiktok: Emulator, run: Run, name: str) -> list[Drawn]:
    """Draw a fault of the table that is about reports of the account that suffered, and the metric it lacks."""
    (row,) = (each for each in TABLE if each.name == name)
    of_reports = Row(row.name, row.faults, row.cost, (REPORT,))
    whole = [account for account in ids(tiktok) if len([r for r in run.records(DAILY) if is_whole(r, account)]) < 3]
    for seed in range(1000):
        (fault,) = drawn(Random(seed), whole or ids(tiktok), 1, (of_reports,))
        if fault.aim.metric == "likes":
            return [fault]
    raise AssertionError("no seed draws it")


def is_whole(record: Json, account: str) -> bool:
    return str(record["advertiser_id"]) == account and "likes" in record["metrics"]


def found(truth: Truth, run: Run, faults: list[Drawn]) -> set[str]:
    """The kinds of what is wrong."""
    ledger = Ledger(truth)
    ledger.enter(run, [DAILY], faults, is_cut_off=False)
    return {kind for kind, _ in ledger.findings}
