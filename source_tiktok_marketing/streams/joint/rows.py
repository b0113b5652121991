"""Rows of a report of several accounts: whose each is, and how they become the rows of a report of one."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.reply import DecodedPage
from source_tiktok_marketing.catalog.endpoints import OWNER, TOLD_OF_SEVERAL
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.reports.rows import ReportRows


class NotAsDocumented(SystemFailure):
    """TikTok's answer about several accounts can't be told apart by account."""


class JointRows:
    """The rows of one report about several accounts that asks for certain metrics."""

    def __init__(self, name: str, dimensions: tuple[str, ...], metrics: tuple[str, ...], schema: Json) -> None:
        """Fix the types. TikTok adds `TOLD_OF_SEVERAL` to the `metrics`, which no record of one account has."""
        self._added = tuple(told for told in TOLD_OF_SEVERAL if told not in metrics)
        of_metrics = schema["properties"]["metrics"]
        types = of_metrics["properties"] | {told: {"type": ["null", "string"]} for told in self._added}
        wider = {**schema["properties"], "metrics": {**of_metrics, "properties": types}}
        self._rows = ReportRows(name, dimensions, (OWNER,), (*metrics, *self._added), {**schema, "properties": wider})
        self._own_id = dimensions.index(OWNER) if OWNER in dimensions else None

    def decode(self, body: bytes) -> DecodedPage | None:
        """Return the typed page in `body`, None if only dictionaries can hold it."""
        return self._rows.decode(body)

    def owners(self, rows: Sequence[Any]) -> list[str]:
        """Return whose each row of a page is. Raises `NotAsDocumented` if a row doesn't tell, or contradicts itself."""
        owners = self._rows.metric(rows, OWNER)
        if None in owners:
            raise NotAsDocumented(f"a row of several ad accounts lacks the metric {OWNER}")
        owners = list(map(str, owners))
        if self._own_id is not None and [str(key[self._own_id]) for key in self._rows.keys(rows)] != owners:
            raise NotAsDocumented(f"a row has another {OWNER} among its metrics than among its dimensions")
        return owners

    def hashes(self, rows: Sequence[Any]) -> list[Hashable]:
        """Return the hash of each row's account and key."""
        keys = self._rows.keys(rows)  # which refuses what is no row
        return list(map(hash, zip(self.owners(rows), keys, strict=True)))

    def by_owner(self, rows: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
        """Yield each account of a page and its rows."""
        parts: dict[str, list[Any]] = {}
        for owner, row in zip(self.owners(rows), rows, strict=True):
            parts.setdefault(owner, []).append(row)
        yield from parts.items()

    def own_hashes(self, rows: Sequence[Any]) -> list[Hashable]:
        """Return the hash of each row's key, as reports of one account have it."""
        return self._rows.hashes(rows)

    def records(self, rows: Sequence[Any], about: Mapping[str, str]) -> list[Any]:
        """Return the records of rows of one account, as a report of it alone makes them. Changes the rows."""
        self._rows.drop_metrics(rows, self._added)
        return self._rows.records(rows, about)
