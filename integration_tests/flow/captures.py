"""What a capture must do, whatever runs it: the connector of this checkout, or an image."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # comes with the CDK, without types

from integration_tests.emulator import Emulator
from integration_tests.flow.adapter.patches import merged, nodes
from integration_tests.flow.image_files import PATCHES
from integration_tests.flow.runtime import Adapter, Flow
from integration_tests.harness.accounts import accounts
from integration_tests.harness.connection import Connect, Connection

Json = dict[str, Any]

STREAMS = ("ads", "campaigns_reports_daily", "ads_reports_hourly", "advertisers")
DAYS, LOOKBACK = 8, 1


def day(ago: int) -> str:
    """A date before today."""
    return str(datetime.now(UTC).date() - timedelta(days=ago))


class CaptureTests:
    """The tests of a capture; a subclass is collected where it brings the fixture `adapter`."""

    @pytest.fixture
    def connection(self, connect: Connect) -> Iterator[Connection]:
        """Three accounts, eight days that are past."""
        with Emulator(accounts(3)) as tiktok:
            yield connect(
                tiktok, start_date=day(DAYS), end_date=day(1), attribution_window=LOOKBACK, report_granularity=1
            )

    @pytest.fixture
    def flow(self, adapter: Adapter, connection: Connection) -> Flow:
        """A capture as Flow's form and its OAuth app configure it."""
        config = connection.configured()
        names = {"app_id": "client_id", "secret": "client_secret"}
        credentials = {names.get(name, name): value for name, value in config["credentials"].items()}
        return Flow(adapter, config | {"credentials": credentials, "_atf_skip_interval": True})

    def test_the_form_is_one_that_flow_can_show(self, flow: Flow) -> None:
        """No list of objects, secrets that are texts, kinds of credentials told apart by a constant."""
        spec = flow.ask(spec={"connectorType": "IMAGE", "config": {}})["spec"]
        form = spec["configSchema"]
        Draft202012Validator.check_schema(form)
        kinds = form["properties"]["credentials"]["oneOf"]
        oauth, _ = kinds

        assert Draft202012Validator(form).is_valid(flow.config)
        assert oauth["x-oauth2-provider"] == spec["oauth2"]["provider"]
        assert {"client_id", "client_secret", *spec["oauth2"]["accessTokenResponseMap"]} <= oauth["properties"].keys()
        assert all("const" in kind["properties"]["auth_type"] for kind in kinds)
        assert form["properties"]["custom_reports"]["type"] == "string"
        assert not [node for _, node in nodes(form) if "airbyte_hidden" in node or node.get("type") == ["array"]]
        assert spec["documentationUrl"].startswith("https://")
        assert json.loads(spec["oauth2"]["accessTokenBody"]).keys() == {"app_id", "secret", "auth_code"}

    def test_every_stream_becomes_a_collection(self, flow: Flow, connection: Connection) -> None:
        """With a key of required texts or numbers, and no field that the adapter would take for an instant."""
        offered = flow.discovered()

        omitted = json.loads((PATCHES / "omitted_streams.json").read_bytes())

        assert [binding["resourceConfig"]["stream"] for binding in offered] == [
            stream["name"] for stream in connection.discover() if stream["name"] not in omitted
        ]
        assert {type_of_key(binding, pointer) for binding in offered for pointer in binding["key"]} <= {
            "string",
            "integer",
        }
        assert all(binding["key"] for binding in offered)
        assert not [binding for binding in offered if '"date-time"' in json.dumps(binding["documentSchema"])]

    def test_a_configuration_is_validated(self, flow: Flow) -> None:
        """One that TikTok refuses is refused with what the connector says about it."""
        bindings = flow.bindings(*STREAMS)
        flow.ask(apply={"capture": {"config": flow.config, "bindings": bindings}})

        assert sorted(path for (path,) in flow.validated(bindings)) == sorted(STREAMS)

        flow.config["credentials"]["access_token"] = "a token that was withdrawn"
        told = flow.refused(validate={"config": flow.config, "bindings": bindings})

        assert "access token" in told

    def test_a_capture_holds_what_a_read_finds(self, flow: Flow, connection: Connection) -> None:
        """Document for record; nothing is rewritten on the way, and the last of them is committed."""
        life = flow.capture(flow.bindings(*STREAMS))
        run = connection.read(*STREAMS)

        assert life.exit_status == 0
        assert life.pending == 0
        for stream in STREAMS:
            assert documents(flow, stream) == sorted_records(run.records(stream))
        assert life.documents == sum(len(run.records(stream)) for stream in STREAMS) > 0

    def test_a_capture_that_is_killed_again_and_again_arrives(self, flow: Flow, connection: Connection) -> None:
        """Each life goes on from the checkpoints of those before it, and takes one more than they did."""
        bindings = flow.bindings(*STREAMS)
        lives = 1
        while flow.capture(bindings, kill_after=lives).exit_status is None:
            lives += 1
        run = connection.read(*STREAMS)

        assert lives > 2
        for stream in STREAMS:
            assert documents(flow, stream) == sorted_records(run.records(stream))

    def test_a_capture_is_started_again_for_ever(self, flow: Flow) -> None:
        """A finished one reads only what TikTok may have restated, and its stored state settles."""
        reports = flow.bindings("campaigns_reports_daily", "ads_reports_hourly")
        first, second = flow.capture(reports), flow.capture(reports)
        settled = json.dumps(flow.state, sort_keys=True)
        third = flow.capture(reports)

        assert [life.exit_status for life in (first, second, third)] == [0, 0, 0]
        assert 0 < second.documents < first.documents / 2
        assert third.documents == second.documents
        assert json.dumps(flow.state, sort_keys=True) == settled

    def test_a_capture_of_the_old_image_goes_on(self, flow: Flow) -> None:
        """Its state is one flat cursor for each stream."""
        flow.state = {"campaigns_reports_daily": {"stat_time_day": day(3)}}
        life = flow.capture(flow.bindings("campaigns_reports_daily"))
        days = {document["stat_time_day"][:10] for document in documents(flow, "campaigns_reports_daily")}

        assert life.exit_status == 0
        assert min(days) == day(3 + LOOKBACK)
        assert flow.state == merged(flow.state, flow.state)

    def test_a_failed_capture_says_why(self, flow: Flow) -> None:
        """On its log, at a level that Flow shows, and with an exit status that makes no checkpoint."""
        bindings = flow.bindings("ads")
        flow.config["credentials"]["access_token"] = "a token that was withdrawn"
        life = flow.capture(bindings)
        errors = [line for line in flow.adapter.logged().splitlines() if '"level": "error"' in line]

        assert life.exit_status == 1
        assert life.checkpoints == life.documents == 0
        assert any("access token" in line for line in errors)

    def test_a_finished_capture_waits_for_its_interval(self, flow: Flow) -> None:
        """Flow starts it again as soon as it ends, which would spend TikTok's quota on nothing."""
        minutes = json.loads((PATCHES / "run_interval_minutes.json").read_bytes())
        bindings = flow.bindings("ads")
        last = flow.capture(bindings).checkpoints
        flow.state = {}
        del flow.config["_atf_skip_interval"]
        flow.capture(bindings, kill_after=last, wait_for="sleeping for")
        (waits,) = re.findall(r"sleeping for (\d+) seconds", flow.adapter.logged())

        assert 60 * (minutes - 1) < int(waits) <= 60 * minutes


def type_of_key(binding: Json, pointer: str) -> str:
    """The type of a key's field, which the schema must require."""
    field = pointer.removeprefix("/")
    schema = binding["documentSchema"]
    assert field in schema["required"]
    found: str = schema["properties"][field]["type"]
    return found


def documents(flow: Flow, stream: str) -> list[Json]:
    """The collection of a stream."""
    return sorted_records(list(flow.collections[f"acme/{stream}"].values()))


def sorted_records(records: list[Json]) -> list[Json]:
    """Records in an order of their own."""
    return sorted(records, key=lambda record: json.dumps(record, sort_keys=True))
