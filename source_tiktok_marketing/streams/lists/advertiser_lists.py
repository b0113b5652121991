"""The streams of the advertisers themselves, which the run has looked up already."""

from collections.abc import Iterator

from source_tiktok_marketing.api.failures import EndpointUnavailable
from source_tiktok_marketing.catalog.endpoints import ADVERTISERS_PATH, ListEndpoint
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.stream import Event, Page, Skipped, Slice, Stream
from source_tiktok_marketing.streams.casting import Caster
from source_tiktok_marketing.streams.context import Context


class AdvertiserList(Stream):
    """Emits the rows of the look-up; asks TikTok for nothing."""

    def __init__(self, endpoint: ListEndpoint, context: Context, cursor: Cursor | None) -> None:
        super().__init__(endpoint.name, cursor)
        self._advertisers = context.advertisers
        self._is_listing = endpoint.path == ADVERTISERS_PATH
        self.needs_advertisers = not self._is_listing  # the listing holds also those that can't be read
        self._caster = Caster(endpoint.name, endpoint.schema())

    def slices(self) -> Iterator[Slice]:
        """Plan one slice: all rows."""
        yield Slice("", self._read)

    def costs(self) -> Iterator[Cost]:
        """Count nothing: the look-up was before."""
        yield Cost()

    def _read(self) -> Iterator[Event]:
        advertisers = self._advertisers
        if (failure := advertisers.listing_failure if self._is_listing else advertisers.info_failure) is not None:
            if self._is_listing or not isinstance(failure, EndpointUnavailable):
                raise failure
            yield from (Skipped(advertiser.advertiser_id, failure) for advertiser in advertisers.readable)
        if not self._is_listing:
            yield from (Skipped(advertiser_id, why) for advertiser_id, why in advertisers.not_told.items())
        if rows := advertisers.listed if self._is_listing else advertisers.infos:
            yield Page([self._caster(dict(row)) for row in rows])
