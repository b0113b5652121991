"""Faults that last for a sync or hit what a sync depends on: a row each, with what it may cost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from integration_tests.emulator import Fault
from integration_tests.expected.report_names import REPORTS
from integration_tests.harness.output import Json
from integration_tests.soak.truth import INFO, LISTING, PATHS, REPORT, endpoints, needed

REFUSED = 40001
TEXTS = (
    "This ad account has no permission for TikTok Shop.",
    "No permission to operate advertiser.",
    "The advertiser is not in the whitelist.",
    "The endpoint is not granted to the app.",
    "Your developer does not grant you this :GET for the account.",
    "No permission.",
)
"""What TikTok says with this code: whether it is the account is told by advertiser/info/ alone."""
METRICS = ("likes", "comments", "spend", "video_watched_2s", "duet_clicks", "skan_conversion", "reach")
LATEST = 12
"""Requests after which a fault begins at the latest."""


@dataclass(frozen=True)
class Aim:
    """What a drawn fault is about."""

    path: str
    account: str
    begins: int
    text: str
    metric: str

    def fits(self, params: Json) -> bool:
        """Whether a request is about the account; a look-up also about no other, since it is divided if it fails."""
        several = params.get("advertiser_ids", [])
        is_of_reports = "data_level" in params and self.account in several
        return params.get("advertiser_id") == self.account or several == [self.account] or is_of_reports


@dataclass(frozen=True)
class Cost:
    """What a fault may cost the streams that need its endpoint; nothing else may be touched."""

    fails: bool = False
    """They may be incomplete."""
    skips: bool = False
    """Those whose endpoint is refused with 40001 may leave out the account."""
    withdraws: bool = False
    """Every stream may leave out the account, or be incomplete if it had begun with it."""
    metric: bool = False
    """They may leave out the metric of the account."""


Rewrite = Callable[[Any], Any]


def fault(aim: Aim, **what: Any) -> Iterator[Fault]:
    """Yield the fault for the path and account that it is aimed at."""
    yield Fault(path=aim.path, match=aim.fits, **what)


def for_all(aim: Aim, **what: Any) -> Iterator[Fault]:
    """Yield the fault for the path, whoever is asked about."""
    yield Fault(path=aim.path, **what)


def refused(aim: Aim, *, late: bool = False, confirmed: bool = False) -> Iterator[Fault]:
    """Yield a refusal of the endpoint, which advertiser/info confirms to be one of the account or doesn't."""
    what: Json = {"code": REFUSED, "message": aim.text, "times": None}
    yield from fault(aim, **what, after=aim.begins if late else 0)
    if confirmed:
        yield Fault(path=INFO, match={"advertiser_ids": [aim.account]}, **what)


def contradicted(aim: Aim, contradict: Callable[[Json, int], Json], times: int | None) -> Iterator[Fault]:
    """Yield a page_info that contradicts its page."""

    def change(data: Any) -> Any:
        rows = next((value for value in data.values() if isinstance(value, list)), None)
        if "page_info" not in data or not rows:
            return data
        return {**data, "page_info": data["page_info"] | contradict(data["page_info"], len(rows))}

    yield from fault(aim, rewrite=change, times=times)


def metric_refused(aim: Aim, *, late: bool = False) -> Iterator[Fault]:
    """Yield a refusal of one metric."""
    message = f"Please correct the information. Invalid metric fields: ['{aim.metric}']. "
    yield Fault(
        path=REPORT,
        match=lambda asked: aim.fits(asked) and aim.metric in asked["metrics"],
        code=40002,
        message=message,
        times=None,
        after=aim.begins if late else 0,
    )


def too_large(aim: Aim, **ids: Any) -> Iterator[Fault]:
    """Yield a refusal of reports of objects unless they are asked for by campaigns, and what lists the campaigns."""

    def is_whole(asked: Json) -> bool:
        of_objects = asked["data_level"] != "AUCTION_ADVERTISER"
        return aim.fits(asked) and of_objects and "_ids" not in str(asked.get("filtering"))

    yield Fault(path=REPORT, match=is_whole, code=40067, message="The query is too large.", times=None)
    if ids:
        yield Fault(path="campaign/get/", match=aim.fits, times=None, **ids)


def nothing(_: Any) -> Json:
    """Return data without anything."""
    return {}


def no_rows(_: Json, __: int) -> Json:
    return {"total_number": 0, "total_page": 1}


def fewer_rows(_: Json, rows: int) -> Json:
    return {"total_number": rows - 1, "total_page": 1}


def a_page_too_few(info: Json, _: int) -> Json:
    return {"total_page": max(info["total_page"] - 1, 0)}


