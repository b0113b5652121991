"""The request budget, in virtual time: as fast as TikTok grants, never faster, and quick to learn from refusals."""

import threading
from bisect import bisect_left
from collections import deque

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from source_tiktok_marketing.api.clock import Stopped
from source_tiktok_marketing.api.pacing import Pacer
from source_tiktok_marketing.api.rate_limits import SANDBOX, TIERS, RateLimit, endpoint_limits
from unit_tests.virtual_clock import VirtualClock

LIMITS = {**TIERS, "sandbox": SANDBOX}
GMV_MAX = "gmv_max/report/get/"


class LateClock(VirtualClock):
    """Sleeps take a little longer than asked, as on a machine."""

    def sleep(self, seconds: float) -> None:
        """Move on by `seconds` and 3 ms."""
        super().sleep(seconds + 0.003)


class Server:
    """Refuses what exceeds its limit, which may be lower than what the user configured. Refusals don't count."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._arrivals: deque[float] = deque()

    def admits(self, now: float) -> bool:
        """Whether a request that arrives `now` is answered."""
        while self._arrivals and self._arrivals[0] <= now - 60:
            self._arrivals.popleft()
        second = sum(1 for arrival in self._arrivals if arrival > now - 1)
        if second >= self._limit.per_second or len(self._arrivals) >= self._limit.per_minute:
            return False
        self._arrivals.append(now)
        return True


def turns(pacer: Pacer, clock: VirtualClock, seconds: float, path: str = "ad/get/") -> list[float]:
    """The moments of the turns that a caller who never rests gets within `seconds`."""
    end = clock.monotonic() + seconds
    moments: list[float] = []
    while True:
        pacer.wait_turn(path)
        if clock.monotonic() > end:
            return moments
        moments.append(clock.monotonic())


def most_within(moments: list[float], seconds: float) -> int:
    """The largest number of moments in any stretch of `seconds`, its end excluded."""
    return max(bisect_left(moments, start + seconds - 1e-6) - index for index, start in enumerate(moments))


def answers(pacer: Pacer, clock: VirtualClock, server: Server, seconds: float) -> tuple[int, int]:
    """How many requests the server accepts and refuses within `seconds`."""
    accepted = refused = 0
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        pacer.wait_turn("ad/get/")
        if server.admits(clock.monotonic()):
            accepted += 1
            pacer.accepted()
        else:
            refused += 1
            pacer.refused()
    return accepted, refused


@pytest.mark.parametrize("clock_type", [VirtualClock, LateClock])
@pytest.mark.parametrize("tier", LIMITS)
def test_no_second_and_no_minute_exceeds_the_limit(tier: str, clock_type: type[VirtualClock]) -> None:
    """From the first request on, wherever the second or minute begins."""
    clock = clock_type()
    moments = turns(Pacer(LIMITS[tier], clock), clock, 150)

    assert most_within(moments, 1) <= LIMITS[tier].per_second
    assert most_within(moments, 60) <= LIMITS[tier].per_minute


@pytest.mark.parametrize("tier", LIMITS)
def test_a_rest_saves_up_nothing_beyond_the_limit(tier: str) -> None:
    """After a quiet time the first second is a second like any other."""
    clock = VirtualClock()
    pacer = Pacer(LIMITS[tier], clock)
    moments = turns(pacer, clock, 3)
    clock.sleep(20)
    moments += turns(pacer, clock, 3)

    assert most_within(moments, 1) <= LIMITS[tier].per_second


@pytest.mark.parametrize("clock_type", [VirtualClock, LateClock])
@pytest.mark.parametrize("tier", TIERS)
def test_nearly_all_that_is_granted_is_used(tier: str, clock_type: type[VirtualClock]) -> None:
    clock = clock_type()
    moments = turns(Pacer(TIERS[tier], clock), clock, 300)

    assert len(moments) >= 0.9 * 300 * TIERS[tier].per_second


@given(
    tier=st.sampled_from(sorted(TIERS)),
    parts=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    delays=st.lists(st.floats(0, 3), min_size=4, max_size=4),
)
@example(tier="basic", parts=[1, 1, 1, 1], delays=[0.0, 0.1, 0.2, 0.3])
@example(tier="ultimate", parts=[1, 2, 4], delays=[0.0, 0.0, 0.0, 0.0])
@settings(max_examples=30, deadline=None)
def test_programs_whose_shares_add_up_to_one_keep_the_limit(tier: str, parts: list[int], delays: list[float]) -> None:
    """However their seconds lie, and without knowing of each other."""
    whole = TIERS[tier]
    moments = []
    for part, delay in zip(parts, delays, strict=False):
        clock = VirtualClock()
        share = whole.share(part / sum(parts))
        assume(share.per_second >= 1)
        moments += [delay + moment for moment in turns(Pacer(share, clock), clock, 70)]
    moments.sort()

    assert most_within(moments, 1) <= whole.per_second
    assert most_within(moments, 60) <= whole.per_minute
    assert len(moments) >= 0.65 * 70 * whole.per_second


def test_endpoints_with_a_limit_of_their_own_are_shared_too() -> None:
    clock = VirtualClock()
    moments = turns(Pacer(TIERS["basic"].share(0.5), clock, endpoint_limits("basic", 0.5)), clock, 130, GMV_MAX)

    assert most_within(moments, 60) <= 120


def test_a_server_with_the_granted_limit_refuses_nothing() -> None:
    clock = VirtualClock()
    _, refused = answers(Pacer(TIERS["basic"], clock), clock, Server(TIERS["basic"]), 300)

    assert refused == 0


def test_the_pace_settles_below_a_limit_that_is_lower_than_configured() -> None:
    """A basic app configured as ultimate: after a minute hardly a request is refused, and the app is kept busy."""
    clock = VirtualClock()
    pacer = Pacer(TIERS["ultimate"], clock)
    server = Server(TIERS["basic"])
    answers(pacer, clock, server, 60)

    assert pacer.rate <= 10

    accepted, refused = answers(pacer, clock, server, 600)

    assert refused <= 0.02 * accepted
    assert accepted >= 0.7 * 10 * 600


def test_the_full_pace_comes_back_when_a_shared_app_is_left_alone() -> None:
    """Another sync took part of the app's limit for a while."""
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    full = pacer.rate
    answers(pacer, clock, Server(RateLimit(per_second=4, per_minute=240)), 120)
    answers(pacer, clock, Server(TIERS["basic"]), 900)

    assert pacer.rate == pytest.approx(full)


