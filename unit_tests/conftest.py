"""What all unit tests share: how hypothesis searches, and what the connector logged."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None, database=None)
settings.load_profile("gate")
"""The same examples on every run, however busy the machine is."""


@pytest.fixture
def airbyte_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The connector's log, also after a command has taken it to standard output."""
    logger = logging.getLogger("airbyte")
    before = (logger.handlers, logger.propagate, logger.level)
    logger.handlers, logger.propagate = [caplog.handler], False
    logger.setLevel(logging.INFO)
    yield caplog
    logger.handlers, logger.propagate = before[0], before[1]
    logger.setLevel(before[2])