@dataclass(frozen=True)
class Row:
    """A row of the table: where a fault is drawn, how it looks, what it may cost."""

    name: str
    faults: Callable[[Aim], Iterable[Fault]]
    cost: Cost = field(default_factory=Cost)
    paths: tuple[str, ...] = PATHS


FAILS, SKIPS, WITHDRAWS = Cost(fails=True), Cost(fails=True, skips=True), Cost(withdraws=True)
LOOK_UPS, OF_REPORTS = (LISTING, INFO), (REPORT,)
TABLE = (
    Row("an endpoint refused", refused, SKIPS),
    Row("an endpoint refused from some request on", partial(refused, late=True), SKIPS),
    Row("an account withdrawn", partial(refused, confirmed=True), WITHDRAWS),
    Row("an account withdrawn from some request on", partial(refused, confirmed=True, late=True), WITHDRAWS),
    Row("a report refused from some request on", partial(refused, late=True), SKIPS, OF_REPORTS),
    Row("an empty answer", partial(fault, rewrite=nothing)),
    Row("empty answers", partial(fault, rewrite=nothing, times=None), FAILS),
    Row("no rows announced, once", partial(contradicted, contradict=no_rows, times=1)),
    Row("no rows announced", partial(contradicted, contradict=no_rows, times=None), FAILS),
    Row("fewer rows announced, once", partial(contradicted, contradict=fewer_rows, times=1)),
    Row("fewer rows announced", partial(contradicted, contradict=fewer_rows, times=None), FAILS),
    Row("a page too few, once", partial(contradicted, contradict=a_page_too_few, times=1)),
    Row("a page too few", partial(contradicted, contradict=a_page_too_few, times=None), FAILS),
    Row("a metric refused", metric_refused, Cost(metric=True), OF_REPORTS),
    Row("a metric refused later", partial(metric_refused, late=True), Cost(fails=True, metric=True), OF_REPORTS),
    Row("too large once", partial(fault, code=40067), paths=OF_REPORTS),
    Row("too large, divided by ids", too_large, paths=OF_REPORTS),
    Row("too large without ids", partial(too_large, code=REFUSED, message=TEXTS[0]), SKIPS, (REPORT, "campaign/get/")),
    Row("too large with empty ids", partial(too_large, rewrite=nothing), FAILS, (REPORT, "campaign/get/")),
    Row("a look-up that fails for a while", partial(for_all, status=503, times=5), paths=LOOK_UPS),
    Row("a look-up that hangs up for a while", partial(for_all, drop=True, times=5), paths=LOOK_UPS),
    Row("a look-up that is empty once", partial(for_all, rewrite=nothing), paths=LOOK_UPS),
    Row("a look-up that drips", partial(for_all, drip=0.3, times=2), paths=LOOK_UPS),
    Row("a slow look-up", partial(for_all, delay=0.3, times=2), paths=LOOK_UPS),
)


@dataclass(frozen=True)
class Drawn:
    """A fault that was drawn, and what it may cost whom."""

    name: str
    faults: tuple[Fault, ...]
    cost: Cost
    aim: Aim
    paths: frozenset[str]

    def may_fail(self, stream: str) -> bool:
        """Whether the stream may be incomplete."""
        return self.cost.withdraws or (self.cost.fails and not self.paths.isdisjoint(needed(stream)))

    def may_skip(self, stream: str, account: str) -> bool:
        """Whether the stream may leave out the account."""
        refused = {each.path for each in self.faults if each.code == REFUSED}
        is_refused = self.cost.skips and not refused.isdisjoint(endpoints(stream))
        return account == self.aim.account and (self.cost.withdraws or is_refused)

    def may_lack(self, stream: str, account: str, metric: str) -> bool:
        """Whether rows of the account may lack the metric."""
        return self.cost.metric and (account, metric) == (self.aim.account, self.aim.metric) and stream in REPORTS

    @property
    def hits(self) -> int:
        """How many requests it hit."""
        return sum(
            min(max(each.seen - each.after, 0), each.seen if each.times is None else each.times) for each in self.faults
        )


def drawn(dice: Random, accounts: list[str], number: int, table: tuple[Row, ...] = TABLE) -> list[Drawn]:
    """Draw some faults."""
    return [_draw(dice, row, accounts) for row in dice.sample(table, number)]


def _draw(dice: Random, row: Row, accounts: list[str]) -> Drawn:
    aim = Aim(
        path=dice.choice(row.paths),
        account=dice.choice(accounts),
        begins=dice.randrange(1, LATEST),
        text=dice.choice(TEXTS),
        metric=dice.choice(METRICS),
    )
    # What has several endpoints in its row may cost all of them; what is drawn from all costs the one it hits.
    paths = frozenset([aim.path] if row.paths in (PATHS, LOOK_UPS) else row.paths)
    return Drawn(row.name, tuple(row.faults(aim)), row.cost, aim, paths)
