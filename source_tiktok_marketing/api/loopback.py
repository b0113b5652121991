"""Addresses of this machine, which emulators listen on."""

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(url: str) -> bool:
    """Whether requests to `url` stay here, judged by the parser that sends them: another may see another host."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        return False
    return parts.scheme in ("http", "https") and parts.host in _HOSTS
