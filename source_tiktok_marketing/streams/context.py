"""What all streams of a run share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.catalog.streams import Row
from source_tiktok_marketing.config import Config
from source_tiktok_marketing.streams.advertisers import Advertisers
from source_tiktok_marketing.streams.idle.activity import Activity
from source_tiktok_marketing.streams.joint.proofs import Proofs
from source_tiktok_marketing.streams.parents import Parents
from source_tiktok_marketing.streams.reports.tasks.run import Tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What all streams of a run share."""

    config: Config
    client: Client
    advertisers: Advertisers
    parents: Parents
    now: datetime
    """The instant the run began: what is changed later is for the next run."""
    tasks: Tasks = field(default_factory=Tasks)
    """What the run has learnt of asynchronous tasks."""
    activity: Activity = field(default_factory=Activity)
    """What the run has learnt of when advertisers delivered anything."""
    proofs: Proofs = field(default_factory=Proofs)
    """What the run has learnt of reports of several advertisers at once."""
    wanted_metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What each stream is to ask for; those that are not named here ask for all of theirs."""

    def metrics_of(self, row: Row) -> tuple[str, ...]:
        """Return the metrics that TikTok is to be asked for."""
        return self.wanted_metrics.get(row.name, row.metric_names)
