"""The Spark Ads posts, whose id TikTok nests."""

from typing import Any

from source_tiktok_marketing.catalog.endpoints import ListEndpoint
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.lists.list_stream import ListStream


class SparkAds(ListStream[ListEndpoint]):
    """Reads the posts with the id of each copied to the top level."""

    def key_of(self, row: Json) -> tuple[Any, ...]:
        """Return the id of the post."""
        info = row.get("item_info")
        return (info.get("item_id") if isinstance(info, dict) else None,)

    def record(self, row: Json, advertiser: Advertiser) -> Json:
        """Return the record with `spark_ads_post_id`."""
        (row["spark_ads_post_id"],) = self.key_of(row)
        return super().record(row, advertiser)
