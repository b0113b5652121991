"""Fills worlds: a believable one around a reference day, a young one, and a uniform one for load."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

from integration_tests.emulator.world.builders import a_campaign, a_smart_plus_ad, an_ad, an_ad_group, an_advertiser
from integration_tests.emulator.world.entities import AdGroup, Advertiser, Campaign
from integration_tests.emulator.world.items import fill_items
from integration_tests.emulator.world.world import World


def seeded_world(seed: int = 1, today: date | None = None) -> World:
    """Return a believable world around `today`; without it, it is filled when an emulator starts to serve it."""
    world = World(seed=seed)
    if today is not None:
        settle(world, today)
    return world


def young_world(seed: int, today: date) -> World:
    """Return a world of two accounts that are a day old: little to read, but something in every stream."""
    world = World(seed=seed)
    _fill_seeded(world, seed, today, [replace(account, age=1, sets=sets) for sets, account in enumerate(ACCOUNTS[:2])])
    world.touch()
    return world


def uniform_world(advertisers: int = 20, ads: int = 100, created: str = "2024-01-01T00:00:00Z") -> World:
    """Return `advertisers` accounts with `ads` ads each that deliver in every hour since `created`."""
    world = World()
    _fill_uniform(world, advertisers, ads, created)
    return world


def settle(world: World, today: date) -> None:
    """Fill a seeded world that is still empty, relative to `today`."""
    if world.seed is not None and not world.advertisers:
        _fill_seeded(world, world.seed, today, ACCOUNTS)
        world.touch()


@dataclass(frozen=True)
class Account:
    """An account of the seeded world; `age` in days before the reference day, `sets` campaign sets of each sort."""

    name: str
    timezone: str
    currency: str
    age: int
    sets: int


ACCOUNTS = (
    Account("Canyon Trail Co", "America/Los_Angeles", "USD", 910, 2),
    Account("Harbour & Sons", "America/New_York", "USD", 760, 1),
    Account("Kiwi Kōwhai \N{KIWIFRUIT}", "Pacific/Auckland", "NZD", 121, 1),
    Account("चाय House", "Asia/Kolkata", "INR", 33, 1),
    Account("東京ストア", "Asia/Tokyo", "JPY", 1, 1),
    Account("Leer GmbH", "Europe/Berlin", "EUR", 300, 0),
)
NAMES = ("Spring \N{CHERRY BLOSSOM}", "Black Friday", "Évergreen", "Launch \N{ROCKET}", "Retargeting", "日本語")


@dataclass(frozen=True)
class Sort:
    """A sort of campaign every account has."""

    buying_type: str = "AUCTION"
    automation: str = "MANUAL"
    objective: str = "TRAFFIC"
    goal: str = "CLICK"
    billing: str = "CPC"
    deleted: bool = False
    smart: bool = False


SORTS = (
    Sort(),
    Sort(objective="WEB_CONVERSIONS", goal="CONVERT", billing="OCPM"),
    Sort(objective="WEB_CONVERSIONS", goal="CONVERT", billing="OCPM", deleted=True),
    Sort(automation="UPGRADED_SMART_PLUS", objective="WEB_CONVERSIONS", goal="CONVERT", billing="OCPM", smart=True),
    Sort(buying_type="RESERVATION_RF", objective="RF_REACH", goal="REACH", billing="CPM"),
    Sort(buying_type="RESERVATION_TOP_VIEW", objective="RF_REACH", goal="REACH", billing="GD"),
)


class _Numbering:
    """19-digit ids that grow and do not collide between seeds."""

    def __init__(self, seed: int) -> None:
        self._next = 1_790_000_000_000_000_000 + seed * 1_000_000_000

    def __call__(self) -> str:
        self._next += 13
        return str(self._next)


def _fill_seeded(world: World, seed: int, today: date, accounts: Sequence[Account]) -> None:
    """Fill `world` with `accounts`, born so many days before `today`."""
    noon = datetime.combine(today, time(12), UTC)
    number = _Numbering(seed)
    for place, account in enumerate(accounts):
        dice = Random(f"{seed}/{place}")
        advertiser = an_advertiser(
            id=str(7_012_345_678_900_000_000 + seed * 1000 + place),
            name=account.name,
            timezone=account.timezone,
            currency=account.currency,
            created=noon - timedelta(days=account.age, hours=dice.randrange(6), minutes=dice.randrange(60)),
        )
        world.add(advertiser)
        for turn in range(account.sets):
            for sort in SORTS:
                _fill_campaign(world, advertiser, sort, noon, (dice, number, turn))
    fill_items(world, seed, noon)


def _fill_campaign(
    world: World, advertiser: Advertiser, sort: Sort, noon: datetime, tools: tuple[Random, _Numbering, int]
) -> None:
    dice, number, turn = tools
    age = noon - advertiser.created
    born = advertiser.created + age * (turn * 0.55 + dice.random() * 0.3)
    gone = born + (noon - born) * 0.6 if sort.deleted else None
    campaign = a_campaign(
        advertiser,
        id=number(),
        name=f"{dice.choice(NAMES)} {turn + 1}",
        created=born,
        modified=born + (noon - born) * dice.random(),
        deleted=gone,
        buying_type=sort.buying_type,
        campaign_automation_type=sort.automation,
        objective_type=sort.objective,
    )
    world.add(campaign)
    _fill_ad_groups(world, campaign, sort, noon, (dice, number, turn))


def _fill_ad_groups(
    world: World, campaign: Campaign, sort: Sort, noon: datetime, tools: tuple[Random, _Numbering, int]
) -> None:
    dice, number, _ = tools
    gone = campaign.edits[0][0] if sort.deleted else None
    for place in range(2):
        born = campaign.created + timedelta(minutes=5 + place)
        modified = min(noon, born + (noon - born) * dice.random())
        columns = {"optimization_goal": sort.goal, "billing_event": sort.billing}
        ad_group = an_ad_group(
            campaign, id=number(), name=f"Group {place + 1}", created=born, modified=modified, **columns
        )
        if gone:
            ad_group.change(gone, operation_status="DISABLE", secondary_status="ADGROUP_STATUS_CAMPAIGN_DELETE")
        world.add(ad_group)
        _fill_ads(world, ad_group, sort, noon, (dice, number, place))


def _fill_ads(
    world: World, ad_group: AdGroup, sort: Sort, noon: datetime, tools: tuple[Random, _Numbering, int]
) -> None:
    """Add three ads: one that still runs, two that stopped; everything under a deleted campaign is deleted with it."""
    dice, number, place = tools
    gone = ad_group.edits[0][0] if sort.deleted else None
    group = str(int(ad_group.id) + 5)
    build = partial(a_smart_plus_ad, asset_group_id=group) if sort.smart else an_ad
    for turn in range(3):
        started = ad_group.created + (noon - ad_group.created) * (0.25 * turn)
        stops = min(started + timedelta(days=dice.randrange(12, 45)), gone or datetime.max.replace(tzinfo=UTC))
        running = turn == 1 + place and not gone
        ad = build(
            ad_group,
            id=number(),
            name=f"Video {turn + 1} \N{CLAPPER BOARD}",
            created=started,
            modified=started + (noon - started) * dice.random(),
            stops=None if running else stops,
            share=dice.randrange(55, 100),
            volume=dice.randrange(900, 9000),
        )
        if gone:
            ad.change(gone, operation_status="DISABLE", secondary_status="AD_STATUS_CAMPAIGN_DELETE")
        elif turn == 0 and place == 1 and stops < noon:
            ad.change(stops, operation_status="DISABLE", secondary_status="AD_STATUS_DELETE")
        world.add(ad)


def _fill_uniform(world: World, advertisers: int, ads: int, created: str) -> None:
    """Fill `world` with equal accounts in UTC whose ads deliver in every hour."""
    number = _Numbering(0)
    for place in range(advertisers):
        advertiser = an_advertiser(
            id=str(7_100_000_000_000_000_000 + place), name=f"Account {place}", timezone="Etc/UTC", created=created
        )
        campaign = a_campaign(advertiser, id=number(), name="Uniform", created=created)
        ad_group = an_ad_group(campaign, id=number(), name="Uniform", created=created)
        world.add(advertiser, campaign, ad_group)
        world.ads.extend(
            an_ad(ad_group, id=number(), name=f"Ad {turn}", created=created, share=100, volume=50_000, every_hour=True)
            for turn in range(ads)
        )
    world.touch()
