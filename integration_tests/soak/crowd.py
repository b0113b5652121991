"""What a seed's accounts are, and namesakes among what they hold."""

from datetime import timedelta
from random import Random

from integration_tests.emulator import Emulator, Item

MOST_ACCOUNTS = 3
CROWDED: dict[str, str] = {
    "file/image/ad/search/": "file_name",
    "file/video/ad/search/": "file_name",
    "dmp/custom_audience/list/": "name",
    "tt_video/list/": "auth_info",
    "pixel/list/": "pixel_name",
    "optimizer/rule/list/": "name",
}
"""Lists of several pages, and a column that tells rows of one key apart."""


def crowd(tiktok: Emulator, dice: Random) -> None:
    """Keep some of the accounts; put a namesake and an equal row into some of their lists, pages apart."""
    world = tiktok.world
    for path, column in CROWDED.items():
        held = [item for item in world.items if item.path == path and item.owner == world.advertisers[0].id]
        oldest = min(held, key=lambda item: item.created)
        now = tiktok.clock.now() - timedelta(minutes=1)
        other = {**oldest.row, column: {"auth_code": "other"} if column == "auth_info" else "Namesake"}
        for row in dice.choice(([], [oldest.row], [other], [oldest.row, other])):
            world.add(Item(row, now, list(oldest.edits), path=path, owner=oldest.owner))
    *busy, _ = world.advertisers  # the last has nothing, which is no account for a seed of its own
    first = dice.choice((busy[0], *busy))
    others = [advertiser for advertiser in world.advertisers if advertiser is not first]
    world.advertisers[:] = [first, *dice.sample(others, dice.randrange(MOST_ACCOUNTS))]
    world.touch()