def test_a_refusal_pauses_and_halves_the_pace() -> None:
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    pacer.wait_turn("ad/get/")
    before, began = pacer.rate, clock.monotonic()
    pause = pacer.refused()
    pacer.wait_turn("ad/get/")

    assert pause >= 1
    assert clock.monotonic() - began >= pause - 1e-6
    assert pacer.rate == pytest.approx(before / 2)


def test_a_refusal_that_stays_alone_is_soon_made_up_for() -> None:
    """A stall somewhere on the way lets requests arrive together; that says nothing of the tier."""
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    full = pacer.rate
    answers(pacer, clock, Server(TIERS["basic"]), 60)
    pacer.refused()
    answers(pacer, clock, Server(TIERS["basic"]), 4)

    assert pacer.rate == pytest.approx(full)


def test_requests_that_were_on_their_way_count_as_one_refusal() -> None:
    """Forty threads that are refused together don't slow the app down forty times."""
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    before = pacer.rate
    pauses = [pacer.refused() for _ in range(40)]

    assert pacer.rate == pytest.approx(before / 2)
    assert max(pauses) == min(pauses)


def test_an_app_that_stays_refused_is_not_hammered() -> None:
    """TikTok restricts apps for minutes: at most about two requests a minute find out, and the pace never becomes 0."""
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    nobody = Server(RateLimit(per_second=0, per_minute=0))
    answers(pacer, clock, nobody, 120)
    _, refused = answers(pacer, clock, nobody, 600)

    assert 8 <= refused <= 20
    assert pacer.rate > 0


def test_a_limited_advertiser_rests_alone() -> None:
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    full, pause = pacer.rate, pacer.advertiser_refused("7001", 3)
    began = clock.monotonic()
    for _ in range(5):
        pacer.wait_turn("ad/get/", "7002")

    assert clock.monotonic() - began < 1
    assert pacer.rate == pytest.approx(full)

    pacer.wait_turn("ad/get/", "7001")

    assert pause >= 8
    assert clock.monotonic() - began >= pause - 1e-6


def test_an_advertiser_that_stays_limited_rests_longer_up_to_about_a_minute() -> None:
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    pauses = [pacer.advertiser_refused("7001", attempt) for attempt in (1, 3, 50)]

    assert pauses[0] < pauses[1] < pauses[2] <= 75


@pytest.mark.parametrize("tier", TIERS)
def test_an_endpoint_with_a_limit_of_its_own_keeps_it(tier: str) -> None:
    """GMV Max reports are granted less than the app: 240 a minute in the basic tier."""
    clock = VirtualClock()
    path = GMV_MAX
    own = endpoint_limits(tier)
    moments = turns(Pacer(TIERS[tier], clock, own), clock, 200, path)

    assert own[GMV_MAX].per_minute == {"basic": 240, "advanced": 360}.get(tier, 600)
    assert most_within(moments, 1) <= own[path].per_second
    assert most_within(moments, 60) <= own[path].per_minute
    assert len(moments) >= 0.9 * own[path].per_minute * 3


def test_a_slow_endpoint_does_not_hold_up_the_others() -> None:
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock, endpoint_limits("basic"))
    turns(pacer, clock, 61, GMV_MAX)

    assert len(turns(pacer, clock, 60)) >= 540


def test_threads_share_one_budget() -> None:
    """However many ask at once, together they get what the tier grants, and each gets its turns."""
    clock = VirtualClock()
    pacer = Pacer(TIERS["premium"], clock)
    began = clock.monotonic()
    counts = [0] * 12

    def ask(worker: int) -> None:
        for _ in range(100):
            pacer.wait_turn("ad/get/")
            counts[worker] += 1

    threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    elapsed = clock.monotonic() - began

    assert counts == [100] * 12
    assert 1200 / 30 <= elapsed + 1 <= 1200 / 27 + 1


def test_threads_that_wait_end_with_the_run() -> None:
    clock = VirtualClock()
    pacer = Pacer(TIERS["basic"], clock)
    pacer.refused()
    clock.stop()

    with pytest.raises(Stopped):
        pacer.wait_turn("ad/get/")
