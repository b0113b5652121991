"""The filter that has TikTok report campaigns of every buying type, and the advertisers it is refused for."""

import logging
import threading

from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.api.return_codes import may_be_about_a_part

logger = logging.getLogger("airbyte")

FILTER = "buying_type"


class BuyingTypes:
    """What one report asks for beside TikTok's default, which leaves out TopView. Safe to share between threads."""

    def __init__(self, stream: str, values: tuple[str, ...]) -> None:
        """Ask for `values`, or for TikTok's default if there are none."""
        self.values = values
        self._stream = stream
        self._answered: set[str] = set()
        """The advertisers that TikTok has answered the filter for."""
        self._refused: set[str] = set()
        self._lock = threading.Lock()

    def are_asked_of(self, advertiser_id: str) -> bool:
        """Whether the advertiser is asked with the filter."""
        return bool(self.values) and advertiser_id not in self._refused

    def answered(self, advertiser_id: str) -> None:
        """Remember that TikTok takes the filter for the advertiser."""
        with self._lock:
            self._answered.add(advertiser_id)

    def may_be_refused(self, advertiser_id: str, failure: Failure) -> bool:
        """Whether the failure can be about the filter: it was never answered for the advertiser."""
        return may_be_about_a_part(failure) and advertiser_id not in self._answered

    def refused(self, advertiser_id: str, refusal: Failure) -> None:
        """Leave the filter out for the advertiser from now on, since TikTok answers without it; warn the first time.

        Raises the `refusal` if TikTok has answered the filter meanwhile.
        """
        with self._lock:
            if advertiser_id in self._refused:
                return
            if advertiser_id in self._answered:
                raise refusal
            self._refused.add(advertiser_id)
        logger.warning(
            "%s: reported for advertiser %s without the filter %s in this run, because TikTok refuses it (%s), so what "
            "TopView spent is missing there. %s",
            self._stream,
            advertiser_id,
            FILTER,
            refusal.code,
            refusal.message,
        )
