"""The frozen folder: what is in it, that it works, and that it is no larger than it was promised to be."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from resources.packaging import licences, sbom, smoke
from resources.packaging.frozen_folder import natives
from resources.packaging.layout import VERSION, program
from tests.benchmarks.product import children
from tests.support.distributions import needed

pytestmark = pytest.mark.package
MB = 1_000_000


def test_it_is_small(product: Path, deb: Path) -> None:
    files = (path for path in product.rglob("*") if path.is_file() and not path.is_symlink())
    assert sum(path.stat().st_size for path in files) < 160 * MB
    assert deb.stat().st_size < 60 * MB


def test_both_programs_do_what_they_are_for(product: Path) -> None:
    smoke.smoke(product)


def test_it_says_the_version_of_every_codec(product: Path) -> None:
    command = [str(program("fetchmill-cli", product)), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (line,) = re.findall(r"^Pillow [\d.]+ \((.*)\)$", said, re.MULTILINE)
    codecs = re.sub(r" \(.*?\)", "", line).split(", ")
    assert len(codecs) == 10
    assert [codec for codec in codecs if not re.search(r" \d", codec) or codec.startswith("no ")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_children_load_pillow_and_nothing_of_qt(product: Path, tmp_path: Path) -> None:
    found = children((program("fetchmill-cli", product),), tmp_path)

    assert found.seconds
    assert any("_imaging" in file for file in found.files)
    assert [file for file in found.files if "Qt" in file] == []


def _dynamic_section(library: Path) -> bytes:
    words = ["readelf", "--dynamic", "--wide", str(library)]
    return subprocess.run(words, capture_output=True, check=True).stdout


@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf is not installed (Debian: binutils)")
def test_nothing_of_the_machine_that_built_it_is_left(product: Path) -> None:
    home = str(Path(sys.base_prefix)).encode()
    libraries = [path for path in product.rglob("*.so*") if path.is_file() and not path.is_symlink()]

    assert libraries
    assert [str(path) for path in libraries if home in _dynamic_section(path)] == []


def test_every_library_of_the_frozen_folder_is_in_the_bill_and_has_its_licence(
    product: Path, tmp_path: Path
) -> None:
    sbom.write(product, tmp_path / "bill.json")
    text = (tmp_path / "bill.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    listed = {
        file["name"]: file["hashes"][0]["content"]
        for part in bill["components"]
        for file in part.get("components", ())
    }
    assert listed == {native.path: native.sha256 for native in natives(product)}
    assert bill["metadata"]["component"]["version"] == VERSION
    packages = {
        purl.split("@")[0].rpartition("/")[2]
        for part in bill["components"]
        if (purl := part.get("purl", ""))[:9] == "pkg:pypi/"
    }
    assert packages - {"pyinstaller"} <= set(needed()), "the product has parts that only checks need"
    licences.write(tmp_path / "licences", product)
    written = {file.name for file in (tmp_path / "licences").iterdir()}
    assert {"NOTICE.txt", "Qt.txt", "GPL-3.0.txt", "Fetchmill.txt"} <= written
