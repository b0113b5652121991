"""The package that is compared, in an environment of its own, asking the emulator instead of TikTok."""

import re
import subprocess
import sys
from pathlib import Path

PACKAGE, VERSION = "airbyte-source-tiktok-marketing", "4.7.0"
_ENVIRONMENT = Path(__file__).with_name(".environment") / "rival"
_CLOCK = "time-machine"
"""Lets it live a day later (`travel`)."""
_ADDRESS = re.compile(r"^(\s*url_base:).*$", re.MULTILINE)


def command() -> list[str]:
    """Its command line."""
    return [str(_ENVIRONMENT / "bin" / "source-tiktok-marketing")]


def build() -> None:
    """Install it, once."""
    finished = _ENVIRONMENT / f".installed-{VERSION}"
    if finished.exists():
        return
    _ENVIRONMENT.parent.mkdir(exist_ok=True)
    (_ENVIRONMENT.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    sys.stdout.write(f"Installing {PACKAGE} {VERSION} (a few minutes, once)\n")
    sys.stdout.flush()
    python = str(_ENVIRONMENT / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(_ENVIRONMENT)], check=True)  # noqa: S603
    install = [python, "-m", "pip", "--disable-pip-version-check", "-qq", "install", f"{PACKAGE}=={VERSION}", _CLOCK]
    subprocess.run(install, check=True, cwd=_ENVIRONMENT)  # noqa: S603
    finished.touch()


def point_at(base_url: str) -> None:
    """Make the installed copy ask `base_url`."""
    (manifest,) = _ENVIRONMENT.glob("lib/python*/site-packages/source_tiktok_marketing/manifest.yaml")
    text = manifest.read_text(encoding="utf-8")
    changed, places = _ADDRESS.subn(rf'\1 "{base_url}"', text)
    if not places:
        raise RuntimeError(f"{manifest} names no address that could be changed.")
    manifest.write_text(changed, encoding="utf-8")
