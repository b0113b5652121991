"""The connector as an Airbyte CDK `Source`, for those who embed it: the CDK's entry point, its test suites, notebooks.

Everything it answers comes from `Connector`; the messages are turned into the CDK's classes one by one, which is the
slow way. The command line (`run.py`) writes the same messages without that detour.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    FailureType,
    Status,
)
from airbyte_cdk.sources import Source
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_tiktok_marketing.api.clock import Clock, SystemClock
from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.connector import Connector
from source_tiktok_marketing.protocol import Redactor


class SourceTiktokMarketing(Source):
    """TikTok for Business as an Airbyte source."""

    check_config_against_spec = False
    """`Connector` reads more shapes than the form shows, and says more precisely what is wrong."""

    def __init__(self, new_clock: Callable[[], Clock] = SystemClock) -> None:
        """Give each command a clock of its own, because the end of a read stops it."""
        self._new_clock = new_clock

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:  # noqa: ARG002
        """Whether data can be read, else one sentence why not."""
        try:
            self._connector(config).check()
        except Failure as failure:
            return AirbyteConnectionStatus(status=Status.FAILED, message=failure.message)
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:  # noqa: ARG002
        """What the configuration can read."""
        with _told_to_airbyte():
            message = {"type": "CATALOG", "catalog": self._connector(config).discover()}
            catalog: AirbyteCatalog = AirbyteMessageSerializer.load(message).catalog
            return catalog

    def read(
        self,
        logger: logging.Logger,  # noqa: ARG002
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterable[AirbyteMessage]:
        """The messages of a sync."""
        raw_catalog = ConfiguredAirbyteCatalogSerializer.dump(catalog)
        raw_state = [_plain(AirbyteStateMessageSerializer.dump(message)) for message in state or []]
        with _told_to_airbyte():
            for block in self._connector(config).read(_plain(raw_catalog), raw_state):
                for line in block.splitlines():
                    yield AirbyteMessageSerializer.load(orjson.loads(line))

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        """The state file, also in its oldest form, one object for all streams."""
        content = cls._read_json_file(state_path) if state_path else None
        if isinstance(content, dict) and "type" not in content:
            content = [
                {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": stream_state}}
                for name, stream_state in content.items()
            ]
        return [AirbyteStateMessageSerializer.load(message) for message in content or []]

    def _connector(self, config: Mapping[str, Any]) -> Connector:
        return Connector(config, self._new_clock(), Redactor())


def _plain(message: Any) -> Any:
    """The message without the CDK's own classes."""
    return json.loads(json.dumps(message, default=lambda value: getattr(value, "value", None) or vars(value)))


@contextmanager
def _told_to_airbyte() -> Iterator[None]:
    """Let a `Failure` leave as the exception that the CDK reports."""
    try:
        yield
    except Failure as failure:
        raise AirbyteTracedException(
            message=failure.message,
            internal_message=f"{type(failure).__name__}: {failure.message}",
            failure_type=FailureType(failure.failure_type.value),
        ) from failure
