"""The primary statuses of objects, and which of them a filter asks for."""

STATUSES = (
    "STATUS_ALL",
    "STATUS_NOT_DELETE",
    "STATUS_DELETE",
    "STATUS_DELIVERY_OK",
    "STATUS_DISABLE",
    "STATUS_NOT_DELIVERY",
    "STATUS_TIME_DONE",
    "STATUS_RF_CLOSED",
    "STATUS_FROZEN",
)


def status_fits(status: str, wanted: str) -> bool:
    """Return whether a primary status is covered by the one a filter asks for."""
    if wanted == "STATUS_ALL":
        return True
    return status != "STATUS_DELETE" if wanted == "STATUS_NOT_DELETE" else status == wanted
