"""Reference data, which is the same for every advertiser."""

from collections.abc import Iterator

from source_tiktok_marketing.api.failures import AdvertiserUnavailable, EndpointUnavailable, Failure
from source_tiktok_marketing.catalog.endpoints import ListEndpoint
from source_tiktok_marketing.engine.stream import Event, Slice
from source_tiktok_marketing.streams.lists.list_stream import ListStream


class ReferenceList(ListStream[ListEndpoint]):
    """Reads what TikTok answers to the first advertiser that may ask."""

    def slices(self) -> Iterator[Slice]:
        """Plan one slice."""
        yield Slice("", self._read_once)

    def _read_once(self) -> Iterator[Event]:
        refusal: Failure | None = None
        for advertiser in self.context.advertisers.readable:
            try:
                yield from self.read(advertiser)
            except (AdvertiserUnavailable, EndpointUnavailable) as failure:
                refusal = failure
            else:
                return
        if refusal is not None:
            raise refusal
