"""Faults: how a request is answered when the test wants something to go wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Match = Mapping[str, Any] | Callable[[dict[str, Any]], bool]


@dataclass
class Fault:
    """What goes wrong, for which requests, and how often.

    `path` None is every path; `match` is a subset of the decoded parameters or a predicate on them. The first `after`
    matching requests pass, the next `times` are hit (None: all). Exactly one of `code`, `status`, `drop`, `truncate`
    and `garbage` replaces the answer, but the code of a partial success leaves the data there. `delay`, `drip`,
    `headers` and `rewrite` bend the answer, whichever it is.
    """

    path: str | None = None
    match: Match = field(default_factory=dict)
    times: int | None = 1
    after: int = 0
    code: int | None = None
    message: str = "Injected fault."
    status: int | None = None
    drop: bool = False
    truncate: bool = False
    garbage: bool = False
    delay: float = 0.0
    drip: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    rewrite: Callable[[Any], Any] | None = None
    seen: int = 0

    def fits(self, path: str, params: dict[str, Any]) -> bool:
        """Return whether the fault is about this request."""
        if self.path is not None and self.path.strip("/") != path.strip("/"):
            return False
        if callable(self.match):
            return self.match(params)
        return all(str(params.get(name)) == str(value) for name, value in self.match.items())

    def spend(self) -> bool:
        """Count a fitting request and return whether it is hit."""
        self.seen += 1
        return self.seen > self.after and (self.times is None or self.seen <= self.after + self.times)


class Faults:
    """The faults that are set; the first one that hits a request decides."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def hit(self, path: str, params: dict[str, Any]) -> Fault | None:
        """Return the fault that hits a request, and count it."""
        for fault in self._faults:
            if fault.fits(path, params) and fault.spend():
                return fault
        return None
