"""Reports of several accounts at once, and what a TikTok that isn't as documented makes of them."""

from dataclasses import dataclass, replace
from datetime import datetime

from integration_tests.emulator.api.errors import refuse
from integration_tests.emulator.reports.query import Query
from integration_tests.emulator.world.account import Account, Chain

# What a row of such a report tells beside the metrics that were asked for.
ACCOUNT_METRICS = ("currency", "timezone", "advertiser_id")


@dataclass
class Several:
    """How reports of several accounts are answered: as documented, unless something is set.

    `first_only`: all ids but the first are passed over. `silent_about`: these accounts are left out. `tells`: the
    metrics added to each row. `in_utc`: days are those of UTC, whatever was asked for. `is_refused`: the parameter is
    unknown. `intruder`: an account that nobody asked about is answered with the others.
    """

    first_only: bool = False
    silent_about: frozenset[str] = frozenset()
    tells: tuple[str, ...] = ACCOUNT_METRICS
    in_utc: bool = False
    is_refused: bool = False
    intruder: str | None = None

    def understood(self, query: Query) -> Query:
        """Return what a query for several accounts is taken for, or refuse it."""
        if self.is_refused:
            raise refuse("Unknown parameter: advertiser_ids.")
        asked = query.advertisers[:1] if self.first_only else query.advertisers
        more = (self.intruder,) if self.intruder else ()
        answered = tuple(account for account in (*asked, *more) if account not in self.silent_about)
        return replace(query, advertisers=answered, in_utc=query.in_utc or self.in_utc)


def chosen_objects(query: Query, account: Account, now: datetime) -> list[Chain]:
    """Return the objects that the filters let through, newest first."""
    return [
        chain for chain in account.chains(query.level, now) if all(wish.accepts(chain, now) for wish in query.filters)
    ]


def newest_objects(chosen: list[list[Chain]], most: int) -> list[list[Chain]]:
    """Return, for each account, those of its objects that are among the newest of all accounts together."""
    if sum(map(len, chosen)) <= most:
        return chosen
    if len(chosen) == 1:
        return [chosen[0][:most]]
    ranked = sorted((chain for chains in chosen for chain in chains), key=lambda chain: chain.entity.created)
    kept = {chain.entity.id for chain in ranked[-most:]}
    return [[chain for chain in chains if chain.entity.id in kept] for chains in chosen]
