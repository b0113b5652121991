"""Reference data, which is the same for every advertiser."""

from collections.abc import Iterator

from source_tiktok_marketing.api.failures import AdvertiserUnavailable, EndpointUnavailable, Failure, TransientFailure
from source_tiktok_marketing.catalog.endpoints import ListEndpoint
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.stream import Event, Slice
from source_tiktok_marketing.streams.lists.list_stream import ListStream


class ReferenceList(ListStream[ListEndpoint]):
    """Reads what TikTok answers to the first advertiser that may ask."""

    def slices(self) -> Iterator[Slice]:
        """Plan one slice."""
        yield Slice("", self._read_once)

    def costs(self) -> Iterator[Cost]:
        """Count what the first advertiser costs."""
        yield Cost(requests=min(len(self.context.advertisers.readable), 1))

    def _read_once(self) -> Iterator[Event]:
        refusal: Failure | None = None
        for advertiser in self.context.advertisers.readable:
            is_empty = True
            try:
                for event in self.read(advertiser):
                    yield event
                    is_empty = False
            except (AdvertiserUnavailable, EndpointUnavailable) as failure:
                refusal = failure
            else:
                if not is_empty:
                    return
                refusal = TransientFailure(f"TikTok's list {self.endpoint.path} is empty, which it never is.")
        if refusal is not None:
            raise refusal
