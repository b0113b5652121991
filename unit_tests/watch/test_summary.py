"""The summary for programs is bounded, and its sums are right."""

from collections import Counter
from datetime import date
from typing import Any

import orjson
import pytest

from source_tiktok_marketing.api.failures import EndpointUnavailable, SystemFailure
from source_tiktok_marketing.engine.outcome import Accounts, Outcome, Reading
from source_tiktok_marketing.watch.summary import summary_object

STREAMS, ACCOUNTS, BROKEN = 130, 1_000, 70
LONG = "TikTok refuses it for a reason that it tells at length. " * 40


def a_large_run() -> tuple[dict[str, Outcome], Counter[tuple[str, str]]]:
    """Every stream read every account, failed, and left some out."""
    outcomes, requests = {}, Counter[tuple[str, str]]()
    for stream in range(STREAMS):
        name = f"a_stream_with_a_name_that_is_rather_long_{stream}"
        outcome = outcomes[name] = Outcome(failures=[SystemFailure(LONG)])
        for account in range(ACCOUNTS):
            id_ = f"7012345678900{account:06}"
            days = date(2026, 1, 1 + account % 20), date(2026, 11, 1 + account % 20)
            outcome.readings[id_] = Reading(account, 0.5, *days)
            requests[name, id_] = account + 1
            if account < BROKEN:
                outcome.skipped[id_] = EndpointUnavailable(f"{id_}: {LONG}", code=40_000 + account)
    return outcomes, requests


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    outcomes, requests = a_large_run()
    nobody = Accounts(readable=frozenset(), unavailable={}, configured=frozenset(), is_sandbox=False)
    return summary_object(outcomes, nobody, requests, 7)


def test_it_is_bounded(summary: dict[str, Any]) -> None:
    assert len(orjson.dumps(summary)) < 150_000
    assert len(summary["streams"]) == STREAMS


def test_what_is_not_told_one_by_one_is_in_a_sum(summary: dict[str, Any]) -> None:
    of_a_stream = ACCOUNTS * (ACCOUNTS + 1) // 2
    for entry in (summary["streams"][3], summary):
        others = entry["other_accounts"]
        named = entry["accounts"]
        factor = STREAMS if entry is summary else 1
        assert sum(part["requests"] for part in named) + others["requests"] == factor * of_a_stream
        assert sum(part["records"] for part in named) + others["records"] == factor * (of_a_stream - ACCOUNTS)
        assert len(named) + others["number"] == ACCOUNTS
        assert entry["requests"] == factor * of_a_stream
        assert (entry["first_day"], entry["last_day"]) == ("2026-01-01", "2026-11-20")


def test_the_costliest_accounts_are_told(summary: dict[str, Any]) -> None:
    assert summary["accounts"][0]["advertiser_id"] == "7012345678900000999"
    assert summary["streams"][0]["accounts"][0]["requests"] == ACCOUNTS


def test_reasons_are_told_with_their_numbers(summary: dict[str, Any]) -> None:
    assert summary["left_out"][0]["number_of_streams"] == STREAMS
    assert summary["streams"][0]["accounts_left_out"] == BROKEN
