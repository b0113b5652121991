"""What `Dockerfile.flow` puts around the connector, for runs without an image."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATCHES = ROOT / "flow"


def environment() -> dict[str, str]:
    """The variables that the image sets."""
    found = re.findall(r"^ENV (\w+)=(\S+)$", (ROOT / "Dockerfile.flow").read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def lay_out(folder: Path) -> None:
    """Make a folder the working directory of the image."""
    shutil.copytree(PATCHES, folder)
