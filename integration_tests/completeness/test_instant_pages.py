"""Instant pages are asked about by combination: hundreds of requests, several of them under way at a time."""

from itertools import pairwise

from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import NOW, accounts, ids
from integration_tests.harness.connection import Connect

EVENTS, PATH = "pixel_instant_page_events", "pixel/instant_page/event/"
LATENCY = 0.02


def test_a_combination_is_asked_before_the_one_before_is_answered(connect: Connect) -> None:
    with Emulator(accounts(1), now=NOW, latency=LATENCY) as tiktok:
        run = connect(tiktok).read(EVENTS)
        arrivals = sorted(request.at for request in tiktok.log if request.path == PATH)

    assert run.records(EVENTS)
    assert run.statuses(EVENTS)[-1] == "COMPLETE"
    waits = [later - earlier for earlier, later in pairwise(arrivals)]
    assert sum(wait < LATENCY for wait in waits) > len(waits) / 2


def test_what_was_refused_for_one_account_is_not_asked_for_another(connect: Connect) -> None:
    with Emulator(accounts(2), now=NOW) as tiktok:
        connect(tiktok).read(EVENTS)
        asked = [request for request in tiktok.log if request.path == PATH]
        first, _ = ids(tiktok)

    assert len({request.query for request in asked}) == len(asked)
    assert {request.params["advertiser_id"] for request in asked if request.code != 0} == {first}
