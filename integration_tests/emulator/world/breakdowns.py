"""The breakdown dimensions of reports: their values, and in what proportion an ad's delivery falls on them."""

from functools import lru_cache

COUNTRIES = ("US", "CA", "GB", "DE", "FR", "JP", "IN", "NZ", "AU", "BR")
COUNTRY_NAMES = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "DE": "Germany",
    "FR": "France",
    "JP": "Japan",
    "IN": "India",
    "NZ": "New Zealand",
    "AU": "Australia",
    "BR": "Brazil",
}
AGES = ("AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100", "NONE")
GENDERS = ("FEMALE", "MALE", "NONE")

# How many of the values an ad reaches; a dimension that is not listed reaches all of its values.
REACHED = {"country_code": 3, "province_id": 5, "dma_id": 4, "language": 3, "interest_category": 5}

AUDIENCE_VALUES: dict[str, tuple[str, ...]] = {
    "gender": GENDERS,
    "age": AGES,
    "country_code": COUNTRIES,
    "province_id": ("5128638", "5332921", "4736286", "6093943", "2635167", "2950157", "1850147", "1277333", "2179538"),
    "dma_id": ("501", "803", "602", "504", "618", "807"),
    "language": ("en", "fr", "de", "ja", "hi", "pt", "es"),
    "platform": ("ANDROID", "IPHONE", "IPAD", "NONE"),
    "ac": ("WIFI", "2G", "3G", "4G", "5G"),
    "placement": ("TikTok", "Pangle", "Global App Bundle"),
    "device_brand_id": ("101", "102", "103", "104"),
    "contextual_tag": ("7001", "7002", "7003"),
    "interest_category": ("10", "11", "13", "14", "15", "18", "21", "24"),
    "interest_category_tier2": ("10100", "11100", "13100", "14100"),
    "interest_category_tier3": ("10101", "11101", "13101"),
    "interest_category_tier4": ("1010101", "1110101"),
    "additional_interests": ("8001", "8002", "8003"),
    "behavior_id": ("9001", "9002", "9003"),
    "hashtag": ("fyp", "summer", "ootd"),
    "audience_tags": ("501001", "501002"),
    "purchase_intention": ("301", "302", "303"),
    "ad_type": ("NORMAL", "SPARK_AD"),
}
BASIC_VALUES: dict[str, tuple[str, ...]] = {
    "country_code": COUNTRIES,
    "ad_type": AUDIENCE_VALUES["ad_type"],
    "custom_event_type": ("Checkout", "Signup"),
    "event_source_id": ("7203000000000000001", "7203000000000000002"),
    "page_id": ("7204000000000000001",),
    "component_name": ("button", "form", "video"),
    "room_id": ("7205000000000000001",),
    "post_id": ("7206000000000000001", "7206000000000000002"),
    "image_id": ("ad-site-i18n-sg/202403015d0d1c7ab1",),
    "video_material_id": ("7207000000000000001", "7207000000000000002"),
    "minis_id": ("7208000000000000001",),
    "search_terms": ("trail shoes", "rain jacket"),
    "skan_postback_sequence": ("1", "2", "3"),
}
# Dimensions whose rows carry a second dimension that was not asked for.
COMPANIONS = {"interest_category": ("interest_category_v2", "{}000")}


@lru_cache(maxsize=100_000)
def weights_of(dimension: str, key: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the values of a dimension that the ad with `key` reaches, and their weights."""
    values = AUDIENCE_VALUES.get(dimension) or BASIC_VALUES[dimension]
    reached = min(REACHED.get(dimension, len(values)), len(values))
    first = key % len(values) if reached < len(values) else 0
    chosen = tuple(values[(first + step) % len(values)] for step in range(reached))
    weights = tuple(1 + ((key >> (5 * step % 59)) & 15) for step in range(reached))
    return chosen, weights
