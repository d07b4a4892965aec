"""The Debian package itself, made of the frozen folder that is there."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

import pytest

from core import __version__
from resources.packaging.debian import DOCUMENTS
from resources.packaging.debian import deb as make
from resources.packaging.linux.debian_control import LIBRARIES, depends
from tests.support.pictures import jpeg_bytes

pytestmark = pytest.mark.package
LIBC = r"\bGLIBC_(\d+\.\d+)"


@pytest.fixture(scope="module")
def package(deb: Path) -> Path:
    """The package."""
    if shutil.which("readelf") is None:
        pytest.skip("readelf is not installed (Debian: binutils)")
    return deb


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    said("dpkg-deb", "--extract", package, folder)
    return folder


def said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def binaries(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def test_the_name_says_version_and_architecture(package: Path) -> None:
    assert package.name == f"fetchmill_{__version__}_{said('dpkg', '--print-architecture').strip()}.deb"


def test_the_same_folder_makes_the_same_bytes(package: Path, product: Path, tmp_path: Path) -> None:
    assert make(product, tmp_path).read_bytes() == package.read_bytes()


def test_it_belongs_to_root_and_nobody_else_may_write(package: Path) -> None:
    rows = [row.split(maxsplit=5) for row in said("dpkg-deb", "--contents", package).splitlines()]
    assert {owner for _, owner, *_ in rows} == {"root/root"}
    assert {mode for mode, *_ in rows} == {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx"}
    programs = {place for mode, *_, place in rows if mode == "-rwxr-xr-x"}
    assert programs == {"./usr/lib/fetchmill/fetchmill", "./usr/lib/fetchmill/fetchmill-cli"}


def test_the_sums_are_those_of_all_files(package: Path, unpacked: Path) -> None:
    rows = (row.partition("  ") for row in said("dpkg-deb", "--info", package, "md5sums").splitlines())
    sums = {place: digest for digest, _, place in rows}
    files = [path for path in unpacked.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sums == {str(path.relative_to(unpacked)): md5(path.read_bytes()).hexdigest() for path in files}  # noqa: S324 - dpkg's


def test_licences_and_bill_of_materials_of_the_folder_go_along(unpacked: Path) -> None:
    documents = unpacked / DOCUMENTS
    assert {"NOTICE.txt", "Qt.txt", "Python.txt", "x265.txt"} <= {
        path.name for path in (documents / "licences").iterdir()
    }
    bill = json.loads((documents / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["version"]) == ("CycloneDX", __version__)
    assert "License: Expat\n" in (documents / "copyright").read_text()


def test_the_command_line_runs_by_its_link(unpacked: Path, tmp_path: Path) -> None:
    program = unpacked / "usr" / "bin" / "fetchmill-cli"
    assert said(program, "--version").split()[:2] == ["fetchmill", __version__]
    picture, to = tmp_path / "a.jpg", tmp_path / "out"
    picture.write_bytes(jpeg_bytes())
    assert said(program, "run", picture, "--to", to, "--recipe", "thumbnail-256").strip() == str(
        to / picture.name
    )


def test_all_libraries_of_the_system_are_depended_on(unpacked: Path) -> None:
    inside = {path.name for path in unpacked.rglob("*.so*")}
    needed = {
        name
        for path in binaries(unpacked)
        for name in re.findall(r"\(NEEDED\).*\[(.+)\]", said("readelf", "--dynamic", path))
    }
    # Debian's own Python alone needs this one; what fonts are found with brings it in any case.
    assert needed - inside | {"libexpat.so.1"} == set(LIBRARIES)


def test_the_c_library_is_new_enough_for_all_symbols(unpacked: Path) -> None:
    found = {
        tuple(map(int, version.split(".")))
        for path in binaries(unpacked)
        for version in re.findall(LIBC, said("readelf", "--version-info", path))
    }
    newest = ".".join(map(str, max(found)))
    assert f"libc6 (>= {newest})" in depends()


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_is_in_the_package_that_is_named(library: str) -> None:
    try:
        found = said("dpkg-query", "--search", f"*/{library}")
    except subprocess.CalledProcessError:
        pytest.skip(f"{library} is not installed here")
    owners = {row.partition(":")[0] for row in found.splitlines()}
    assert owners & set(LIBRARIES[library].split(" | "))


def test_lintian_finds_nothing(package: Path) -> None:
    if shutil.which("lintian") is None:
        pytest.skip("lintian is not installed")
    command = [
        "lintian",
        "--allow-root",
        "--tag-display-limit",
        "0",
        "--fail-on",
        "error,warning",
        str(package),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
