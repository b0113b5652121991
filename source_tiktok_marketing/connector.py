"""The connector: configuration, catalogue and state in, lines of the Airbyte protocol out. Wiring only."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock, Stopped
from source_tiktok_marketing.api.failures import ConfigFailure, Failure, TransientFailure
from source_tiktok_marketing.api.patience import PATIENCE, Patience
from source_tiktok_marketing.catalog.reports import WITHDRAWN
from source_tiktok_marketing.config import Config, read_config
from source_tiktok_marketing.streams.offer import Offer, offers

if TYPE_CHECKING:
    from source_tiktok_marketing.api.client import Client
    from source_tiktok_marketing.streams.base import Stream
    from source_tiktok_marketing.streams.reader import Reader
    from source_tiktok_marketing.streams.second_process import SecondProcess
    from source_tiktok_marketing.streams.state import SavedState

logger = logging.getLogger("airbyte")

Json = dict[str, Any]

_WORKERS_PER_REQUEST = 2
"""Threads at the most for each request a second that the tier grants: enough for replies that take two seconds."""
_MOST_WORKERS = 40


class Connector:
    """One configured connector. Imports the network side only for the commands that use it."""

    def __init__(
        self,
        raw_config: object,
        clock: Clock,
        redactor: protocol.Redactor,
        patience: Patience = PATIENCE,
        second: "SecondProcess | None" = None,
    ) -> None:
        """Raise `ConfigFailure` if the configuration can't be used. A `second` process may help with a read."""
        self.config: Config = read_config(raw_config, os.environ, clock.now())
        self._clock = clock
        self._redactor = redactor
        self._patience = patience
        self._second = second
        redactor.hide(self.config.secrets)

    def discover(self) -> Json:
        """The catalogue of what this configuration can read."""
        return {"streams": [offer.describe() for offer in offers(self.config).values()]}

    def check(self) -> str:
        """Prove that data can be read. Returns a sentence that tells of what; raises the `Failure` that prevents it."""
        from source_tiktok_marketing.streams.directory import look_up, probe_sandbox  # noqa: PLC0415  see the class

        client = self._client()
        directory = look_up(client, self.config)
        explicit = [directory.unavailable[i] for i in self.config.advertiser_ids if i in directory.unavailable]
        if explicit or not directory.advertisers:
            raise next(iter(explicit or directory.unavailable.values()))
        if directory.info_failure is not None:
            if not self.config.is_sandbox:
                raise directory.info_failure
            probe_sandbox(client, directory)
        logger.info("%d ad accounts can be read.", len(directory.advertisers))
        return f"{len(directory.advertisers)} ad accounts can be read."

    def read(self, raw_catalog: object, raw_state: object) -> Iterator[bytes]:
        """The messages of a sync, as blocks of whole lines.

        Raises the `Failure` that prevents the whole sync, or at the end one that says which streams failed.
        """
        from source_tiktok_marketing.streams.second_process import SecondProcess  # noqa: PLC0415  see the class
        from source_tiktok_marketing.streams.selection import saved_state  # noqa: PLC0415
        from source_tiktok_marketing.streams.state import SavedState, stream_states  # noqa: PLC0415
        from source_tiktok_marketing.streams.summary import summary, sync_failure  # noqa: PLC0415

        wanted = selected(raw_catalog)
        states = stream_states(raw_state)
        offered = offers(self.config)
        refused: dict[str, Failure] = {}
        saved: dict[Offer, SavedState | None] = {}
        for name, incremental in wanted.items():
            try:
                if (offer := offered.get(name)) is None:
                    raise _unknown(name, offered)
                saved[offer] = saved_state(offer, states.get(name), incremental=incremental)
            except ConfigFailure as refusal:
                refused[name] = refusal
                yield protocol.line(protocol.error(refusal, name))
                yield protocol.line(protocol.status(name, "INCOMPLETE"))
        if saved:
            with closing(self._second or SecondProcess(processors=1)) as second:
                reader = self._reader(saved, second)
                yield from reader.lines()
            for line in summary(reader.outcomes, reader.client, reader.advertisers, reader.unavailable):
                logger.info("%s", line)
            if (failure := sync_failure(reader.outcomes, refused, reader.authorisation)) is not None:
                raise failure
        elif refused:
            raise next(iter(refused.values()))

    def _reader(self, saved: Mapping[Offer, "SavedState | None"], second: "SecondProcess") -> "Reader":
        from source_tiktok_marketing.streams.base import Context  # noqa: PLC0415  see the class
        from source_tiktok_marketing.streams.directory import LISTING_PATH, look_up  # noqa: PLC0415
        from source_tiktok_marketing.streams.parents import Parents  # noqa: PLC0415
        from source_tiktok_marketing.streams.reader import Reader  # noqa: PLC0415
        from source_tiktok_marketing.streams.selection import reading  # noqa: PLC0415

        now = self._clock.now()
        with_listing = any(getattr(offer.row, "path", "") == LISTING_PATH for offer in saved)
        client = self._client()
        try:
            directory = look_up(client, self.config, with_listing=with_listing)
        except Stopped:
            raise TransientFailure("The sync was stopped before it began.") from None
        finally:
            client.gate.leave()
        parents = Parents(client, include_deleted=self.config.include_deleted)
        context = Context(
            config=self.config, client=client, directory=directory, parents=parents, second=second, now=now
        )
        streams: list[Stream] = [reading(offer, context, state) for offer, state in saved.items()]
        return Reader(streams, context, self._clock, self._most_workers())

    def _most_workers(self) -> int:
        from source_tiktok_marketing.api.pacing import SANDBOX, TIERS  # noqa: PLC0415  see the class

        limit = SANDBOX if self.config.is_sandbox else TIERS[self.config.rate_limit_tier]
        return min(max(2, int(limit.per_second * _WORKERS_PER_REQUEST)), _MOST_WORKERS)

    def _client(self) -> "Client":
        from source_tiktok_marketing.api.client import Client  # noqa: PLC0415  see the class
        from source_tiktok_marketing.api.pacing import SANDBOX, TIERS, Pacer, endpoint_limits  # noqa: PLC0415
        from source_tiktok_marketing.api.transport import Transport  # noqa: PLC0415

        limit = SANDBOX if self.config.is_sandbox else TIERS[self.config.rate_limit_tier]
        most = self._most_workers()
        return Client(
            Transport(self.config.base_url, self.config.access_token, self._patience, connections=3 * most),
            Pacer(limit, self._clock, endpoint_limits(self.config.rate_limit_tier)),
            self._clock,
            self._patience,
            most_ahead=2 * most,
            hide=self._redactor.text,
        )


