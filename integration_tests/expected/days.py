"""The days that reports cover, and those that they were asked for."""

from datetime import date, timedelta

from integration_tests.emulator import Emulator


def days_between(start: date, end: date) -> list[str]:
    """Every day from `start` to `end`, inclusive."""
    return [str(start + timedelta(days=number)) for number in range((end - start).days + 1)]


def asked_days(tiktok: Emulator, advertiser: str, dimension: str) -> list[str]:
    """Every day that reports of an advertiser were asked for, in order, without repetition by further pages."""
    spans = {
        tuple(date.fromisoformat(request.params[name]) for name in ("start_date", "end_date"))
        for request in tiktok.log.to("report/integrated/get/")
        if request.params.get("advertiser_id") == advertiser and dimension in request.params["dimensions"]
    }
    days = [day for start, end in sorted(spans) for day in days_between(start, end)]
    assert len(set(days)) == len(days), "a day was asked for twice"
    return days
