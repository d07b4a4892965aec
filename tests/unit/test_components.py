"""What the product is made of: licences, texts, origins and the bill of materials, of what is installed here."""

import hashlib
import json
import re
import shutil
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_expression
from cyclonedx.validation.json import JsonStrictValidator

from resources.packaging import components, licences, sbom
from resources.packaging.components import Component, UnknownPartError, of_distribution
from resources.packaging.debian_origin import origins
from resources.packaging.frozen_folder import Native, digest, natives
from resources.packaging.moment import moment
from tests.support.distributions import needed

SITE = Path(str(metadata.distribution("pillow").locate_file("")))
NATIVE = re.compile(
    r"(pillow\.libs|pillow_heif\.libs|PIL|pillow_jxl)/.*\.(so|pyd|dylib|dll)|PySide6/Qt/lib/libicu"
)


def files(name: str) -> list[Native]:
    """Its native libraries: those with others in them, not the two hundred of Qt."""
    paths = [file.as_posix() for file in metadata.files(name) or ()]
    return [Native(path, digest(SITE / path)) for path in paths if NATIVE.match(path)]


@cache
def parts() -> tuple[Component, ...]:
    brought = (part for name in needed() for part in of_distribution(name, files(name), SITE))
    return (components.product(), components.font(), *brought)


def test_all_that_the_product_needs_has_a_licence_and_its_text() -> None:
    assert {"requests", "urllib3", "shiboken6", "Qt", "libheif", "x265", "dav1d", "Little CMS"} <= {
        part.name for part in parts()
    }
    assert [
        part for part in parts() if not is_expression(part.licence) and "LicenseRef-" not in part.licence
    ] == []
    texts = licences.of_components(parts())
    assert texts.keys() == {part.name for part in parts() if licences.reason(part) is None}
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["Qt"]
    assert "VideoLAN" in texts["dav1d"]
    assert "Alliance for Open Media" in texts["libaom"]


def test_a_part_without_its_text_ends_the_build() -> None:
    with pytest.raises(UnknownPartError, match="nobody's"):
        licences.of_components((Component("nobody's", "1.0", "MIT"),))


def test_a_library_that_nobody_knows_ends_the_build() -> None:
    with pytest.raises(UnknownPartError, match=r"libnew-1\.so"):
        list(of_distribution("pillow", [Native("pillow.libs/libnew-1.so", "0" * 64)], SITE))


def test_a_licence_file_without_the_part_that_is_looked_for_ends_the_build() -> None:
    text = "MIT\n\n----\n\nDAV1D\n\nTwo clauses.\n\n----\n\nXCB\n\nOther words.\n"
    assert components.section(text, "DAV1D") == "Two clauses.\n"
    with pytest.raises(UnknownPartError, match="AOM"):
        components.section(text, "AOM")


def test_versions_are_asked_of_the_libraries() -> None:
    from PIL import features

    versions = {part.name: part.version for part in parts()}
    assert versions["FreeType"] == features.version("freetype2")
    assert re.fullmatch(r"\d+\.\d+\.\d+", versions["libheif"] or "")
    assert re.fullmatch(r"\d+\.\d+", versions["x265"] or "")
    assert re.fullmatch(r"\d+\.\d+\.\d+", versions["libjxl"] or "")


def test_native_libraries_are_told_by_what_they_begin_with(tmp_path: Path) -> None:
    inside = tmp_path / "_internal" / "deep"
    inside.mkdir(parents=True)
    (inside / "libone.so.1").write_bytes(b"\x7fELF and so on")
    (inside / "two.pyd").write_bytes(b"MZ and so on")
    (inside / "text.so").write_bytes(b"INPUT(libone.so.1)")
    (inside / "libone.so").symlink_to("libone.so.1")
    found = natives(tmp_path)
    assert [native.path for native in found] == ["deep/libone.so.1", "deep/two.pyd"]
    assert found[0].sha256 == hashlib.sha256(b"\x7fELF and so on").hexdigest()


@pytest.mark.skipif(not Path("/usr/share/doc/zlib1g/copyright").is_file(), reason="Debian's zlib is not here")
def test_a_library_of_the_system_is_told_by_its_digest_not_only_by_its_name(tmp_path: Path) -> None:
    system = next(Path("/").glob("lib/*/libz.so.1"))
    taken, changed = tmp_path / "a" / "libz.so.1", tmp_path / "b" / "libz.so.1"
    for copy in (taken, changed):
        copy.parent.mkdir()
        shutil.copy(system, copy)
    changed.write_bytes(changed.read_bytes() + b"\0")
    assert origins([Native("libz.so.1", digest(taken))])["libz.so.1"].name == "zlib1g"
    assert origins([Native("libz.so.1", digest(changed))]) == {}


def test_the_bill_of_materials_is_valid_and_always_the_same() -> None:
    at = datetime(2026, 11, 27, tzinfo=UTC)
    text = json.dumps(sbom.document(parts(), at))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert text == json.dumps(sbom.document(parts(), at))
    assert sbom.document(parts()[:-1], at)["serialNumber"] != json.loads(text)["serialNumber"]


def test_the_bill_is_dated_by_its_changelog_or_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert moment().tzinfo is UTC
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert moment() == datetime(1970, 1, 2, tzinfo=UTC)
