"""`check` proves that data can be read, or says in a sentence why not; either way it is a success of the command."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, World, an_advertiser
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connect, Connection


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts that the token reaches and one that it doesn't."""
    granted = (True, True, False)
    with Emulator(World(advertisers=[an_advertiser(granted=each) for each in granted]), now=NOW) as emulator:
        yield emulator


def with_credentials(connection: Connection, **changes: Any) -> dict[str, Any]:
    return {"credentials": {**connection.configured()["credentials"], **changes}}


def assert_fails(connection: Connection, words: tuple[str, ...], **config: Any) -> None:
    """The check ends well with a verdict that holds all `words` and fits on one line."""
    run = connection.check(**config)
    status, message = run.verdict

    assert (run.exit_status, status, run.errors) == (0, "FAILED", [])
    assert all(word.lower() in message.lower() for word in words), message
    assert "\n" not in message
    assert message.endswith((".", "]"))


def test_a_good_configuration_succeeds_with_two_requests(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok).check()

    assert (run.exit_status, run.verdict) == (0, ("SUCCEEDED", ""))
    assert [request.path for request in tiktok.log] == ["oauth2/advertiser/get/", "advertiser/info/"]


def test_named_advertisers_need_no_listing(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok).check(advertiser_ids=[tiktok.world.advertisers[0].id])

    assert run.verdict[0] == "SUCCEEDED"
    assert [request.path for request in tiktok.log] == ["advertiser/info/"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"access_token": "no-such-token"}, ("40105", "access token", "authorise")),
        ({"app_id": "7000000000000000043"}, ("40113", "app_id")),
        ({"secret": "no-such-secret"}, ("40101", "secret")),
        ({"access_token": ""}, ("credentials.access_token", "missing")),
        ({"app_id": None}, ("app_id", "secret", "advertiser_ids")),
        ({"advertiser_id": "7099999999999999999"}, ("40300", "7099999999999999999")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_wrong_credentials_are_told_apart(
    connect: Connect, tiktok: Emulator, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    connection = connect(tiktok)

    assert_fails(connection, words, **with_credentials(connection, **changes))


def test_a_wrong_token_is_not_shown(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok)
    run = connection.check(**with_credentials(connection, access_token="a-mistyped-token", secret="a-mistyped-secret"))

    assert "mistyped" not in str(run.messages)


def test_an_app_without_advertisers_says_so(connect: Connect) -> None:
    with Emulator(World(advertisers=[an_advertiser(granted=False)]), now=NOW) as tiktok:
        assert_fails(connect(tiktok), ("no ad account", "grant"))


def test_a_revoked_advertiser_that_the_configuration_names_fails(connect: Connect, tiktok: Emulator) -> None:
    """Even though another one could be read."""
    good, _, revoked = (advertiser.id for advertiser in tiktok.world.advertisers)

    assert_fails(connect(tiktok), ("40001", revoked), advertiser_ids=[good, revoked])


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"start_date": "yesterday"}, ("start_date", "yesterday", "YYYY-MM-DD")),
        ({"start_date": "2027-01-01"}, ("start_date", "future")),
        ({"start_date": "2026-02-30"}, ("start_date", "2026-02-30")),
        ({"start_date": "2026-05-01", "end_date": "2026-04-30"}, ("end_date", "before start_date")),
        ({"attribution_window": 365}, ("attribution_window", "364")),
        ({"attribution_window": "long"}, ("attribution_window", "long")),
        ({"report_granularity": 31}, ("report_granularity", "30")),
        ({"rate_limit_tier": "gold"}, ("rate_limit_tier", "gold", "ultimate")),
        ({"advertiser_ids": ["my account"]}, ("advertiser_ids", "my account")),
        ({"credentials": "a token"}, ("credentials",)),
        ({"end_date": "never", "rate_limit_tier": "gold"}, ("end_date", "never", "rate_limit_tier", "gold")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_named_with_what_is_accepted_before_anything_is_asked(
    connect: Connect, tiktok: Emulator, config: dict[str, Any], words: tuple[str, ...]
) -> None:
    assert_fails(connect(tiktok), words, **config)
    assert list(tiktok.log) == []


def test_an_unreachable_server_is_said_to_be_unreachable(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(tiktok)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv(BASE_URL_VARIABLE, f"http://127.0.0.1:{port}/open_api/v1.3/")

    assert_fails(connection, (f"127.0.0.1:{port}", "failed"))


def test_a_token_is_sent_nowhere_but_to_tiktok(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connect(tiktok)
    monkeypatch.setenv(BASE_URL_VARIABLE, "http://tiktok.example/open_api/v1.3/")

    assert_fails(connection, (BASE_URL_VARIABLE, "this machine only"))


def test_a_moment_of_trouble_does_not_fail_the_check(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="advertiser/info/", code=50000, message="System error.", times=2))

    assert connect(tiktok).check().verdict == ("SUCCEEDED", "")


@pytest.mark.parametrize("old", ["prod_access_token", "client", "environment"])
def test_credentials_of_old_versions_are_understood(connect: Connect, tiktok: Emulator, old: str) -> None:
    plain = {"app_id": tiktok.app_id, "secret": tiktok.secret, "access_token": tiktok.access_token}
    configurations: dict[str, dict[str, Any]] = {
        "prod_access_token": {"credentials": {"auth_type": "prod_access_token", **plain}},
        "client": {
            "credentials": {
                "client_id": tiktok.app_id,
                "client_secret": tiktok.secret,
                "access_token": tiktok.access_token,
            }
        },
        "environment": {
            "credentials": None,
            "access_token": tiktok.access_token,
            "environment": {"app_id": int(tiktok.app_id), "secret": tiktok.secret},
        },
    }

    assert connect(tiktok).check(**configurations[old]).verdict == ("SUCCEEDED", "")
