"""What the image is built from: its lock file, and the files that it may contain."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "source_tiktok_marketing"
LEFT_OUT = "airbyte-cdk"
IMPORTS = f"""
import sys
from importlib import import_module
from pkgutil import walk_packages
import {PACKAGE} as package
names = [module.name for module in walk_packages(package.__path__, package.__name__ + ".")]
for name in names:
    if name != "{PACKAGE}.source":
        import_module(name)
print(len(names), *sorted({{name.split(".")[0] for name in sys.modules}}))
"""


def pins(name: str) -> dict[str, set[str]]:
    """The pinned packages of a lock file with their hashes."""
    blocks = re.split(r"\n(?=[a-z])", (ROOT / name).read_text(encoding="utf-8"))
    return {block.split(" ", 1)[0]: set(re.findall(r"sha256:\w{64}", block)) for block in blocks}


def test_the_image_gets_what_the_package_needs_but_the_cdk() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    needed = {re.split(r"[<>=]", requirement)[0] for requirement in declared}
    locked = {pin.split("==")[0] for pin in pins("requirements-image.lock")}

    assert needed - locked == {LEFT_OUT}


def test_the_image_gets_the_versions_that_are_tested() -> None:
    image, tested = pins("requirements-image.lock"), pins("requirements-dev.lock")

    assert all(hashes for hashes in image.values())
    assert {pin: hashes for pin, hashes in image.items() if tested.get(pin) != hashes} == {}


def test_no_command_imports_the_cdk() -> None:
    """Every module can be imported without it, except the one for programs that embed the connector."""
    told = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, check=True, cwd=ROOT, text=True)  # noqa: S603
    number, *imported = told.stdout.split()

    assert int(number) > 50
    assert {PACKAGE, "pydantic"} <= set(imported)
    assert "airbyte_cdk" not in imported


def test_what_the_images_copy_is_in_their_context() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    }
    recipes = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("Dockerfile", "Dockerfile.flow"))
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", recipes, re.MULTILINE))

    assert copied == allowed
    assert all((ROOT / name).exists() for name in allowed)
