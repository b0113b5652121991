"""The ads, the only list that TikTok narrows by the time of change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pendulum

from source_tiktok_marketing.catalog.endpoints import ListEndpoint, Sweep
from source_tiktok_marketing.streams.lists.list_stream import ListStream

_BEFORE_ALL = pendulum.naive(2000, 1, 1)
"""Older than any object of TikTok's; a state may hold earlier moments that no date arithmetic can go back from."""
_API_FORMAT = "%Y-%m-%d %H:%M:%S"


class Ads(ListStream[ListEndpoint]):
    """Reads the ads that were changed since the cursor, and those that have no time of change."""

    def filtering(self, sweep: Sweep, since: datetime | None) -> Mapping[str, Any]:
        """Return the filter `modified_after`, which excludes the moment itself."""
        if since is None or sweep.finds_unmodified:
            return {}
        moment = max(since, _BEFORE_ALL) - pendulum.duration(seconds=1)
        return {"modified_after": moment.strftime(_API_FORMAT)}
