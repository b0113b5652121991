"""Reads the selected streams at the same time and puts their records into one well-ordered output.

Worker threads take slices, a stream's in its order and the streams in turn, and hand over pages as blocks of lines
through one short queue. A cursor moves when the reader comes to the end of a window in that queue, so a state never
overtakes the records it stands for, and only a few pages wait however slowly the output is taken.
"""

import logging
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
from source_tiktok_marketing.engine.outcome import Accounts, Outcome, failures_of_skipped
from source_tiktok_marketing.engine.schedule import Done, Plan, Problem, Schedule, as_failure
from source_tiktok_marketing.engine.state import NO_CURSOR
from source_tiktok_marketing.engine.stream import Event, Page, Reached, Skipped, Slice, Stream

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
"""Seconds between states of more partitions than that, since a state holds every partition each time."""
_EMPTY_STATE_PAUSE = 1.0
"""Seconds between states without new records: years before an account delivered anything are thousands of windows."""


@dataclass(frozen=True, slots=True)
class _Block:
    stream: Stream
    advertiser_id: str
    lines: bytes
    records: int


@dataclass(frozen=True, slots=True)
class _WindowEnd:
    stream: Stream
    reached: Reached


_Queued = _Block | _WindowEnd | Problem | Done


class Reader:
    """One run over some streams."""

    def __init__(
        self,
        streams: list[Stream],
        accounts: Accounts,
        clock: Clock,
        workers: int,
        rests: Callable[[str], bool],
        refusal_of: Callable[[str, AdvertiserUnavailable], Failure],
        release_page: Callable[[], None],
    ) -> None:
        """Prepare to read with so many `workers`.

        `rests` tells whether requests about an advertiser had better wait; `refusal_of` tells what a refusal of an
        advertiser costs; `release_page` is called by a worker whenever it has handed over a page, and at the end of a
        slice.
        """
        self.accounts = accounts
        self.outcomes = {stream.name: Outcome() for stream in streams}
        self.authorisation: AuthorisationFailure | None = None
        self._streams = {stream.name: stream for stream in streams}
        self._clock = clock
        self._workers = workers
        self._refusal_of = refusal_of
        self._release_page = release_page
        self._schedule = Schedule(streams, rests)
        self._queue: queue.Queue[_Queued] = queue.Queue(_QUEUED_BLOCKS)
        self._uncounted = dict.fromkeys(self._streams, 0)
        self._state_at: dict[str, float] = {}
        self._held_back: set[str] = set()
        """Streams whose cursor has moved since their last state."""
        self._output_at = clock.monotonic()

    def lines(self) -> Iterator[bytes]:
        """Yield the messages of all streams, as blocks of whole lines.

        Ends early, with the last consistent states, when the clock is stopped. Closing the iterator ends the workers.
        """
        threads = ThreadPoolExecutor(self._workers, thread_name_prefix="reader")
        try:
            for name in self._streams:
                yield protocol.line(protocol.status(name, "STARTED"))
            workers = self._started(threads)
            while any(not outcome.is_finished for outcome in self.outcomes.values()):
                if self._clock.stopped or all(worker.done() for worker in workers):
                    yield from self._drained()
                    break
                yield from self._next_lines()
            yield from self._unfinished()
            for worker in workers:
                if worker.done():
                    worker.result()  # raises the error that ended it, if it was one
        finally:
            self._schedule.end()
            self._clock.stop()
            threads.shutdown(wait=False, cancel_futures=True)

    def _started(self, threads: ThreadPoolExecutor) -> list[Future[None]]:
        """Start the workers, or as many of them as the system has threads for."""
        workers: list[Future[None]] = []
        try:
            workers.extend(threads.submit(self._work) for _ in range(self._workers))
        except RuntimeError:
            if not workers:
                raise
            logger.info("The system allows no more threads, so %d have to do.", len(workers))
        return workers

    def _next_lines(self) -> Iterator[bytes]:
        try:
            queued = self._queue.get(timeout=_POLL)
        except queue.Empty:
            yield from self._states_of_a_pause()
            return
        for lines in self._lines_of(queued):
            self._output_at = self._clock.monotonic()
            yield lines

    def _states_of_a_pause(self) -> Iterator[bytes]:
        """Yield states that were held back, and after a long silence those of all streams that go on."""
        due = [name for name in self._held_back if self._since_state(name) >= self._state_pause(name)]
        if self._clock.monotonic() - self._output_at > _SILENCE:
            self._output_at = self._clock.monotonic()
            due = [name for name, outcome in self.outcomes.items() if not outcome.is_finished]
        yield from map(self._state, due)

    def _drained(self) -> Iterator[bytes]:
        """Yield what is in the queue already."""
        while True:
            try:
                queued = self._queue.get_nowait()
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

    def _lines_of(self, queued: _Queued) -> Iterator[bytes]:
        name = queued.stream.name
        outcome = self.outcomes[name]
        match queued:
            case _Block(advertiser_id=advertiser_id, lines=lines, records=records):
                outcome.emitted.add(advertiser_id)
                if outcome.records == 0:
                    yield protocol.line(protocol.status(name, "RUNNING"))
                outcome.records += records
                self._uncounted[name] += records
                yield lines
            case _WindowEnd(stream=stream, reached=reached):
                if stream.cursor is not None:
                    stream.cursor.advance(reached.window, reached.so_far)
                    self._held_back.add(name)
                    if self._state_is_due(name):
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
        """Yield the last state and the status of a stream."""
        outcome.is_finished = True
        outcome.failures += failures_of_skipped(self._streams[name], outcome, self.accounts)
        if (cursor := self._streams[name].cursor) is not None and not outcome.failures:
            cursor.finish()
        yield self._state(name)
        for failure in outcome.failures[:_MOST_TRACES]:
            yield protocol.line(protocol.error(failure, name))
        yield protocol.line(protocol.status(name, "INCOMPLETE" if outcome.failures else "COMPLETE"))

    def _state(self, name: str) -> bytes:
        """Return the stream's state at this point of the output, with the number of records since its last."""
        cursor = self._streams[name].cursor
        count, self._uncounted[name] = self._uncounted[name], 0
        self._state_at[name] = self._clock.monotonic()
        self._held_back.discard(name)
        return protocol.line(protocol.state(name, NO_CURSOR if cursor is None else cursor.stream_state(), count))

    def _state_is_due(self, name: str) -> bool:
        if self._uncounted[name] > 0 and self._state_pause(name) < _LARGE_STATE_PAUSE:
            return True
        return self._since_state(name) >= self._state_pause(name)

    def _state_pause(self, name: str) -> float:
        cursor = self._streams[name].cursor
        return _LARGE_STATE_PAUSE if cursor is not None and len(cursor) > _SMALL_STATE else _EMPTY_STATE_PAUSE

    def _since_state(self, name: str) -> float:
        return self._clock.monotonic() - self._state_at.get(name, float("-inf"))

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
        """Put the slice's records into the queue; a failure costs the stream the rest of the advertiser."""
        try:
            for event in slice_.read():
                self._hand_over(plan, slice_, event)
                del event  # no page is kept while the next is awaited
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001  any error costs this advertiser of this stream only
            problem = as_failure(error)
        else:
            return
        finally:
            self._release_page()
        self._leave_out(plan, slice_.advertiser_id, problem)

    def _leave_out(self, plan: Plan, advertiser_id: str, failure: Failure) -> None:
        if isinstance(failure, AdvertiserUnavailable) and advertiser_id:
            try:
                failure = self._refusal_of(advertiser_id, failure)
            except Failure as other:
                failure = other
        self._schedule.leave_out(plan, advertiser_id, failure)
        self._put(Problem(plan.stream, advertiser_id, failure))

    def _hand_over(self, plan: Plan, slice_: Slice, event: Event) -> None:
        stream = plan.stream
        match event:
            case Page(records=records, advertiser_id=advertiser_id):
                lines = protocol.record_block(stream.name, records)
                self._put(_Block(stream, advertiser_id or slice_.advertiser_id, lines, len(records)))
                self._release_page()
            case Reached():
                self._put(_WindowEnd(stream, event))
            case Skipped(advertiser_id=advertiser_id, failure=failure):
                self._leave_out(plan, advertiser_id, failure)

    def _put(self, queued: _Queued) -> None:
        """Wait until the queue has room. Raises `Stopped` when nobody will take it any more."""
        while True:
            if self._clock.stopped:
                raise Stopped
            try:
                self._queue.put(queued, timeout=_POLL)
            except queue.Full:
                continue
            return
