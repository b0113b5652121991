"""Lists that stand in for TikTok's: what is held, or page after page of a script."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from source_tiktok_marketing.api.failures import TimedOut
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.api.reply import Reply

if TYPE_CHECKING:
    from source_tiktok_marketing.api.client import Client

Json = dict[str, Any]
Rows = list[int]


class FakeRequestAhead:
    """A request that was sent ahead."""

    def __init__(self, params: Json) -> None:
        self.params = params
        self.ends = 0

    def discard(self) -> None:
        """It is not needed any more."""
        self.ends += 1


class Fake:
    """Sends ahead as long as fewer than `most_ahead` requests are on their way, and checks that none is forgotten."""

    most_ahead = 0

    def __init__(self) -> None:
        self.asked: list[Json] = []
        self.sent: list[FakeRequestAhead] = []
        self.pauses: list[float] = []

    def pause(self, seconds: float, advertiser_id: str) -> None:
        """Take note of it."""
        assert advertiser_id == "7001"
        self.pauses.append(seconds)

    def send_ahead(self, path: str, params: Mapping[str, Any]) -> FakeRequestAhead | None:
        """Take note of it."""
        assert path == "ad/get/"
        if sum(not sent.ends for sent in self.sent) >= self.most_ahead:
            return None
        self.sent.append(FakeRequestAhead(dict(params)))
        return self.sent[-1]

    def take(self, params: Mapping[str, Any], sent: FakeRequestAhead | None) -> None:
        """Take note that an answer is wanted."""
        self.asked.append(dict(params))
        if sent is not None:
            assert sent.params == params
            sent.ends += 1


class FakeClient(Fake):
    """Answers from a list of ids that `held` tells for each request, cut into pages as TikTok does."""

    def __init__(self, held: Callable[[int], Rows], fails: Callable[[Json], bool] = lambda _: False) -> None:
        super().__init__()
        self._held = held
        self._fails = fails

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        decode: object,
        *,
        ahead: FakeRequestAhead | None,
        repeats_timeouts: bool,
        waits_for_advertiser: bool,
    ) -> Reply:
        """One page of what is held at this moment."""
        assert decode is None
        assert repeats_timeouts == ("page_size" not in params)
        assert waits_for_advertiser
        self.take(params, ahead)
        if self._fails(dict(params)):
            raise TimedOut(f"TikTok did not answer {path}.")
        rows, page, size = self._held(len(self.asked)), params["page"], params["page_size"]
        info = {"page": page, "page_size": size, "total_number": len(rows), "total_page": -(-len(rows) // size)}
        part = rows[(page - 1) * size : page * size]
        return Reply({"list": [{"ad_id": row} for row in part], "page_info": info}, "a-request")


class Scripted(Fake):
    """Answers page after page from a script; the last answer repeats."""

    def __init__(self, *replies: Json) -> None:
        super().__init__()
        self._replies = replies

    def get(
        self,
        path: str,
        params: Mapping[str, Any],
        decode: object,
        *,
        ahead: FakeRequestAhead | None,
        repeats_timeouts: bool,
        waits_for_advertiser: bool,
    ) -> Reply:
        """The next reply of the script."""
        assert (path, decode) == ("ad/get/", None)
        assert repeats_timeouts == ("page_size" not in params)
        assert waits_for_advertiser
        self.take(params, ahead)
        return Reply(self._replies[min(len(self.asked), len(self._replies)) - 1], "a-request")


def reply(rows: Rows, total_number: int, total_page: int) -> Json:
    info = {"total_number": total_number, "total_page": total_page}
    return {"list": [{"ad_id": row} for row in rows], "page_info": info}


def listing(**more: Any) -> ListRequest:
    settings: Json = {"page_size": 10, "keys": lambda rows: [row["ad_id"] for row in rows], **more}
    return ListRequest(path="ad/get/", params={"advertiser_id": "7001"}, **settings)


def ids(client: object, asked: ListRequest) -> Rows:
    return [row["ad_id"] for page in Pages(cast("Client", client), asked) for row in page]
