"""What all streams of a run share."""

from dataclasses import dataclass, field
from datetime import datetime

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.config import Config
from source_tiktok_marketing.streams.advertisers import Advertisers
from source_tiktok_marketing.streams.joint.proofs import Proofs
from source_tiktok_marketing.streams.parents import Parents


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What all streams of a run share."""

    config: Config
    client: Client
    advertisers: Advertisers
    parents: Parents
    now: datetime
    """The instant the run began: what is changed later is for the next run."""
    proofs: Proofs = field(default_factory=Proofs)
    """What the run has learnt of reports of several advertisers at once."""
