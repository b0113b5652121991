"""The file of a task, as the pages that the same report has when it is asked for directly."""

import csv
import gzip
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import orjson

from source_tiktok_marketing.api.reply import DecodedPage
from source_tiktok_marketing.catalog.custom_metrics import known_metrics
from source_tiktok_marketing.streams.reports.rows import ReportRows
from source_tiktok_marketing.streams.reports.tasks.run import TaskUnusable
from source_tiktok_marketing.streams.windows import Window

if TYPE_CHECKING:
    from _csv import Reader

_TIMES = {
    "stat_time_day": re.compile(r"\d{4}-\d\d-\d\d 00:00:00"),
    "stat_time_hour": re.compile(r"\d{4}-\d\d-\d\d \d\d:00:00"),
}
"""How TikTok writes the times of a report."""
_NUMBERS = re.compile(r"((-|-?\d+(\.\d+)?);)*")
"""How TikTok writes the numbers of a report, also those that come out as text; here with a semicolon after each."""
_ROWS = 1000


class ReportFile:
    """Rows of a report in some days, in comma-separated values."""

    def __init__(
        self,
        task: str,
        body: bytes,
        dimensions: tuple[str, ...],
        metrics: tuple[str, ...],
        rows: ReportRows,
        window: Window,
    ) -> None:
        """Prepare to read a file that has to hold the columns; further ones don't matter. It is that of `task`."""
        self._task = task
        self._packed = gzip.compress(body, compresslevel=1)
        """Much smaller, since many windows are read at once."""
        self._dimensions = dimensions
        self._metrics = metrics
        self._rows = rows
        self._window = window

    def pages(self) -> Iterator[DecodedPage]:
        """Yield its rows, typed like those of other pages. Raises `TaskUnusable` if they aren't all as they should."""
        every, before = self._lines(), 0
        while lines := list(islice(every, _ROWS)):
            page = self._rows.decode(orjson.dumps({"code": 0, "data": {"list": lines, "page_info": {"total_page": 1}}}))
            if page is None:
                raise TaskUnusable(
                    f"One of the rows {before + 1} to {before + len(lines)} in the file of {self._task} holds what "
                    "the report can't."
                )
            before += len(lines)
            yield page

    def _lines(self) -> Iterator[dict[str, dict[str, str]]]:
        """Yield the rows in the shape of a report's."""
        packed = io.BytesIO(self._packed)
        try:
            with gzip.open(packed, "rt", encoding="utf-8-sig", newline="") as text:
                yield from self._rows_of(csv.reader(text, strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            raise TaskUnusable(f"The file of {self._task} is not readable: {error}.") from None

    def _rows_of(self, lines: "Reader") -> Iterator[dict[str, dict[str, str]]]:
        titles = next(lines, [])
        dimensions, metrics = self._places(titles, self._dimensions), self._places(titles, self._metrics)
        known = known_metrics()
        numbers = [place for name, place in metrics if name in known and known[name].type == "number"]
        for line in lines:
            if len(line) != len(titles):
                raise TaskUnusable(f"Line {lines.line_num} of the file of {self._task} has {len(line)} values.")
            if not _NUMBERS.fullmatch("".join(f"{line[place]};" for place in numbers)):
                raise TaskUnusable(f"Line {lines.line_num} of the file of {self._task} has no numbers for metrics.")
            grouped = {name: line[place] for name, place in dimensions}
            self._check_time(grouped)
            yield {"dimensions": grouped, "metrics": {name: line[place] for name, place in metrics}}

    def _places(self, titles: list[str], names: tuple[str, ...]) -> list[tuple[str, int]]:
        if wrong := [name for name in names if titles.count(name) != 1]:
            raise TaskUnusable(f"The file of {self._task} lacks the columns {', '.join(wrong)}, or has them twice.")
        return [(name, titles.index(name)) for name in names]

    def _check_time(self, grouped: dict[str, str]) -> None:
        """Raise `TaskUnusable` for a time in another form than the report's, or outside of the window."""
        first, last = self._window.start.isoformat(), self._window.end.isoformat()
        for name, form in _TIMES.items():
            if (time := grouped.get(name)) is not None and not (form.fullmatch(time) and first <= time[:10] <= last):
                raise TaskUnusable(f"The file of {self._task} tells of {name} {time!r:.40}.")
