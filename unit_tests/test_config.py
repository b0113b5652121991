"""The configuration: every shape that was ever accepted, and what is refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given

from source_tiktok_marketing.api.failures import ConfigFailure
from source_tiktok_marketing.config import Config, read_config
from unit_tests.json_values import VALUES, mappings_with

Json = dict[str, Any]

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
PRODUCTION = "https://business-api.tiktok.com/open_api/v1.3/"
SANDBOX = "https://sandbox-ads.tiktok.com/open_api/v1.3/"

OAUTH: Json = {
    "credentials": {
        "auth_type": "oauth2.0",
        "app_id": "7012345678",
        "secret": "the-app-secret",
        "access_token": "the-access-token",
    }
}


def config_of(raw: object, environ: dict[str, str] | None = None) -> Config:
    return read_config(raw, environ or {}, NOW)


def with_token(**more: Any) -> Json:
    return {**OAUTH, **more}


def test_the_smallest_configuration_has_airbytes_defaults() -> None:
    """Nothing but credentials: everything since 2016, three days again, deleted objects included, the basic tier."""
    config = config_of(OAUTH)

    expected = {
        "access_token": "the-access-token",
        "app_id": "7012345678",
        "secret": "the-app-secret",
        "advertiser_ids": (),
        "is_sandbox": False,
        "start_date": date(2016, 9, 1),
        "end_date": None,
        "attribution_window": 3,
        "include_deleted": True,
        "days_per_request": 30,
        "granularity": None,
        "rate_limit_tier": "basic",
        "rate_limit_share": 1.0,
        "base_url": PRODUCTION,
    }
    assert {name: getattr(config, name) for name in expected} == expected


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(OAUTH, id="oauth2.0"),
        pytest.param({"credentials": {**OAUTH["credentials"], "auth_type": "prod_access_token"}}, id="prod"),
        pytest.param(
            {"credentials": {k: v for k, v in OAUTH["credentials"].items() if k != "auth_type"}}, id="no-type"
        ),
        pytest.param({"credentials": {**OAUTH["credentials"], "app_id": 7012345678}}, id="app-id-as-number"),
        pytest.param(
            {
                "credentials": {
                    "auth_type": "oauth2.0",
                    "client_id": "7012345678",
                    "client_secret": "the-app-secret",
                    "access_token": " the-access-token\n",
                }
            },
            id="client-id-and-blanks",
        ),
        pytest.param(
            {
                "access_token": "the-access-token",
                "environment": {"environment": "prod", "app_id": "7012345678", "secret": "the-app-secret"},
            },
            id="legacy-environment",
        ),
        pytest.param(
            {
                "credentials": {},
                "access_token": "the-access-token",
                "environment": {"app_id": "7012345678", "secret": "the-app-secret"},
            },
            id="legacy-environment-beside-the-forms-default-credentials",
        ),
    ],
)
def test_production_credentials_of_every_era_mean_the_same(raw: Json) -> None:
    """However they are written, the same credentials give the same configuration."""
    assert config_of(raw) == config_of(OAUTH)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            {
                "credentials": {
                    "auth_type": "sandbox_access_token",
                    "access_token": "the-access-token",
                    "advertiser_id": "7012",
                }
            },
            id="credentials",
        ),
        pytest.param(
            {
                "credentials": {
                    "auth_type": "sandbox_access_token",
                    "access_token": "the-access-token",
                    "advertiser_id": 7012,
                }
            },
            id="id-as-number",
        ),
        pytest.param(
            {
                "access_token": "the-access-token",
                "environment": {"environment": "sandbox", "advertiser_id": "7012"},
            },
            id="legacy-environment-without-secret",
        ),
    ],
)
def test_sandbox_credentials_of_every_era_lead_to_the_sandbox(raw: Json) -> None:
    config = config_of(raw)

    assert config.is_sandbox
    assert config.base_url == SANDBOX
    assert config.advertiser_ids == ("7012",)
    assert config.access_token == "the-access-token"


@pytest.mark.parametrize(
    ("own", "listed", "expected"),
    [
        (None, None, ()),
        ("", [], ()),
        ("7001", None, ("7001",)),
        (7001, None, ("7001",)),
        (None, ["7001", "7002"], ("7001", "7002")),
        (None, [7001, 7002], ("7001", "7002")),
        (None, 7001, ("7001",)),
        (None, "7001, 7002,7003", ("7001", "7002", "7003")),
        (None, " 7001\n7002 ,", ("7001", "7002")),
        ("7003", ["7001", "7003", "7001"], ("7003", "7001")),
    ],
)
def test_ad_accounts_may_be_listed_in_any_way(own: object, listed: object, expected: tuple[str, ...]) -> None:
    """The single id and the list add up, each account once."""
    credentials = {**OAUTH["credentials"], "advertiser_id": own}

    assert config_of({"credentials": credentials, "advertiser_ids": listed}).advertiser_ids == expected


def test_named_ad_accounts_need_no_app() -> None:
    """Only listing the accounts of a token takes the app's id and secret."""
    config = config_of({"credentials": {"access_token": "the-access-token"}, "advertiser_ids": "7001"})

    assert (config.app_id, config.secret, config.advertiser_ids) == (None, None, ("7001",))


