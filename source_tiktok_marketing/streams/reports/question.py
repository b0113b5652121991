"""What is asked of a report at once: whose rows, of which days, about which objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

from source_tiktok_marketing.api.seen_rows import SeenRows
from source_tiktok_marketing.engine.state import Labels
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.reports.id_filters import IdFilter
from source_tiktok_marketing.streams.windows import Window


@dataclass(slots=True, eq=False)
class Tally:
    """What a metric of the rows handed out adds up to."""

    metric: str
    total: float = 0.0

    def beside(self, metrics: tuple[str, ...]) -> tuple[str, ...]:
        """Return the metrics to ask for: those given, and then its own, unless it is one of them."""
        return metrics if self.metric in metrics else (*metrics, self.metric)

    def add(self, values: Iterable[Any]) -> None:
        """Add the values of some rows, as numbers or as TikTok writes them; None and a dash are no value.

        What is no number makes the total one that equals none.
        """
        try:
            self.total += sum(float(value) for value in values if value not in (None, "-"))
        except ValueError:
            self.total = nan


@dataclass(frozen=True, slots=True)
class Question:
    """A report's rows of one advertiser, or of one of its stores, in some days."""

    advertiser: Advertiser
    labels: Labels = ()
    """What it is about beside the advertiser."""
    window: Window | None = None
    """None: a report without dates."""
    id_filter: IdFilter | None = None
    needed_ids: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Filters that TikTok can't answer without, and their ids."""
    by_default: bool = False
    """Whether it is asked without what only some advertisers can be asked."""
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Filters that let through a part of the objects that the report is about, and their values."""
    tally: Tally | None = None
    """Where its rows are added up."""
    seen: SeenRows = field(default_factory=SeenRows)
    """Rows already handed out, shared by the parts of a question."""

    @property
    def about(self) -> dict[str, str]:
        """The ids that every record of the question gets."""
        return {"advertiser_id": self.advertiser.advertiser_id, **dict(self.labels)}

    @property
    def single_ids(self) -> dict[str, str]:
        """The ids of the needed filters that let a single one through, by the names of their dimensions."""
        return {name.removesuffix("s"): ids[0] for name, ids in self.needed_ids if len(ids) == 1}

    def halves_by_needed_ids(self) -> "tuple[Question, ...]":
        """Return it in two parts, of the half of the ids of which there are most; none if each is a single one."""
        name, ids = max(self.needed_ids, key=lambda named: len(named[1]))
        middle = len(ids) // 2
        return tuple(
            self.about_needed_ids(tuple((other, half if other == name else held) for other, held in self.needed_ids))
            for half in ((ids[:middle], ids[middle:]) if middle else ())
        )

    def in_window(self, window: Window) -> "Question":
        """Return the part of it in `window`."""
        return replace(self, window=window)

    def about_ids(self, id_filter: IdFilter) -> "Question":
        """Return the part of it about some objects."""
        return replace(self, id_filter=id_filter)

    def about_needed_ids(self, needed_ids: tuple[tuple[str, tuple[str, ...]], ...]) -> "Question":
        """Return the part of it that these filters of ids let through."""
        return replace(self, needed_ids=needed_ids)

    def about_only(self, filters: Mapping[str, tuple[str, ...]], tally: Tally) -> "Question":
        """Return the part of it that the filters let through, whose rows are added up."""
        return replace(self, only=tuple(filters.items()), tally=tally)

    def as_default(self) -> "Question":
        """Return it as every advertiser can be asked."""
        return replace(self, by_default=True)
