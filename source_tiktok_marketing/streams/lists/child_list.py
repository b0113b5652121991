"""Lists that are asked about the objects of a parent stream."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

import pendulum

from source_tiktok_marketing.api.failures import EndpointUnavailable, Failure
from source_tiktok_marketing.api.paging import Pages
from source_tiktok_marketing.api.seen_rows import SeenRows
from source_tiktok_marketing.catalog.endpoints import ChildList, Sweep
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.bisection import pages_of_granted
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.lists.list_stream import ListStream
from source_tiktok_marketing.streams.parents import parent_requests

logger = logging.getLogger("airbyte")


class ChildStream(ListStream[ChildList]):
    """Reads what belongs to the parent's objects in the last days, a few objects at a time."""

    def cost(self, advertiser: Advertiser) -> Cost:
        """Count what an advertiser costs: the parents, then a request for a few of them."""
        child = self.endpoint
        return Cost(
            advertiser_id=advertiser.advertiser_id,
            shared=((child.parent, parent_requests(child.parent)),),
            each=(f"{child.parents_per_request} {child.parent}", 1),
        )

    def rows(
        self, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: SeenRows
    ) -> Iterator[Sequence[Json]]:
        """Yield the pages about each object that TikTok grants. Raises the refusal if it grants none."""
        child, params = self.endpoint, self.params(advertiser)
        refused: dict[str, Failure] = {}

        def ask(ids: Sequence[str]) -> Pages:
            request = self.request(params | {child.parent_parameter: ids}, sweep, since, seen)
            return Pages(self.context.client, request)

        ids = self.context.parents.ids(child.parent, child.parent_field, advertiser.advertiser_id)
        for first in range(0, len(ids), child.parents_per_request):
            some = ids[first : first + child.parents_per_request]
            yield from pages_of_granted(some, ask, EndpointUnavailable, refused)
        if ids and len(refused) == len(ids):
            raise refused[ids[-1]]
        for id_, refusal in refused.items():
            logger.warning("Stream %s leaves out what belongs to %s. %s", self.name, id_, refusal.message)

    def params(self, advertiser: Advertiser) -> Json:
        """Return the parameters with the range of dates (UTC)."""
        today = pendulum.instance(self.context.now).in_timezone("UTC").date()
        first = today.subtract(days=self.endpoint.last_days - 1)
        date_range = {"start_date": first.isoformat(), "end_date": today.isoformat()}
        return super().params(advertiser) | {"date_range": date_range}
