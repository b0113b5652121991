"""The connector's image, run as a platform with strict rules runs it: `make image-test`."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from integration_tests.emulator import Emulator
from integration_tests.expected.keys import keyed, once
from integration_tests.harness.accounts import accounts
from integration_tests.harness.connection import Connection
from integration_tests.harness.output import Run, assert_orderly, parsed
from integration_tests.images.building import CONNECTOR_IMAGE, LOCAL, LOCAL_BASE
from integration_tests.images.containers import ContainerConnection
from integration_tests.images.engines import Engine
from integration_tests.images.limits import enforced, seconds

STREAMS = ("ads", "campaigns_reports_daily", "ads_reports_hourly")
DAYS, LOOKBACK = 8, 1
MOST_MEGABYTES, MOST_SECONDS, GRACE_SECONDS = 150, 0.5, 3.0


def day(ago: int) -> str:
    return str(datetime.now(UTC).date() - timedelta(days=ago))


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts with months of hours, every answer a little late."""
    with Emulator(accounts(3), latency=0.02) as emulator:
        yield emulator


@pytest.fixture
def connection(contain: Callable[..., ContainerConnection], tiktok: Emulator) -> ContainerConnection:
    """Eight days that are past."""
    return contain(tiktok, start_date=day(DAYS), end_date=day(1), attribution_window=LOOKBACK, report_granularity=1)


def test_the_limits_hold(connection: ContainerConnection, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that this builder can't enforce are told; without a user or a read-only root the rest proves nothing."""
    limits = enforced(connection)
    with capsys.disabled():
        for name, holds in limits.items():
            print(f"\n{connection.engine.name}: {name}: {'enforced' if holds else 'NOT enforced'}", end="")  # noqa: T201

    assert limits["a user without rights"]
    assert limits["a read-only file system"]


def test_the_image_is_small(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    base = os.environ.get("IMAGE_BASE", "")
    size = engine.size(CONNECTOR_IMAGE)
    if not base:
        pytest.skip("the base that the Dockerfile names was not built here, so that its size is not told")
    added = (size - engine.size(LOCAL_BASE if base == LOCAL else base)) / 1e6
    with capsys.disabled():
        print(f"\nimage: {size / 1e6:.0f} MB, of which {added:.0f} MB on top of its base", end="")  # noqa: T201

    assert added < MOST_MEGABYTES


def test_the_image_starts_quickly(connection: ContainerConnection, capsys: pytest.CaptureFixture[str]) -> None:
    """The shortest of nine times, since other work on the machine makes each of them longer."""
    config = connection.file("config", connection.configured())
    started = time.monotonic()
    connection.run(["spec"])
    whole = time.monotonic() - started
    commands = {"spec": ["spec"], "check": ["check", "--config", config], "discover": ["discover", "--config", config]}
    taken = {name: seconds(connection, *arguments) for name, arguments in commands.items()}
    with capsys.disabled():
        told = ", ".join(f"{name} {times[0]:.2f} s (median {times[4]:.2f} s)" for name, times in taken.items())
        print(f"\nin a container: {told}; with the start of the container: spec {whole:.2f} s", end="")  # noqa: T201

    assert taken["spec"][0] < MOST_SECONDS


def test_the_image_describes_itself(connection: ContainerConnection) -> None:
    installed = Connection(connection.tiktok, connection.folder, connection.config)

    assert connection.run(["spec"]).of("SPEC") == installed.run(["spec"]).of("SPEC")
    assert connection.check().verdict == ("SUCCEEDED", "")
    assert connection.discover() == installed.discover()


def test_two_syncs(connection: ContainerConnection) -> None:
    """Both hold what the connector of this checkout finds; the second reads only what may have been restated."""
    installed = Connection(connection.tiktok, connection.folder, connection.config)
    first, expected = connection.read(*STREAMS), installed.read(*STREAMS)
    second = connection.read(*STREAMS, state=first.last_states)
    again = installed.read(*STREAMS, state=first.last_states)

    assert first.exit_status == second.exit_status == 0
    for stream in STREAMS:
        assert once(stream, first.records(stream)) == once(stream, expected.records(stream)) != {}
        assert once(stream, second.records(stream)) == once(stream, again.records(stream))
        assert second.state(stream) == again.state(stream)
    assert 0 < len(second.records("ads_reports_hourly")) < len(first.records("ads_reports_hourly")) / 2


def test_a_stop(connection: ContainerConnection) -> None:
    """On SIGTERM the container ends soon with whole lines; the next goes on from its states, and nothing is missing."""
    whole = Connection(connection.tiktok, connection.folder, connection.config).read(*STREAMS)
    arguments = connection.read_arguments(*STREAMS)
    with connection.start(arguments, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        written = process.stdout.readline()
        while b'"type":"STATE"' not in written:
            written += process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        rest, complaints = process.communicate(timeout=60)
        taken = time.monotonic() - told
    stopped = Run(process.returncode, parsed(written + rest, connection.secrets))
    resumed = connection.read(*STREAMS, state=stopped.last_states)

    assert complaints == b""
    assert taken < GRACE_SECONDS
    assert_orderly(stopped)
    assert stopped.exit_status == 1
    assert resumed.exit_status == 0
    for stream in STREAMS:
        both = keyed(stream, [*stopped.records(stream), *resumed.records(stream)])
        assert both == once(stream, whole.records(stream))


def test_a_bad_configuration(connection: ContainerConnection) -> None:
    """It is told in the protocol, from the container as from anywhere."""
    refused = connection.check(start_date="yesterday")
    failed = connection.run(["read", "--config", "/nowhere.json", "--catalog", "/nowhere.json"])

    assert refused.verdict[0] == "FAILED"
    assert "start_date" in refused.verdict[1]
    assert failed.exit_status == 1
    assert "/nowhere.json can't be read" in failed.errors[0]["message"]
