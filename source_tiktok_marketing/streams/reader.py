"""Reads the selected streams at the same time and puts what they yield into one well-ordered output.

Workers take slices, a stream's in its order and the streams in turn, and hand over pages as blocks of lines through one
short queue. A cursor moves when the reader comes to the end of a window in that queue, so a state never overtakes the
records it stands for, and no more than a few pages wait however slowly the output is taken.
"""

import logging
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock, Stopped
from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    AuthorisationFailure,
    EndpointUnavailable,
    Failure,
    TransientFailure,
)
from source_tiktok_marketing.streams.base import Context, Outcome, Page, Reached, Skipped, Slice, Step, Stream
from source_tiktok_marketing.streams.schedule import Done, Plan, Problem, Schedule, as_failure, missed
from source_tiktok_marketing.streams.state import NO_CURSOR

logger = logging.getLogger("airbyte")

_QUEUED_BLOCKS = 8
_POLL = 0.5
"""Seconds after which a waiting reader looks whether it was told to stop."""
_SILENCE = 240.0
"""Seconds without output after which the states are repeated: hosts end a sync that seems dead."""
_MOST_TRACES = 3
"""Failures of one stream that get a trace of their own; the rest is in the log."""
_SMALL_STATE = 100
_LARGE_STATE_PAUSE = 5.0
"""A state of more partitions than that is emitted at most so often (seconds): it holds every partition each time."""
_EMPTY_STATE_PAUSE = 1.0
"""So is a state without new records: years before an account delivered anything are thousands of windows."""


@dataclass(frozen=True, slots=True)
class _Block:
    stream: Stream
    lines: bytes
    records: int


@dataclass(frozen=True, slots=True)
class _Mark:
    stream: Stream
    reached: Reached


_Event = _Block | _Mark | Problem | Done


