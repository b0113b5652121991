"""Builds the images: of the connector, of the Flow capture, and a base for machines that can't pull one."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipapp
from pathlib import Path

from integration_tests.harness.connection import ROOT
from integration_tests.images.buildah import Buildah
from integration_tests.images.engines import Docker, Engine, EngineError, Podman, Recipe, logged, output

VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
CONNECTOR_IMAGE = f"airbyte/source-tiktok-marketing:{VERSION}"
FLOW_IMAGE = "source-tiktok-marketing:flow"
LOCAL = "local"
LOCAL_BASE = "localhost/debian-python:local"
PROBE = "localhost/probe:local"
STAND_IN = "localhost/airbyte-to-flow:stand-in"
LOGS = ROOT / "build" / "images"
ENGINES: tuple[type[Engine], ...] = (Docker, Podman, Buildah)

_PACKAGES = "python3-venv,python-is-python3,ca-certificates,passwd"
_BASE = "FROM scratch\nADD root.tar /\nENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
_ADAPTER = "FROM scratch\nCOPY airbyte-to-flow /airbyte-to-flow\n"
_PIP_SETTINGS = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout")
_CERTIFICATES = "/run/secrets/certificates"


def find_engine(wanted: str = "") -> Engine:
    """The builder that was named, or the first that works. Raises `EngineError` if there is none."""
    for engine in (kind() for kind in ENGINES):
        if wanted in ("", engine.name) and engine.works() and _builds(engine):
            return engine
    missing = f"{wanted} doesn't work here" if wanted else "no builder works here"
    raise EngineError(f"{missing}; Docker with its daemon, Podman and Buildah can build")


def _builds(engine: Engine) -> bool:
    """Whether it builds at all: within a container, or without rights of its own, a builder may be there in vain."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "root.tar")
        with tarfile.open(archive, "w") as files:
            files.addfile(tarfile.TarInfo("empty"))
        try:
            _build_from(engine, PROBE, _BASE, {"root.tar": archive}, Path(folder, "context"), "probe.log")
        except EngineError:
            return False
    return True


def find_runner(builder: Engine) -> Engine:
    """The builder itself, or Buildah where that can't run containers. Raises `EngineError` if that can't either."""
    for engine in (builder, Buildah()):
        if engine.works() and engine.runs(CONNECTOR_IMAGE):
            return engine
    raise EngineError(f"{builder.name} can't run containers here, and Buildah doesn't work")


def build_connector(engine: Engine, base: str) -> None:
    """Build the connector's image, on the Dockerfile's own base if none is named; "local" is one made here."""
    if base == LOCAL:
        build_local_base(engine)
        base = LOCAL_BASE
    with tempfile.TemporaryDirectory() as folder:
        recipe = Recipe(
            ROOT / "Dockerfile",
            CONNECTOR_IMAGE,
            ROOT,
            {"BASE_IMAGE": base} if base else {},
            _pip_secrets(Path(folder)),
        )
        engine.build(recipe, LOGS / "connector.log")


def build_flow(engine: Engine, adapter: str) -> None:
    """Build the Flow capture on the connector's image, with Flow's adapter or the one of the image named."""
    arguments = {"CONNECTOR_IMAGE": CONNECTOR_IMAGE} | ({"AIRBYTE_TO_FLOW_IMAGE": adapter} if adapter else {})
    engine.build(Recipe(ROOT / "Dockerfile.flow", FLOW_IMAGE, ROOT, arguments), LOGS / "flow.log")


def build_local_base(engine: Engine) -> None:
    """Build a base of this machine's Debian packages; like Python's images it comes without the library's bytecode."""
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder, "sources.list")
        kept = LOGS / f"{_release()}.tar"
        if not kept.exists():
            line = "deb $(REPO_URI) $(CODENAME) $(COMPONENT)"
            sources.write_text(output(["apt-get", "indextargets", "--format", line, "Created-By: Packages"]))
            made = kept.with_suffix(".part.tar")
            excluded = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale")]
            bytecode = '--customize-hook=find "$1/usr/lib" -name __pycache__ -prune -exec rm -r {} +'
            command = ["mmdebstrap", "--variant=essential", "--dpkgopt=force-unsafe-io", f"--include={_PACKAGES}"]
            logged([*command, *excluded, bytecode, _release(), str(made), str(sources)], LOGS / "base.log")
            made.rename(kept)
        _build_from(engine, LOCAL_BASE, _BASE, {"root.tar": kept}, Path(folder), "base_image.log")


def build_stand_in(engine: Engine) -> None:
    """Build what takes the place of Flow's adapter image, which can't be pulled everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder, "airbyte-to-flow")
        pack_adapter(packed)
        _build_from(engine, STAND_IN, _ADAPTER, {"airbyte-to-flow": packed}, Path(folder, "context"), "adapter.log")


def pack_adapter(target: Path) -> None:
    """Pack the stand-in for Flow's adapter into one file that runs by itself wherever there is Python."""
    package = Path("integration_tests", "flow", "adapter")
    with tempfile.TemporaryDirectory() as folder:
        packages = [ROOT / parent / "__init__.py" for parent in package.parents[:2]]
        for source in [*(ROOT / package).glob("*.py"), *packages]:
            copy = Path(folder) / source.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
        main = "integration_tests.flow.adapter.__main__:main"
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env python3", main=main)
    target.chmod(0o755)


def _build_from(engine: Engine, tag: str, recipe: str, files: dict[str, Path], context: Path, log: str) -> None:
    context.mkdir(exist_ok=True)
    for name, path in files.items():
        shutil.copy(path, context / name)
    (context / "Dockerfile").write_text(recipe)
    engine.build(Recipe(context / "Dockerfile", tag, context), LOGS / log)


def _release() -> str:
    """The name of this machine's Debian release."""
    found = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise EngineError("a local base can be made on Debian only; name one: BASE_IMAGE=…")
    return found[1]


def _pip_secrets(folder: Path) -> dict[str, Path]:
    """How pip reaches its index from here, as files that the build sees and the image doesn't keep."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, check=True, text=True
    ).stdout
    settings = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        settings[key.rpartition(".")[2]] = value.strip("'\"")
    usable = [name for name in _PIP_SETTINGS if "file:" not in settings.get(name, "file:")]
    lines = [f"{name} = {settings[name]}" for name in usable]
    certificates = Path(settings.get("cert") or os.environ.get("SSL_CERT_FILE") or "/nowhere")
    secrets = {}
    if certificates.is_file():
        secrets["certificates"] = certificates
        lines.append(f"cert = {_CERTIFICATES}")
    secrets["pip"] = folder / "pip.conf"
    secrets["pip"].write_text("\n".join(["[global]", *lines, ""]))
    return secrets
