"""The progress of a sync on a terminal, on standard error: bars for the whole sync and for the streams being read."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from source_tiktok_marketing.engine.progress import Snapshot, duration

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_STREAMS = 8


class Display:
    """A display that is renewed with every snapshot, and cleared at the end."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415  a tenth of a second, on terminals only
        from rich.live import Live  # noqa: PLC0415

        class LeavesTheCursor(Console):
            """A console whose cursor stays, because a signal may end the process at any moment."""

            def show_cursor(self, show: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002  as it is in rich
                return False

        console = LeavesTheCursor(file=sys.stderr)
        # Standard output is the protocol's, and logs go there.
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Show how far the sync is."""
        self._live.update(_drawn(snapshot), refresh=True)


def _drawn(snapshot: Snapshot) -> "RenderableType":
    from rich.console import Group  # noqa: PLC0415  see `Display`
    from rich.progress_bar import ProgressBar  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    bars = Table.grid(padding=(0, 1))
    furthest = sorted(snapshot.shares.items(), key=lambda item: -item[1])[:_MOST_STREAMS]
    number = snapshot.finished + len(snapshot.shares)
    for name, share in ((f"{snapshot.finished} of {number} streams", snapshot.share), *furthest):
        bars.add_row(name, ProgressBar(total=1.0, completed=share, width=40), f"{share:.0%}")
    left = "" if snapshot.seconds_left is None else f", about {duration(snapshot.seconds_left)} left"
    figures = Text(
        f"{snapshot.records:,} records, {snapshot.requests:,} requests, "
        f"{snapshot.per_second:.1f} a second of {snapshot.limit:.1f}{left}"
    )
    return Group(bars, figures, *(Text(f"Waiting for {what}") for what in snapshot.waits))
