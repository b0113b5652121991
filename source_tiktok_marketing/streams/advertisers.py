"""The streams of the advertisers themselves: what the run looked up anyway."""

from collections.abc import Iterator

from source_tiktok_marketing.api.failures import EndpointUnavailable
from source_tiktok_marketing.catalog.entities import Entity
from source_tiktok_marketing.streams.base import Context, Page, Skipped, Slice, Step, Stream
from source_tiktok_marketing.streams.directory import LISTING_PATH
from source_tiktok_marketing.streams.records import Caster, Json


class DirectoryStream(Stream):
    """Emits the rows of the directory; asks TikTok for nothing."""

    def __init__(self, entity: Entity, schema: Json, context: Context) -> None:
        super().__init__(entity.name, context, cursor=None)
        self._lists = entity.path == LISTING_PATH
        self._caster = Caster(entity.name, schema)

    def slices(self) -> Iterator[Slice]:
        """One slice: all rows."""
        yield Slice("", self._read)

    def _read(self) -> Iterator[Step]:
        directory = self.context.directory
        if (failure := directory.listing_failure if self._lists else directory.info_failure) is not None:
            if self._lists or not isinstance(failure, EndpointUnavailable):
                raise failure
            yield from (Skipped(advertiser.advertiser_id, failure) for advertiser in directory.advertisers)
        rows = directory.listed if self._lists else directory.infos
        if rows:
            yield Page([self._caster(dict(row)) for row in rows])

    @property
    def needs_advertisers(self) -> bool:
        """The listing holds also those that can't be read."""
        return not self._lists
