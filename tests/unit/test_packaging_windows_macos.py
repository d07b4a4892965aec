"""What Windows and macOS are given, as far as other systems can tell: PyInstaller's own readers, plistlib, the text."""

import importlib
import plistlib
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

from core.sources import kinds
from resources.packaging import desktop, installer, macos, windows
from resources.packaging.file_types import EXTENSIONS, LISTS, PICTURES
from resources.packaging.layout import APP_ID, AUTHORS, NAME, PROGRAMS, TITLE, VERSION

SETTINGS = "http://schemas.microsoft.com/SMI/{}/WindowsSettings"
SECTION = re.compile(r"\[(Setup|Tasks|InstallDelete|Files|Icons|Registry|Run|Code)\]")


@pytest.fixture
def versioninfo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """PyInstaller's module; what it imports beside is there on Windows only, and not used to read the text."""
    monkeypatch.setitem(sys.modules, "pefile", ModuleType("pefile"))
    monkeypatch.setattr("PyInstaller.compat.win32api", None, raising=False)
    monkeypatch.delitem(sys.modules, "PyInstaller.utils.win32.versioninfo", raising=False)
    return importlib.import_module("PyInstaller.utils.win32.versioninfo")


def script() -> str:
    return windows.INSTALLER.read_text(encoding="utf-8")


@pytest.mark.parametrize("program", PROGRAMS)
def test_version_resource(program: str, versioninfo: ModuleType, tmp_path: Path) -> None:
    found = versioninfo.load_version_info_from_text_file(windows.version_file(program, tmp_path))
    major, minor, patch = (int(part) for part in VERSION.split("."))
    assert (found.ffi.fileVersionMS, found.ffi.fileVersionLS) == (major << 16 | minor, patch << 16)
    assert (found.ffi.productVersionMS, found.ffi.productVersionLS) == (major << 16 | minor, patch << 16)
    strings, translation = found.kids
    (table,) = strings.kids
    assert table.name == "040904B0"
    values = {one.name: one.val for one in table.kids}
    assert values["ProductVersion"] == values["FileVersion"] == VERSION
    assert values["OriginalFilename"] == f"{program}.exe"
    assert values["ProductName"] == TITLE
    assert AUTHORS in values["LegalCopyright"]
    assert translation.kids[0].kids == [0x0409, 0x04B0]


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("0.2.0", (0, 2, 0, 0)),
        ("1.10", (1, 10, 0, 0)),
        ("2.0.0rc1", (2, 0, 0, 0)),
        ("1.2.3.4.5", (1, 2, 3, 4)),
    ],
)
def test_version_in_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert windows.four(version) == numbers


def test_manifest_as_pyinstaller_completes_it() -> None:
    winmanifest = importlib.import_module("PyInstaller.utils.win32.winmanifest")
    made = ET.fromstring(winmanifest.create_application_manifest(windows.manifest()))  # noqa: S314 - our own file
    values = {element.tag: (element.text or "").strip() for element in made.iter()}
    assert values[f"{{{SETTINGS.format(2005)}}}dpiAware"] == "true/pm"
    assert values[f"{{{SETTINGS.format(2016)}}}dpiAwareness"] == "PerMonitorV2, PerMonitor"
    assert values[f"{{{SETTINGS.format(2016)}}}longPathAware"] == "true"
    assert values[f"{{{SETTINGS.format(2019)}}}activeCodePage"] == "UTF-8"
    levels = [
        element.get("level") for element in made.iter() if element.tag.endswith("requestedExecutionLevel")
    ]
    assert levels == ["asInvoker"]
    assert any(element.get("name") == "Microsoft.Windows.Common-Controls" for element in made.iter())


def test_installer_script_is_well_formed() -> None:
    """Sections, ``Name=value`` below [Setup], ``Name: value;`` below the others: what its compiler asks first."""
    section = ""
    for line in script().partition("[Code]")[0].splitlines():
        if SECTION.fullmatch(line):
            section = line
        elif not line or line.lstrip().startswith((";", "#")):
            continue
        elif section == "[Setup]":
            assert re.fullmatch(r"[A-Za-z0-9]+=\S.*", line), line
        else:
            assert line.count('"') % 2 == 0, line
            outside = re.sub(r'"[^"]*"', '""', line)
            assert re.fullmatch(r"[A-Z][A-Za-z]+: [^:;]+(; [A-Z][A-Za-z]+: [^:;]+)*", outside), line


def test_installer_script_gets_all_that_it_uses() -> None:
    command = installer.setup_command("iscc", {})
    given = {word[2:].partition("=")[0] for word in command if word.startswith("/D")}
    used = set(re.findall(r"\{#(\w+)\}", script())) | set(
        re.findall(r"^#include (\w+)", script(), re.MULTILINE)
    )
    assert used == given
    assert f"/DVersion={VERSION}" in command
    assert not any(word.startswith("/S") for word in command)


def test_installer_is_signed_where_that_is_said() -> None:
    command = installer.setup_command("iscc", {"FETCHMILL_SIGNTOOL": "signtool sign /n Us $f"})
    assert "/Sfetchmill=signtool sign /n Us $f" in command
    assert "/DSigned" in command
    assert "SignTool=fetchmill" in script()


