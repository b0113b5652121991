"""Builds and tests images: `make image`, `make image-flow`, `make image-test`."""

import argparse
import os
import sys
import time

import pytest

from integration_tests.images import building
from integration_tests.images.engines import Engine, EngineError

NOTHING_WORKS = 3
"""The exit status where no image can be built or run, which says nothing about the images."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def build(engine: Engine, wish: argparse.Namespace) -> None:
    """Build what was asked for, and say how large it became."""
    started = time.monotonic()
    if wish.task != "flow":
        building.build_connector(engine, wish.base)
        say(
            f"{building.CONNECTOR_IMAGE}: {_megabytes(engine, building.CONNECTOR_IMAGE)}, {wish.base or 'default'} base"
        )
    if wish.task == "test":
        building.build_stand_in(engine)
    if wish.task != "connector":
        building.build_flow(engine, building.STAND_IN if wish.task == "test" else wish.adapter)
        say(f"{building.FLOW_IMAGE}: {_megabytes(engine, building.FLOW_IMAGE)}")
    say(f"built by {engine.name} in {time.monotonic() - started:.0f} s")


def _megabytes(engine: Engine, image: str) -> str:
    return f"{engine.size(image) / 1e6:.0f} MB"


def main() -> int:
    """Do one task; the exit status tells how it went."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.images", description=__doc__)
    parser.add_argument("task", choices=["connector", "flow", "test"])
    parser.add_argument("--engine", default="", help="docker, podman or buildah; the first that works if left out")
    parser.add_argument("--base", default="", help='the base image; "local" makes one of this machine\'s packages')
    parser.add_argument("--adapter", default="", help="an image that takes the place of Flow's adapter image")
    wish = parser.parse_args()
    try:
        engine = building.find_engine(wish.engine)
    except EngineError as error:
        say(str(error))
        return NOTHING_WORKS
    try:
        build(engine, wish)
    except EngineError as error:
        say(f"{error}; where no image can be pulled, BASE_IMAGE=local makes a base")
        return 1
    if wish.task != "test":
        return 0
    try:
        runner = building.find_runner(engine)
    except EngineError as error:
        say(str(error))
        return NOTHING_WORKS
    os.environ["IMAGE_ENGINE"], os.environ["IMAGE_BASE"] = runner.name, wish.base
    here = building.ROOT / "integration_tests" / "images"
    return int(
        pytest.main(["-q", "-p", "no:cacheprovider", str(here / "connector_image.py"), str(here / "flow_image.py")])
    )


if __name__ == "__main__":
    sys.exit(main())
