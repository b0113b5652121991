"""The present, which the emulator stands still at while a job runs."""

from datetime import UTC, datetime


def present() -> datetime:
    """Now, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
