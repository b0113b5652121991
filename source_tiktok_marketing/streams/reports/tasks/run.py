"""Has TikTok work off tasks: creates them, waits for their end, and downloads their files."""

import logging
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.failures import EndpointUnavailable, Failure, TransientFailure
from source_tiktok_marketing.api.reply import DecodedPage

logger = logging.getLogger("airbyte")

_CREATE, _CHECK, _DOWNLOAD = "report/task/create/", "report/task/check/", "report/task/download/"
_GIVEN_UP = "%s: no more asynchronous reports of %s in this run; what is too large is asked in parts. %s"
_UNDER_WAY = ("QUEUING", "PROCESSING")
_FIRST_PAUSE, _LONGEST_PAUSE, _LONGER = 5.0, 60.0, 1.5
"""Seconds between two looks at a task, and the factor by which they grow."""
_LONGEST_WAIT = 1800.0
"""Seconds for which a task is waited for."""


class TaskUnusable(TransientFailure):
    """A task didn't end as it should, or its file isn't what was asked for."""


class Tasks:
    """What a run knows of tasks: whom they are refused for. Safe to share between threads."""

    def __init__(self) -> None:
        self._creation = threading.Lock()
        self._failing = threading.Lock()
        """Held for no request, since those who fail may hold a place that a request needs."""
        self._is_refused = False
        self._left_out: set[str] = set()

    def may_be_asked(self, advertiser_id: str) -> bool:
        """Whether tasks about the advertiser are worth a try."""
        return not self._is_refused and advertiser_id not in self._left_out

    def failed(self, stream: str, advertiser_id: str, failure: Failure) -> None:
        """Ask for no more tasks about the advertiser."""
        with self._failing:
            is_news = self.may_be_asked(advertiser_id)
            self._left_out.add(advertiser_id)
        if is_news:
            logger.warning(_GIVEN_UP, stream, f"ad account {advertiser_id}", failure.message)

    def create(self, client: Client, stream: str, params: Mapping[str, Any]) -> str | None:
        """Return the id of a new task; None if TikTok doesn't grant any. Raises what else it says.

        Threads take turns, so that TikTok refuses a run once.
        """
        client.gate.leave()  # who waits for a turn must not hold a place that another needs
        with self._creation:
            if not self.may_be_asked(str(params["advertiser_id"])):
                return None
            try:
                reply = client.get(_CREATE, params, is_post=True)
            except EndpointUnavailable as refusal:
                self._is_refused = True
                logger.warning(_GIVEN_UP, stream, "any ad account", refusal.message)
                return None
        task_id = reply.data.get("task_id")
        if not task_id:
            raise TaskUnusable(f"TikTok's answer to {_CREATE} names no task [request_id {reply.request_id}].")
        return str(task_id)


def wait_for(client: Client, advertiser_id: str, task_id: str) -> str:
    """Return the request_id of the answer that tells that the task is done.

    Raises `TaskUnusable` if it ends otherwise or takes longer than half an hour.
    """
    for pause in _pauses():
        client.wait(pause)
        reply = client.get(_CHECK, {"advertiser_id": advertiser_id, "task_id": task_id})
        status, told = reply.data.get("status"), reply.data.get("message")
        if status == "SUCCESS":
            return reply.request_id
        if status not in _UNDER_WAY:
            raise TaskUnusable(
                f"TikTok's task {task_id} ended as {status!r}: {told!r} [request_id {reply.request_id}].",
                request_id=reply.request_id,
            )
    raise TaskUnusable(
        f"TikTok's task {task_id} was {status!r} after {_LONGEST_WAIT / 60:.0f} minutes [request_id "
        f"{reply.request_id}].",
        request_id=reply.request_id,
    )


def download(client: Client, advertiser_id: str, task_id: str) -> bytes:
    """Return the file of a task that is done. Raises `TaskUnusable` if TikTok answers anything else."""
    reply = client.get(_DOWNLOAD, {"advertiser_id": advertiser_id, "task_id": task_id}, _file)
    if reply.page is None:
        raise TaskUnusable(f"TikTok's task {task_id} has no file [request_id {reply.request_id}].")
    (body,) = reply.page.rows
    return bytes(body)


def _pauses() -> Iterator[float]:
    pause, waited = _FIRST_PAUSE, 0.0
    while waited < _LONGEST_WAIT:
        yield pause
        waited += pause
        pause = min(pause * _LONGER, _LONGEST_PAUSE)


def _file(body: bytes) -> DecodedPage | None:
    """Return the body as the only row of a page, unless it is an envelope or the page of a gateway."""
    return None if body.lstrip()[:1] in (b"{", b"<", b"") else DecodedPage([body], 1, 1)