def test_blank_options_are_absent_options() -> None:
    """Forms send what was left empty, too."""
    keys = ("end_date", "attribution_window", "report_granularity", "include_deleted", "rate_limit_tier")

    assert [config_of(with_token(**dict.fromkeys(keys, blank))) for blank in (None, "", " ")] == [config_of(OAUTH)] * 3


@pytest.mark.parametrize("text", ["2024-01-31", "2024-01-31T00:00:00Z", "2024-01-31T23:59:59.5", "2024-01-31 08:00:00"])
def test_dates_may_be_date_times(text: str) -> None:
    config = config_of(with_token(start_date=text, end_date=text))

    assert (config.start_date, config.end_date) == (date(2024, 1, 31), date(2024, 1, 31))


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_empty_dates_are_absent_dates(empty: str | None) -> None:
    config = config_of(with_token(start_date=empty, end_date=empty))

    assert (config.start_date, config.end_date) == (date(2016, 9, 1), None)


@pytest.mark.parametrize(
    ("value", "days", "granularity"),
    [
        (None, 30, None),
        ("", 30, None),
        (1, 1, None),
        (30, 30, None),
        ("7", 7, None),
        (7.0, 7, None),
        ("DAY", 30, "DAY"),
        ("hour", 30, "HOUR"),
        ("lifetime", 30, "LIFETIME"),
    ],
)
def test_report_granularity_is_days_or_the_old_word(value: object, days: int, granularity: str | None) -> None:
    """The key had two meanings in its history; the type of its value tells them apart."""
    config = config_of(with_token(report_granularity=value))

    assert (config.days_per_request, config.granularity) == (days, granularity)


@pytest.mark.parametrize(("more", "expected"), [({}, True), ({"include_deleted": True}, True)])
def test_deleted_objects_are_read_unless_declined(more: Json, expected: bool) -> None:  # noqa: FBT001  a parameter
    """Their money was spent: only an explicit false leaves them out."""
    assert config_of(with_token(**more)).include_deleted is expected
    assert config_of(with_token(include_deleted=None)).include_deleted is True
    assert config_of(with_token(include_deleted=False)).include_deleted is False


@pytest.mark.parametrize(("value", "days"), [(None, 3), (0, 0), (3, 3), ("28", 28), (364, 364)])
def test_attribution_window_is_days(value: object, days: int) -> None:
    assert config_of(with_token(attribution_window=value)).attribution_window == days


def test_unknown_keys_are_ignored() -> None:
    """Platforms add keys of their own."""
    raw = with_token(concurrency_level=5, account_id=1)
    raw["credentials"] = {**raw["credentials"], "auth_flow": "x"}

    assert config_of(raw) == config_of(OAUTH)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/open_api/v1.3/", "http://localhost:8080/open_api/v1.3", "http://[::1]:8080/x/"]
)
def test_an_emulator_on_this_machine_may_take_the_place_of_tiktok(url: str) -> None:
    config = config_of(OAUTH, {"TIKTOK_API_BASE_URL": url})

    assert config.base_url == url.rstrip("/") + "/"


def test_no_configuration_names_the_host() -> None:
    """Only the environment can, so that nobody who edits a connection gets hold of its token."""
    raw = with_token(TIKTOK_API_BASE_URL="http://127.0.0.1:8080/", base_url="http://127.0.0.1:8080/")

    assert config_of(raw).base_url == PRODUCTION


def test_an_empty_base_url_is_none() -> None:
    assert config_of(OAUTH, {"TIKTOK_API_BASE_URL": " "}).base_url == PRODUCTION


_KEYS = (
    "access_token",
    "environment",
    "advertiser_ids",
    "start_date",
    "end_date",
    "attribution_window",
    "include_deleted",
    "report_granularity",
    "rate_limit_tier",
    "rate_limit_share",
)


@given(mappings_with("credentials", *_KEYS) | VALUES)
@example({**OAUTH, "report_granularity": "9" * 5000})
@example({**OAUTH, "advertiser_ids": [None]})
@example({**OAUTH, "start_date": "0001-01-01T00:00:00+14:00"})
def test_any_json_is_a_configuration_or_a_config_failure(raw: object) -> None:
    """Never a traceback, whatever a platform hands over."""
    try:
        config = config_of(raw)
    except ConfigFailure:
        return

    assert config.access_token
    assert 1 <= config.days_per_request <= 30


@given(mappings_with("app_id", "secret", "access_token", "advertiser_id", "auth_type"), mappings_with(*_KEYS))
def test_any_credentials_are_a_configuration_or_a_config_failure(credentials: Json, rest: Json) -> None:
    try:
        config = config_of({**rest, "credentials": credentials})
    except ConfigFailure:
        return

    assert all(config.secrets)
