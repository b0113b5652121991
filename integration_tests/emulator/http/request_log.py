"""What clients asked and what they got."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class LoggedRequest:
    """One request: path below the version prefix, parameters, arrival in monotonic seconds, and the answer."""

    method: str
    path: str
    params: dict[str, Any]
    query: str
    at: float
    code: int | None
    status: int | None
    rows: int

    def as_json(self) -> dict[str, Any]:
        """Return the request as the control endpoint shows it."""
        return asdict(self)


class RequestLog(list[LoggedRequest]):
    """The requests in the order of their answers."""

    def to(self, path: str) -> list[LoggedRequest]:
        """Return the requests to one path."""
        return [request for request in self if request.path == path]
