"""Airbyte source connector for TikTok for Business."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from source_tiktok_marketing.source import SourceTiktokMarketing

__all__ = ["SourceTiktokMarketing"]


def __getattr__(name: str) -> object:
    """Import the Airbyte `Source` only for those who embed it: it brings the whole CDK."""
    if name == "SourceTiktokMarketing":
        from source_tiktok_marketing.source import SourceTiktokMarketing  # noqa: PLC0415  the point of this function

        return SourceTiktokMarketing
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
