"""`metadata.yaml` tells Airbyte what is so, in the form that Airbyte publishes."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from airbyte_cdk.models.connector_metadata import MetadataFile

from source_tiktok_marketing.config import PRODUCTION_URL, SANDBOX_URL
from unit_tests.generate.catalog import discovered, production

ROOT = Path(__file__).parents[2]
METADATA = MetadataFile.from_file(ROOT / "metadata.yaml").model_dump(exclude_unset=True)
DATA = METADATA["data"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OF_AIRBYTE = "4bfac00d-ce15-44ff-95b9-9e3c3e8fbd35"
"""The id of Airbyte's own connector: in one catalogue with it, a second one of this id would replace it."""


def test_airbytes_model_accepts_it() -> None:
    """The model that Airbyte's registry reads it with; it knows no other keys."""
    models = pytest.importorskip("airbyte_connector_models.metadata.v0.connector_metadata_definition_v0")

    models.ConnectorMetadataDefinitionV0.model_validate(METADATA)


def test_it_is_a_connector_of_its_own_under_the_name_that_connections_know() -> None:
    assert UUID(DATA["definitionId"]).version == 4
    assert DATA["definitionId"] != OF_AIRBYTE
    assert DATA["dockerRepository"] == "airbyte/source-tiktok-marketing"
    assert (DATA["connectorType"], DATA["connectorSubtype"]) == ("source", "api")
    assert set(DATA["tags"]) == {"language:python", "cdk:python"}


def test_it_names_what_the_project_names() -> None:
    image = re.search(r"^ARG BASE_IMAGE=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert image is not None
    assert DATA["connectorBuildOptions"]["baseImage"] == image[1]
    assert DATA["license"] == PROJECT["license"]
    assert DATA["remoteRegistries"]["pypi"]["packageName"] == PROJECT["name"]


def test_it_allows_the_hosts_that_are_asked() -> None:
    assert set(DATA["allowedHosts"]["hosts"]) == {urlsplit(url).hostname for url in (PRODUCTION_URL, SANDBOX_URL)}


def test_it_suggests_streams_that_are_offered() -> None:
    assert set(DATA["suggestedStreams"]["streams"]) < set(discovered(production()))


def test_its_icon_is_a_square_drawing() -> None:
    drawing = ET.parse(ROOT / DATA["icon"]).getroot()  # noqa: S314  our own file
    left, top, width, height = map(float, drawing.attrib["viewBox"].split())

    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert (left, top) == (0, 0)
    assert width == height
    assert drawing.attrib["width"] == drawing.attrib["height"]
