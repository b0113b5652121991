"""Looks up the advertisers of a run, with their time zones and creation dates, once for all streams."""

import logging
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pendulum

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    AuthorisationFailure,
    ConfigFailure,
    EndpointUnavailable,
    Failure,
)
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.endpoints import ADVERTISER_INFO_PATH, ADVERTISERS_PATH
from source_tiktok_marketing.config import Config
from source_tiktok_marketing.streams.bisection import pages_of_granted
from source_tiktok_marketing.streams.time_zones import zone_of

logger = logging.getLogger("airbyte")

Json = dict[str, Any]

_SANDBOX_PROBE = "campaign/get/"
_LAST_SECOND = 2**37
"""Creation times beyond are no times."""
MOST_IDS = 100
"""Ids that one request to advertiser/info takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advertiser:
    """An ad account, as far as reading it goes."""

    advertiser_id: str
    zone: pendulum.Timezone | None = None
    """None: TikTok tells no zone that is known."""
    created: date | None = None
    """The day of its creation in its zone; None: unknown."""


@dataclass(slots=True)
class Advertisers:
    """The advertisers of a run. Safe to share between threads."""

    client: Client
    is_sandbox: bool = False
    listed: list[Json] = field(default_factory=list)
    """Rows of oauth2/advertiser/get/, if it was asked."""
    listing_failure: Failure | None = None
    """Why it can't be asked, though the configuration names advertisers that can be read."""
    infos: list[Json] = field(default_factory=list)
    """Rows of advertiser/info/ for the advertisers to read."""
    readable: tuple[Advertiser, ...] = ()
    """Those that can be read."""
    unavailable: dict[str, Failure] = field(default_factory=dict)
    """Those that TikTok withdrew, and what it said."""
    info_failure: Failure | None = None
    """Why advertiser/info/ can't be read at all; the advertisers themselves may be readable nevertheless."""
    not_told: dict[str, Failure] = field(default_factory=dict)
    """Those that advertiser/info/ leaves out; they may be readable nevertheless."""
    _answers: dict[str, str | None] = field(default_factory=dict)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def without_info(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of `ids` that advertiser/info/ neither described nor refused."""
        if self.info_failure is not None:
            return ()
        described = {str(row.get("advertiser_id")) for row in self.infos}
        return tuple(id_ for id_ in ids if id_ not in described and id_ not in self.unavailable)

    def refusal_of(self, advertiser_id: str, refusal: AdvertiserUnavailable) -> Failure:
        """Return what an endpoint's refusal of an advertiser costs.

        It is the advertiser only if TikTok says so when it is asked about the advertiser itself, once a run; otherwise
        the endpoint, for this advertiser.
        """
        with self._asking:
            if advertiser_id not in self._answers:
                self._answers[advertiser_id] = self._asked_about(advertiser_id)
        if (answer := self._answers[advertiser_id]) is None:
            return refusal
        return EndpointUnavailable(f"{refusal.message} {answer}", code=refusal.code, request_id=refusal.request_id)

    def _asked_about(self, advertiser_id: str) -> str | None:
        """Return what TikTok says of the advertiser itself, None if it was withdrawn.

        The sandbox, which has a single advertiser, can't be asked.
        """
        if self.is_sandbox:
            return None
        try:
            _rows(_list(self.client, ADVERTISER_INFO_PATH, {"advertiser_ids": (advertiser_id,)}))
        except AdvertiserUnavailable:
            return None
        except AuthorisationFailure:
            raise
        except Failure as failure:
            logger.warning("Whether advertiser %s was withdrawn is unknown. %s", advertiser_id, failure.message)
            return "Whether the ad account itself was withdrawn is unknown."
        return "The ad account itself is not withdrawn."


def look_up(client: Client, config: Config, *, with_listing: bool = False) -> Advertisers:
    """Ask TikTok for the advertisers to read; list them also when the configuration names them if `with_listing`.

    Raises `ConfigFailure` when the token reaches none, and what `Client.get` raises.
    """
    found = Advertisers(client, config.is_sandbox)
    if with_listing or not config.advertiser_ids:
        try:
            found.listed = _listing(client, config)
        except AuthorisationFailure:
            raise
        except Failure as failure:
            if not config.advertiser_ids:
                raise
            found.listing_failure = failure
    listed = [key for key in _keys(found.listed) if key is not None]
    if len(listed) < len(found.listed):
        logger.warning("TikTok lists %d ad accounts without an id.", len(found.listed) - len(listed))
    ids = config.advertiser_ids or tuple(dict.fromkeys(listed))
    if not ids:
        raise ConfigFailure(
            "The access token reaches no ad account. Grant at least one ad account to the developer app in TikTok for "
            "Business and authorise the connection again."
        )
    _add_all_infos(client, found, ids)
    if missing := found.without_info(ids):
        _add_all_infos(client, found, missing)  # an answer may have been cut short
    for advertiser_id in found.without_info(ids):
        found.not_told[advertiser_id] = EndpointUnavailable(
            f"TikTok tells nothing of ad account {advertiser_id} on {ADVERTISER_INFO_PATH}, so its time zone "
            "and creation date are unknown."
        )
    infos = {str(row.get("advertiser_id")): row for row in found.infos}
    found.readable = tuple(
        _advertiser(advertiser_id, infos.get(advertiser_id, {}))
        for advertiser_id in ids
        if advertiser_id not in found.unavailable
    )
    return found


def probe_sandbox(client: Client, found: Advertisers) -> None:
    """Read one campaign of each advertiser, since the sandbox has no advertiser/info. Raises what TikTok says."""
    for advertiser in found.readable:
        client.get(_SANDBOX_PROBE, {"advertiser_id": advertiser.advertiser_id, "page": 1, "page_size": 1})


def _listing(client: Client, config: Config) -> list[Json]:
    if not (config.app_id and config.secret):
        raise ConfigFailure(
            "TikTok lists the ad accounts of a token only to its app: fill in credentials.app_id and "
            "credentials.secret, or deselect the stream advertiser_ids."
        )
    return _rows(_list(client, ADVERTISERS_PATH, {"app_id": config.app_id, "secret": config.secret}))


def _list(client: Client, path: str, params: Json) -> Pages:
    """Return the rows of a list of advertisers, which has no pages."""
    return Pages(client, ListRequest(path=path, params=params, page_size=None, keys=_keys))


def _rows(pages: Pages) -> list[Json]:
    return [row for page in pages for row in page]


def _keys(rows: Sequence[Json]) -> list[str | None]:
    return [str(row["advertiser_id"]) if row.get("advertiser_id") else None for row in rows]


def _add_all_infos(client: Client, found: Advertisers, ids: tuple[str, ...]) -> None:
    """Ask for the details of all `ids`, several batches at the same time."""
    batches = [ids[first : first + MOST_IDS] for first in range(0, len(ids), MOST_IDS)]
    with ExitStack() as stack:
        answers = [_list(client, ADVERTISER_INFO_PATH, {"advertiser_ids": batch}) for batch in batches]
        for answer in answers:
            stack.callback(answer.close)
            answer.send_ahead()
        for batch, answer in zip(batches, answers, strict=True):
            if found.info_failure is None:
                _add_infos(client, found, batch, answer)


def _add_infos(client: Client, found: Advertisers, ids: tuple[str, ...], answer: Pages) -> None:
    """Add the details of `ids` from the `answer`, without those that TikTok withdrew."""

    def ask(some: Sequence[str]) -> Pages:
        return answer if some == ids else _list(client, ADVERTISER_INFO_PATH, {"advertiser_ids": some})

    withdrawn: dict[str, Failure] = {}
    try:
        for page in pages_of_granted(ids, ask, AdvertiserUnavailable, withdrawn):
            found.infos += page
    except EndpointUnavailable as failure:
        logger.warning("Time zones and creation dates of the ad accounts are unknown. %s", failure.message)
        found.info_failure = failure
    for advertiser_id, reason in withdrawn.items():
        logger.warning("Advertiser %s is skipped in all streams. %s", advertiser_id, reason.message)
    found.unavailable |= withdrawn


def _advertiser(advertiser_id: str, info: Json) -> Advertiser:
    zone = zone_of(info.get("display_timezone"), info.get("timezone"))
    created = None
    if isinstance(seconds := info.get("create_time"), int | float) and 0 < seconds < _LAST_SECOND:
        created = pendulum.from_timestamp(seconds, zone or pendulum.UTC).date()
    return Advertiser(advertiser_id=advertiser_id, zone=zone, created=created)
