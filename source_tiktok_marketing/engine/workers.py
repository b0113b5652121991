"""The threads that read slices and hand their records over, page by page, through one short queue."""

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock, Stopped
from source_tiktok_marketing.api.failures import AdvertiserUnavailable, Failure
from source_tiktok_marketing.engine.outcome import Outcome
from source_tiktok_marketing.engine.progress import Traffic
from source_tiktok_marketing.engine.schedule import Done, Plan, Problem, Schedule, as_failure
from source_tiktok_marketing.engine.stream import Event, Page, Reached, Skipped, Slice, Stream

logger = logging.getLogger("airbyte")

POLL = 0.5
"""Seconds after which who waits at the queue looks whether the run was told to stop."""
_QUEUED_BLOCKS = 2
"""More would make nothing faster, and each has the lines of a page: some megabytes, if the output is taken slowly."""


@dataclass(frozen=True, slots=True)
class Block:
    """Records of a page, as lines."""

    stream: Stream
    advertiser_id: str
    lines: bytes
    records: int


@dataclass(frozen=True, slots=True)
class WindowEnd:
    """A window was read, or a part of it."""

    stream: Stream
    reached: Reached


Queued = Block | WindowEnd | Problem | Done


class Workers:
    """What the worker threads of one run do."""

    def __init__(
        self,
        schedule: Schedule,
        outcomes: Mapping[str, Outcome],
        clock: Clock,
        traffic: Traffic,
        refusal_of: Callable[[str, AdvertiserUnavailable], Failure],
        release_page: Callable[[], None],
    ) -> None:
        """Prepare to read what the `schedule` hands out; the other arguments are as in `Reader`."""
        self.queue: queue.Queue[Queued] = queue.Queue(_QUEUED_BLOCKS)
        self._schedule = schedule
        self._outcomes = outcomes
        self._clock = clock
        self._traffic = traffic
        self._refusal_of = refusal_of
        self._release_page = release_page
        self._begun: set[str] = set()
        """Streams of which a slice was begun."""
        self._accounting = threading.Lock()

    def started(self, threads: ThreadPoolExecutor, number: int) -> list[Future[None]]:
        """Start so many workers, or as many as the system has threads for."""
        workers: list[Future[None]] = []
        try:
            workers.extend(threads.submit(self._work) for _ in range(number))
        except RuntimeError:
            if not workers:
                raise
            logger.info("The system allows no more threads, so %d have to do.", len(workers))
        return workers

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
        name, began = plan.stream.name, self._clock.monotonic()
        self._traffic.ask_for(name)
        self._begin(name)
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
            self._account(name, slice_, self._clock.monotonic() - began)
        for advertiser_id in slice_.advertisers:
            self._leave_out(plan, advertiser_id, problem)

    def _account(self, name: str, slice_: Slice, seconds: float) -> None:
        """Take note of how long a slice took, in equal parts for each of its advertisers."""
        ids = slice_.advertisers
        with self._accounting:
            for advertiser_id in ids:
                self._outcomes[name].reading(advertiser_id).seconds += seconds / len(ids)

    def _begin(self, name: str) -> None:
        with self._accounting:
            is_first = name not in self._begun
            self._begun.add(name)
        if is_first:
            logger.info("Stream %s begins.", name)

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
                self._put(Block(stream, advertiser_id or slice_.advertiser_id, lines, len(records)))
                self._release_page()
            case Reached():
                self._put(WindowEnd(stream, event))
            case Skipped(advertiser_id=advertiser_id, failure=failure):
                self._leave_out(plan, advertiser_id, failure)

    def _put(self, queued: Queued) -> None:
        """Wait until the queue has room. Raises `Stopped` when nobody will take it any more."""
        while True:
            if self._clock.stopped:
                raise Stopped
            try:
                self.queue.put(queued, timeout=POLL)
            except queue.Full:
                continue
            return
