"""The public package, installed in an environment of its own and made to ask the emulator instead of TikTok."""

import re
import subprocess
import sys
from pathlib import Path

PACKAGE, VERSION = "airbyte-source-tiktok-marketing", "4.7.0"
_ENVIRONMENT = Path(__file__).parents[1] / ".environment" / "public_package"
_CLOCK = "time-machine"
"""Sets its clock for the sync of a day later (`other_time`)."""
_ADDRESS = re.compile(r"^(\s*url_base:).*$", re.MULTILINE)


def command() -> list[str]:
    """Return its command line."""
    return [str(_ENVIRONMENT / "bin" / "source-tiktok-marketing")]


def install() -> None:
    """Install it unless it is installed."""
    finished = _ENVIRONMENT / f".installed-{VERSION}"
    if finished.exists():
        return
    sys.stdout.write(f"Installing {PACKAGE} {VERSION} (a few minutes, once)\n")
    sys.stdout.flush()
    python = str(_ENVIRONMENT / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(_ENVIRONMENT)], check=True)  # noqa: S603  fixed words
    packages = [f"{PACKAGE}=={VERSION}", _CLOCK]
    pip = [python, "-m", "pip", "--disable-pip-version-check", "-qq", "install", *packages]
    subprocess.run(pip, check=True, cwd=_ENVIRONMENT)  # noqa: S603  fixed words
    finished.touch()


def point_at(base_url: str) -> None:
    """Make the installed copy ask `base_url`."""
    (manifest,) = _ENVIRONMENT.glob("lib/python*/site-packages/source_tiktok_marketing/manifest.yaml")
    text = manifest.read_text(encoding="utf-8")
    changed, places = _ADDRESS.subn(rf'\1 "{base_url}"', text)
    if not places:
        raise RuntimeError(f"{manifest} names no address that could be changed.")
    manifest.write_text(changed, encoding="utf-8")