class Reader:
    """One run over `streams` with as many threads as TikTok keeps waiting, `most_workers` at the most."""

    def __init__(self, streams: list[Stream], context: Context, clock: Clock, most_workers: int) -> None:
        self.client = context.client
        self.unavailable = context.directory.unavailable
        self.advertisers = len(context.directory.advertisers) + len(self.unavailable)
        self.outcomes = {stream.name: Outcome() for stream in streams}
        self.authorisation: AuthorisationFailure | None = None
        self._streams = {stream.name: stream for stream in streams}
        self._clock = clock
        self._schedule = Schedule(streams, context.client.rests)
        self._queue: queue.Queue[_Event] = queue.Queue(_QUEUED_BLOCKS)
        self._workers: list[threading.Thread] = []
        self._most_workers = most_workers
        self._hiring = threading.Lock()
        self.client.when_waiting = self._hire
        self._uncounted = dict.fromkeys(self._streams, 0)
        self._state_at: dict[str, float] = {}
        self._output_at = clock.monotonic()

    def lines(self) -> Iterator[bytes]:
        """The messages of all streams, as blocks of whole lines.

        Ends early, with the last consistent states, when the clock is stopped. Closing the iterator ends the workers.
        """
        try:
            for name in self._streams:
                yield protocol.line(protocol.status(name, "STARTED"))
            self._hire(0)
            while any(not outcome.finished for outcome in self.outcomes.values()):
                if self._clock.stopped or not self._at_work():
                    yield from self._drained()
                    break
                yield from self._next_lines()
            yield from self._unfinished()
        finally:
            self._schedule.end()
            self._clock.stop()

    def _next_lines(self) -> Iterator[bytes]:
        try:
            event = self._queue.get(timeout=_POLL)
        except queue.Empty:
            if self._clock.monotonic() - self._output_at > _SILENCE:
                self._output_at = self._clock.monotonic()
                yield from (self._state(name) for name, done in self.outcomes.items() if not done.finished)
            return
        for lines in self._lines_of(event):
            self._output_at = self._clock.monotonic()
            yield lines

    def _drained(self) -> Iterator[bytes]:
        """What is in the queue already."""
        while True:
            try:
                event = self._queue.get_nowait()
            except queue.Empty:
                return
            yield from self._lines_of(event)

    def _unfinished(self) -> Iterator[bytes]:
        """States and statuses of streams that were cut off."""
        for name, outcome in self.outcomes.items():
            if not outcome.finished:
                stopped = TransientFailure(f"Stream {name} was stopped before it was read completely.")
                outcome.failures.append(self.authorisation or stopped)
                yield from self._finish(name, outcome)

    def _lines_of(self, event: _Event) -> Iterator[bytes]:
        name = event.stream.name
        outcome = self.outcomes[name]
        match event:
            case _Block(lines=lines, records=records):
                if outcome.records == 0:
                    yield protocol.line(protocol.status(name, "RUNNING"))
                outcome.records += records
                self._uncounted[name] += records
                yield lines
            case _Mark(stream=stream, reached=reached):
                if stream.cursor is not None:
                    stream.cursor.advance(reached.partition, reached.ticket, reached.so_far)
                    if self._state_is_due(name, len(stream.cursor)):
                        yield self._state(name)
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
        """The last state and the status of a stream."""
        outcome.finished = True
        outcome.failures += missed(self._streams[name], outcome.skipped)
        yield self._state(name)
        for failure in outcome.failures[:_MOST_TRACES]:
            yield protocol.line(protocol.error(failure, name))
        yield protocol.line(protocol.status(name, "INCOMPLETE" if outcome.failures else "COMPLETE"))

    def _state(self, name: str) -> bytes:
        """The stream's state at this point of the output, with the number of records since its last."""
        cursor = self._streams[name].cursor
        count, self._uncounted[name] = self._uncounted[name], 0
        self._state_at[name] = self._clock.monotonic()
        return protocol.line(protocol.state(name, NO_CURSOR if cursor is None else cursor.stream_state(), count))

    def _state_is_due(self, name: str, partitions: int) -> bool:
        since = self._clock.monotonic() - self._state_at.get(name, float("-inf"))
        if partitions > _SMALL_STATE:
            return since >= _LARGE_STATE_PAUSE
        return self._uncounted[name] > 0 or since >= _EMPTY_STATE_PAUSE

    def _hire(self, waiting: int) -> None:
        """Begin with another worker when there are no more of them than requests that are `waiting` for an answer."""
        with self._hiring:
            if waiting >= len(self._workers) < self._most_workers:
                worker = threading.Thread(target=self._work, daemon=True)
                try:
                    worker.start()
                except RuntimeError:
                    if not self._workers:
                        raise
                    self._most_workers = len(self._workers)
                    logger.info("The system allows no more threads, so %d have to do.", self._most_workers)
                else:
                    self._workers.append(worker)

    def _at_work(self) -> bool:
        with self._hiring:
            return any(worker.is_alive() for worker in self._workers)

    def _work(self) -> None:
        """Read slice after slice until none is left or the run ends."""
        try:
            while (job := self._schedule.take()) is not None:
                if isinstance(job, Done):
                    self._put(job)
                    continue
                plan, task = job
                if isinstance(task, Problem):
                    self._put(task)
                else:
                    self._read(plan, task)
                if self._schedule.close(plan):
                    self._put(Done(plan.stream, plan.skipped))
        except Stopped:
            return

    def _read(self, plan: Plan, slice_: Slice) -> None:
        """Put what the slice yields into the queue; a failure costs the stream the rest of the advertiser."""
        stream = plan.stream
        try:
            for step in slice_.read():
                self._hand_over(plan, step)
                del step  # a page is let go before the next is awaited
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it costs this advertiser of this stream only
            problem = as_failure(error)
        else:
            return
        finally:
            stream.context.client.gate.leave()
        self._schedule.leave_out(plan, slice_.advertiser_id, problem)
        self._put(Problem(stream, slice_.advertiser_id, problem))

    def _hand_over(self, plan: Plan, step: Step) -> None:
        stream = plan.stream
        match step:
            case Page(records=records):
                self._put(_Block(stream, step.lines(stream.name), len(records)))
                stream.context.client.gate.leave()
            case Reached():
                self._put(_Mark(stream, step))
            case Skipped(advertiser_id=advertiser_id, failure=failure):
                self._schedule.leave_out(plan, advertiser_id, failure)
                self._put(Problem(stream, advertiser_id, failure))

    def _put(self, event: _Event) -> None:
        """Queue an event, waiting while the output is slow. Raises `Stopped` when nobody will take it any more."""
        while True:
            if self._clock.stopped:
                raise Stopped
            try:
                self._queue.put(event, timeout=_POLL)
            except queue.Full:
                continue
            return
