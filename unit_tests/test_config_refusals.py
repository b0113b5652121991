"""What is refused in a configuration: every problem at once, in words that help, without a secret."""

import pytest

from source_tiktok_marketing.api.failures import ConfigFailure
from unit_tests.test_config import OAUTH, config_of, with_token


def refusal(raw: object, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigFailure) as caught:
        config_of(raw, environ)
    return caught.value.message


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({}, ["access_token", "missing"]),
        ({"credentials": {"access_token": "the-access-token"}}, ["app_id", "secret", "advertiser_ids"]),
        (
            {"credentials": {"auth_type": "sandbox_access_token", "access_token": "the-access-token"}},
            ["advertiser_id", "sandbox"],
        ),
        (
            {"credentials": {**OAUTH["credentials"], "auth_type": "basic"}},
            ["auth_type", "'basic'", "sandbox_access_token"],
        ),
        (with_token(start_date="31.01.2024"), ["start_date", "31.01.2024", "YYYY-MM-DD"]),
        (with_token(start_date=20240131), ["start_date", "20240131", "YYYY-MM-DD"]),
        (with_token(start_date="20240131"), ["start_date", "20240131", "YYYY-MM-DD"]),
        (with_token(start_date="2024-W05-3"), ["start_date", "2024-W05-3", "YYYY-MM-DD"]),
        (with_token(end_date="2024-02-30"), ["end_date", "2024-02-30", "YYYY-MM-DD"]),
        (with_token(start_date="2026-11-12"), ["start_date", "2026-11-12", "future"]),
        (with_token(start_date="2024-02-02", end_date="2024-02-01"), ["end_date", "2024-02-01", "2024-02-02"]),
        (with_token(attribution_window=365), ["attribution_window", "365", "364"]),
        (with_token(attribution_window=-1), ["attribution_window", "-1", "0"]),
        (with_token(attribution_window="soon"), ["attribution_window", "soon", "integer"]),
        (with_token(report_granularity=31), ["report_granularity", "31", "1 to 30", "LIFETIME"]),
        (with_token(report_granularity=0), ["report_granularity", "0", "1 to 30"]),
        (with_token(report_granularity="WEEK"), ["report_granularity", "WEEK", "1 to 30"]),
        (with_token(report_granularity="²"), ["report_granularity", "²", "1 to 30"]),
        (with_token(report_granularity=True), ["report_granularity", "True", "1 to 30"]),
        (with_token(include_deleted="perhaps"), ["include_deleted", "perhaps", "boolean"]),
        (with_token(advertiser_ids="7001, my-account"), ["advertiser_ids", "my-account", "digits"]),
        (with_token(advertiser_ids={"id": "7001"}), ["advertiser_ids", "digits"]),
        (with_token(rate_limit_tier="gold"), ["rate_limit_tier", "gold", "ultimate"]),
        (with_token(rate_limit_share=0), ["rate_limit_share", "0", "0.01"]),
        (with_token(rate_limit_share=50), ["rate_limit_share", "50", "equal to 1"]),
        ([], ["JSON object"]),
        (None, ["JSON object"]),
        ("the-access-token", ["JSON object"]),
    ],
)
def test_a_refusal_names_the_key_its_value_and_what_is_accepted(raw: object, told: list[str]) -> None:
    message = refusal(raw)

    assert [word for word in told if word not in message] == []


def test_all_problems_are_told_at_once() -> None:
    message = refusal(
        with_token(start_date="yesterday", attribution_window=400, report_granularity=99, rate_limit_tier="gold")
    )

    assert all(
        key in message for key in ("start_date", "attribution_window", "report_granularity", "rate_limit_tier")
    ), message


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param({"credentials": {**OAUTH["credentials"], "access_token": ["the-access-token"]}}, id="list"),
        pytest.param({"credentials": {**OAUTH["credentials"], "secret": {"x": "the-app-secret"}}}, id="object"),
        pytest.param({"credentials": '{"access_token": "the-access-token"}'}, id="credentials-as-text"),
        pytest.param({"credentials": "the-access-token"}, id="token-for-credentials"),
        pytest.param({"access_token": "the-access-token", "environment": "the-app-secret"}, id="environment-as-text"),
        pytest.param({"access_token": {"x": "the-access-token"}}, id="legacy-object"),
        pytest.param(with_token(start_date="soon", access_token=["the-access-token"]), id="among-others"),
        pytest.param(["the-access-token"], id="no-object"),
    ],
)
def test_no_refusal_shows_a_secret(raw: object) -> None:
    """Whatever is wrong, the message can be pasted into a support ticket."""
    message = refusal(raw)

    assert "the-access-token" not in message
    assert "the-app-secret" not in message


@pytest.mark.parametrize(
    "url",
    [
        "https://business-api.example.com/open_api/v1.3/",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com#@localhost/",
        "http://[::1",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1:8080",
    ],
)
def test_the_token_is_never_sent_to_another_host(url: str) -> None:
    """No environment, however it is written, takes the token elsewhere."""
    message = refusal(OAUTH, {"TIKTOK_API_BASE_URL": url})

    assert "TIKTOK_API_BASE_URL" in message
