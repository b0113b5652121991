"""Reads the selected streams at the same time and puts their records into one well-ordered output.

Worker threads take slices, a stream's in its order and the streams in turn, and hand over pages as blocks of lines
through one short queue. A cursor moves when the reader comes to the end of a window in that queue, so a state never
overtakes the records it stands for, and only a few pages wait however slowly the output is taken.
"""

import logging
import queue
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    AuthorisationFailure,
    EndpointUnavailable,
    Failure,
    TransientFailure,
)
from source_tiktok_marketing.engine.checkpoints import Checkpoints
from source_tiktok_marketing.engine.outcome import Accounts, Outcome, failures_of_skipped
from source_tiktok_marketing.engine.progress import Expected, Progress, Snapshot, Traffic
from source_tiktok_marketing.engine.schedule import Done, Problem, Schedule
from source_tiktok_marketing.engine.stream import Stream
from source_tiktok_marketing.engine.workers import POLL, Block, Queued, WindowEnd, Workers

logger = logging.getLogger("airbyte")

_SILENCE = 240.0
"""Seconds without output after which the states are repeated: hosts end a sync that seems dead."""
_MOST_TRACES = 3
"""Failures of one stream that get a trace of their own; the rest is in the log."""


class Reader:
    """One run over some streams."""

    def __init__(
        self,
        streams: list[Stream],
        accounts: Accounts,
        clock: Clock,
        workers: int,
        traffic: Traffic,
        refusal_of: Callable[[str, AdvertiserUnavailable], Failure],
        release_page: Callable[[], None],
        expected: Callable[[], Mapping[str, Expected]],
        show: Callable[[Snapshot], None] | None = None,
    ) -> None:
        """Prepare to read with so many `workers`.

        `refusal_of` tells what a refusal of an advertiser costs; `release_page` is called by a worker whenever it has
        handed over a page, and at the end of a slice; `expected` counts what there is to be read, once the workers have
        begun; `show` displays the progress.
        """
        self.accounts = accounts
        self.outcomes = {stream.name: Outcome() for stream in streams}
        self.authorisation: AuthorisationFailure | None = None
        self._streams = {stream.name: stream for stream in streams}
        self._clock = clock
        self._number = workers
        self._expected = expected
        self._schedule = Schedule(streams, traffic.rests)
        self._progress = Progress(self.outcomes, self._schedule.done, traffic, clock, show)
        self._workers = Workers(self._schedule, self.outcomes, clock, traffic, refusal_of, release_page)
        self._checkpoints = Checkpoints(self._streams, clock)
        self._output_at = clock.monotonic()

    def lines(self) -> Iterator[bytes]:
        """Yield the messages of all streams, as blocks of whole lines.

        Ends early, with the last consistent states, when the clock is stopped. Closing the iterator ends the workers.
        """
        threads = ThreadPoolExecutor(self._number, thread_name_prefix="reader")
        try:
            for name in self._streams:
                yield protocol.line(protocol.status(name, "STARTED"))
            workers = self._workers.started(threads, self._number)
            self._progress.expect(self._expected())
            while any(not outcome.is_finished for outcome in self.outcomes.values()):
                if self._clock.stopped or all(worker.done() for worker in workers):
                    yield from self._drained()
                    break
                yield from self._next_lines()
                yield from self._progress.due()
            yield from self._unfinished()
            for worker in workers:
                if worker.done():
                    worker.result()  # raises the error that ended it, if it was one
        finally:
            self._schedule.end()
            self._clock.stop()
            threads.shutdown(wait=False, cancel_futures=True)

    def _next_lines(self) -> Iterator[bytes]:
        try:
            queued = self._workers.queue.get(timeout=POLL)
        except queue.Empty:
            yield from self._states_of_a_pause()
            return
        for lines in self._lines_of(queued):
            self._output_at = self._clock.monotonic()
            yield lines

    def _states_of_a_pause(self) -> Iterator[bytes]:
        """Yield states that were held back, and after a long silence those of all streams that go on."""
        due = self._checkpoints.overdue()
        if self._clock.monotonic() - self._output_at > _SILENCE:
            self._output_at = self._clock.monotonic()
            due = [name for name, outcome in self.outcomes.items() if not outcome.is_finished]
        yield from map(self._checkpoints.state, due)

    def _drained(self) -> Iterator[bytes]:
        """Yield what is in the queue already."""
        while True:
            try:
                queued = self._workers.queue.get_nowait()
            except queue.Empty:
                return
            yield from self._lines_of(queued)

    def _unfinished(self) -> Iterator[bytes]:
        """Yield states and statuses of streams that were cut off."""
        for name, outcome in self.outcomes.items():
            if not outcome.is_finished:
                stopped = TransientFailure(f"Stream {name} was stopped before it was read completely.")
                outcome.failures.append(self.authorisation or stopped)
                yield from self._finish(name, outcome)

    def _lines_of(self, queued: Queued) -> Iterator[bytes]:
        name = queued.stream.name
        outcome = self.outcomes[name]
        match queued:
            case Block(advertiser_id=advertiser_id, lines=lines, records=records):
                outcome.emitted.add(advertiser_id)
                if outcome.records == 0:
                    yield protocol.line(protocol.status(name, "RUNNING"))
                outcome.records += records
                outcome.size += len(lines)
                outcome.reading(advertiser_id).records += records
                self._checkpoints.count(name, records)
                yield lines
            case WindowEnd(stream=stream, reached=reached):
                if stream.cursor is not None:
                    stream.cursor.advance(reached.window, reached.so_far)
                    if reached.so_far is None and reached.window.days is not None:
                        outcome.reading(reached.window.partition[0]).cover(*reached.window.days)
                    if self._checkpoints.moved(name):
                        yield self._checkpoints.state(name)
            case Problem(advertiser_id=advertiser_id, failure=failure):
                self._take_note(name, outcome, advertiser_id, failure)
            case Done(skipped=skipped):
                outcome.skipped = skipped | outcome.skipped
                yield from self._finish(name, outcome)

    def _take_note(self, name: str, outcome: Outcome, advertiser_id: str, failure: Failure) -> None:
        if isinstance(failure, AdvertiserUnavailable | EndpointUnavailable) and advertiser_id:
            outcome.skipped[advertiser_id] = failure
            logger.warning("Stream %s skips advertiser %s. %s", name, advertiser_id, failure.message)
            return
        outcome.failures.append(failure)
        logger.error("Stream %s, advertiser %s: %s", name, advertiser_id or "-", failure.message)
        if isinstance(failure, AuthorisationFailure):
            self.authorisation = failure
            self._clock.stop()

    def _finish(self, name: str, outcome: Outcome) -> Iterator[bytes]:
        """Yield the last state and the status of a stream."""
        outcome.is_finished = True
        outcome.failures += failures_of_skipped(self._streams[name], outcome, self.accounts)
        if (cursor := self._streams[name].cursor) is not None and not outcome.failures:
            cursor.finish()
        verdict = "is not complete" if outcome.failures else "is complete"
        logger.info("Stream %s %s: %d records.", name, verdict, outcome.records)
        yield from self._progress.finished(name)
        yield self._checkpoints.state(name)
        for failure in outcome.failures[:_MOST_TRACES]:
            yield protocol.line(protocol.error(failure, name))
        yield protocol.line(protocol.status(name, "INCOMPLETE" if outcome.failures else "COMPLETE"))