def selected(raw: object) -> dict[str, bool]:
    """The streams of a configured catalogue, and whether each is to be read incrementally.

    Raises `ConfigFailure` for what is no configured catalogue.
    """
    streams = raw.get("streams") if isinstance(raw, Mapping) else None
    if not isinstance(streams, list):
        raise ConfigFailure("The catalog is not usable: it must be an object with a list of streams.")
    wanted: dict[str, bool] = {}
    for entry in streams:
        stream = entry.get("stream") if isinstance(entry, Mapping) else None
        name = stream.get("name") if isinstance(stream, Mapping) else None
        if not isinstance(name, str) or not name:
            raise ConfigFailure("The catalog is not usable: each of its streams needs a stream object with a name.")
        mode = entry.get("sync_mode") or "full_refresh"
        if mode not in ("full_refresh", "incremental"):
            raise ConfigFailure(
                f"The catalog is not usable: stream {name} has sync_mode {mode!r:.40}; "
                "accepted are full_refresh and incremental."
            )
        wanted[name] = mode == "incremental"
    return wanted


def _unknown(name: str, offered: Mapping[str, Offer]) -> ConfigFailure:
    if replacement := WITHDRAWN.get(name):
        return ConfigFailure(
            f"TikTok withdrew hourly audience reports, so stream {name} can't be read. Select {replacement} instead."
        )
    close = get_close_matches(name, offered, n=3)
    hint = f" Did you mean {', '.join(close)}?" if close else ""
    return ConfigFailure(
        f"The catalog names stream {name!r:.100}, which this configuration does not offer.{hint} "
        "Refresh the schema of the connection or deselect the stream."
    )