def test_installer_keeps_its_place_for_later_versions() -> None:
    assert f"AppId={APP_ID}" in script().splitlines()
    assert f"AppPublisher={AUTHORS}" in script().splitlines()
    assert "PrivilegesRequired=lowest" in script().splitlines()
    assert VERSION not in script()


def test_open_with_and_no_more() -> None:
    """No extension's own key is written: what opens a file by itself stays."""
    entries = installer.file_types()
    assert [f'ValueName: "{extension}"' in entries for extension in EXTENSIONS] == [True] * len(EXTENSIONS)
    keys = re.findall(r'Subkey: "([^"]+)"', script() + entries)
    assert {"Software\\Classes\\Applications\\fetchmill.exe\\SupportedTypes"} < set(keys)
    assert all(
        key.startswith(
            (
                "Software\\Classes\\Applications\\fetchmill.exe",
                "Software\\Microsoft\\Windows\\CurrentVersion\\App Paths\\",
            )
        )
        for key in keys
    )


def test_file_types_are_those_that_are_read() -> None:
    assert set(LISTS) == set(kinds._BY_EXTENSION)
    assert {".jpg", ".png", ".webp", ".avif", ".heic", ".jxl"} < set(PICTURES)
    assert not {".pdf", ".svg", ".dng"} & set(PICTURES)


def test_property_list() -> None:
    found = plistlib.loads(plistlib.dumps(macos.property_list()))
    assert found == macos.property_list()
    assert found["CFBundleIdentifier"] == APP_ID
    assert found["CFBundleExecutable"] == NAME
    assert found["CFBundleShortVersionString"] == VERSION
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["CFBundleVersion"])
    assert found["NSHighResolutionCapable"] is True
    assert found["LSBackgroundOnly"] is False
    assert {kind["LSHandlerRank"] for kind in found["CFBundleDocumentTypes"]} == {"Alternate"}
    assert {kind["CFBundleTypeRole"] for kind in found["CFBundleDocumentTypes"]} == {"Viewer"}


def test_bundle_says_what_it_calls_unusual_files() -> None:
    found = macos.property_list()
    documents, imported = found["CFBundleDocumentTypes"], found["UTImportedTypeDeclarations"]
    assert isinstance(documents, list)
    assert isinstance(imported, list)
    opened = {name for kind in documents for name in kind["LSItemContentTypes"]}
    ours = {kind["UTTypeIdentifier"] for kind in imported}
    assert ours < opened
    extensions = {
        f".{one}" for kind in imported for one in kind["UTTypeTagSpecification"]["public.filename-extension"]
    }
    assert extensions < set(LISTS)


def test_entitlements() -> None:
    assert plistlib.loads(macos.ENTITLEMENTS.read_bytes()) == {
        "com.apple.security.cs.allow-unsigned-executable-memory": True
    }
    assert b"<!--" not in macos.ENTITLEMENTS.read_bytes()  # codesign would refuse them


def test_disk_image_is_signed_and_notarised_only_as_said() -> None:
    image = Path("x.dmg")
    tools = [command[:2] for command in installer.image_commands(image, {})]
    assert tools == [["hdiutil", "create"]]
    identity = {"FETCHMILL_CODESIGN_IDENTITY": "Developer ID"}
    both = {**identity, "FETCHMILL_NOTARY_PROFILE": "us"}
    assert [command[0] for command in installer.image_commands(image, identity)] == ["hdiutil", "codesign"]
    tools = [command[:2] for command in installer.image_commands(image, both)]
    assert tools[2:] == [["xcrun", "notarytool"], ["xcrun", "stapler"]]
    assert [
        c for c in installer.image_commands(image, {"FETCHMILL_NOTARY_PROFILE": "us"}) if c[0] == "xcrun"
    ] == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="makes one there")
def test_installer_says_where_it_is_made() -> None:
    with pytest.raises(SystemExit) as end:
        installer.installer()
    assert "\n" not in str(end.value)
    assert "Windows and macOS" in str(end.value)


def test_options_of_the_programs(versioninfo: ModuleType, tmp_path: Path) -> None:
    """Each is one that PyInstaller knows, and the files are there."""
    found = {
        system: desktop.program_options("fetchmill", system, tmp_path)
        for system in ("win32", "darwin", "linux")
    }
    known = Path(str(importlib.import_module("PyInstaller.building.api").__file__)).read_text(
        encoding="utf-8"
    )
    asked = set(re.findall(r"kwargs\.get\(['\"](\w+)['\"]", known))
    assert found["linux"] == {}
    assert set(found["win32"]) | set(found["darwin"]) < asked
    assert "<assembly" in str(found["win32"]["manifest"])
    assert versioninfo.load_version_info_from_text_file(found["win32"]["version"])
    paths = (found["win32"]["icon"], found["darwin"]["icon"], found["darwin"]["entitlements_file"])
    assert [Path(str(path)).stat().st_size > 0 for path in paths] == [True, True, True]


def test_options_of_the_bundle() -> None:
    known = Path(str(importlib.import_module("PyInstaller.building.osx").__file__)).read_text(
        encoding="utf-8"
    )
    asked = set(re.findall(r"kwargs\.get\(['\"](\w+)['\"]", known))
    assert set(desktop.bundle_options()) <= asked
    assert desktop.bundle_options()["name"] == "Fetchmill.app"
