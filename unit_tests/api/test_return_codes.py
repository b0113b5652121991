"""What each return code of TikTok means for a sync, and what the user reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    AuthorisationFailure,
    ConfigFailure,
    EndpointUnavailable,
    Failure,
    FailureType,
    MetricsRefused,
    RateLimited,
    SystemFailure,
    TooLarge,
    TransientFailure,
)
from source_tiktok_marketing.api.return_codes import POLICY, Action, failure_for, policy_for, refused_metrics

DOCUMENTED_FOR_READING = (
    *(0, 20001, 40000, 40001, 40002, 40006, 40007, 40008, 40009, 40010, 40011, 40013, 40014, 40016),
    *(40050, 40051, 40053, 40067, 40100, 40101, 40102, 40103, 40104, 40105, 40106, 40107, 40108),
    *(40109, 40110, 40112, 40113, 40115, 40116, 40117, 40118, 40119, 40124, 40125, 40132, 40133),
    *(40200, 40201, 40202, 40300, 40301, 40700, 41000, 41001, 41002, 50000, 50002, 51305, 51010, 60001),
)
"""TikTok's return codes, less those that only writing or creator marketplaces meet."""

WORDS = "Something about advertiser 7001"


def failure(code: int, message: str = WORDS) -> Failure:
    return failure_for(code, message, "2024013108", "ad/get/")


@pytest.mark.parametrize("code", DOCUMENTED_FOR_READING)
def test_every_documented_code_has_a_meaning(code: int) -> None:
    assert policy_for(code).meaning != policy_for(99999).meaning


@pytest.mark.parametrize("code", [code for code, row in POLICY.items() if row.action is not Action.ACCEPT])
def test_a_failure_tells_everything_that_support_asks_for(code: int) -> None:
    """The code and its meaning, TikTok's words, the request, and what to do."""
    row = POLICY[code]
    told = failure(code)

    assert row.advice
    assert [
        part
        for part in (str(code), row.meaning, WORDS, "2024013108", "ad/get/", row.advice)
        if part not in told.message
    ] == []
    assert (told.code, told.request_id) == (code, "2024013108")


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (TransientFailure, [40050, 40200, 40201, 40202, 40700, 50000, 50002, 51010, 51305, 60001]),
        (RateLimited, [40016, 40100, 40132, 40133]),
        (AuthorisationFailure, [40101, 40102, 40104, 40105, 40110, 40113, 41000]),
        (ConfigFailure, [40000]),
        (AdvertiserUnavailable, [40001, 40119, 40300, 40301]),
        (EndpointUnavailable, [40008, 40009, 40014, 40118, 40125]),
        (TooLarge, [40067]),
        (SystemFailure, [40002, 40006, 40011, 40117, 41001, 41002]),
    ],
)
def test_a_code_leads_to_the_failure_that_says_what_to_do(kind: type[Failure], codes: list[int]) -> None:
    assert [type(failure(code)) for code in codes] == [kind] * len(codes)


@pytest.mark.parametrize("code", [0, 20001])
def test_success_and_partial_success_are_accepted(code: int) -> None:
    assert policy_for(code).action is Action.ACCEPT


@pytest.mark.parametrize(("code", "of_advertiser"), [(40016, False), (40100, False), (40132, True), (40133, True)])
def test_a_rate_limit_is_the_apps_or_one_advertisers(code: int, of_advertiser: bool) -> None:  # noqa: FBT001
    limited = failure(code)

    assert isinstance(limited, RateLimited)
    assert limited.of_advertiser is of_advertiser
    assert limited.failure_type is FailureType.TRANSIENT


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("No permission to operate advertiser 7001", AdvertiserUnavailable),
        ("no permission for account 7001", AdvertiserUnavailable),
        ("The app is not granted the permission of /open_api/v1.3/dmp/custom_audience/list/:GET", EndpointUnavailable),
        ("The advertiser 7001 does not grant you /file/video/ad/search/:GET permission", EndpointUnavailable),
        ("You don't have permission to operate on the pixel", EndpointUnavailable),
    ],
)
def test_a_missing_permission_is_for_the_advertiser_or_the_endpoint(message: str, kind: type[Failure]) -> None:
    """40001 has both meanings. Taking one for the other would skip all streams of an account, or fail for nothing."""
    told = failure(40001, message)

    assert type(told) is kind
    assert told.failure_type is FailureType.CONFIG


@pytest.mark.parametrize(
    ("message", "metrics"),
    [
        (
            "Please correct the information in invalid metric fields and try again. Invalid metric fields: ['x']. ",
            ("x",),
        ),
        ("Invalid metric fields: ['skan_result', 'vta_purchase'].", ("skan_result", "vta_purchase")),
        ('invalid metric field: ["a", "b"]', ("a", "b")),
        ("Invalid metric fields: []", ()),
        ("Missing required field(s): advertiser_id.", ()),
        ("max time span must be less than 365 days", ()),
    ],
)
def test_refused_metrics_are_read_from_the_message(message: str, metrics: tuple[str, ...]) -> None:
    assert refused_metrics(message) == metrics


def test_a_refusal_of_metrics_is_told_apart_from_other_parameter_errors() -> None:
    refused = failure(40002, "Invalid metric fields: ['skan_result'].")

    assert isinstance(refused, MetricsRefused)
    assert refused.metrics == ("skan_result",)
    assert type(failure(40002, "max time span must be less than 30 days")) is SystemFailure


@pytest.mark.parametrize("code", [1, 40003, 40999, 49999, 60000, 99999, -1])
def test_an_unknown_code_fails_and_names_itself(code: int) -> None:
    """It is never taken for success, and never repeated in the hope that it passes."""
    told = failure(code)

    assert type(told) is SystemFailure
    assert told.failure_type is FailureType.SYSTEM
    assert f"code {code} " in told.message


@given(st.integers(50000, 59999))
def test_errors_of_tiktoks_services_pass(code: int) -> None:
    """TikTok adds codes of this family; all are trouble on its side."""
    told = failure(code)

    assert type(told) is TransientFailure
    assert f"code {code} " in told.message


@given(st.integers(), st.text())
def test_every_reply_that_is_not_accepted_is_a_failure(code: int, message: str) -> None:
    told = failure(code, message)

    assert isinstance(told, Failure)
    assert str(code) in told.message
