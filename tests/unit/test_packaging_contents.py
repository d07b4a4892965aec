import sys
from collections.abc import Iterable

import pytest

from resources.packaging import contents
from tests.support.architecture import forbidden_imports, modules

QT = "PySide6/Qt"
NEEDS = {
    "/site/PySide6/QtWidgets.abi3.so": ["libQt6Widgets.so.6"],
    "/site/PySide6/Qt/lib/libQt6Widgets.so.6": ["libQt6Gui.so.6", "libGL.so.1"],
    "/site/PySide6/Qt/plugins/platforms/libqxcb.so": ["libQt6XcbQpa.so.6", "libxcb.so.1"],
    "/site/PySide6/Qt/plugins/platformthemes/libqgtk3.so": ["libgtk-3.so.0"],
    "/python/lib-dynload/_ssl.so": ["libssl.so.3"],
    "/usr/lib/libssl.so.3": ["libcrypto.so.3"],
}
ENTRIES: list[contents.Entry] = [
    ("PySide6/QtWidgets.abi3.so", "/site/PySide6/QtWidgets.abi3.so", "EXTENSION"),
    (f"{QT}/lib/libQt6Widgets.so.6", "/site/PySide6/Qt/lib/libQt6Widgets.so.6", "BINARY"),
    (f"{QT}/lib/libQt6Gui.so.6", "/site/PySide6/Qt/lib/libQt6Gui.so.6", "BINARY"),
    (f"{QT}/lib/libQt6XcbQpa.so.6", "/site/PySide6/Qt/lib/libQt6XcbQpa.so.6", "BINARY"),
    (f"{QT}/lib/libQt6Quick.so.6", "/site/PySide6/Qt/lib/libQt6Quick.so.6", "BINARY"),
    ("libQt6Gui.so.6", f"{QT}/lib/libQt6Gui.so.6", "SYMLINK"),
    ("libQt6Quick.so.6", f"{QT}/lib/libQt6Quick.so.6", "SYMLINK"),
    (f"{QT}/plugins/platforms/libqxcb.so", "/site/PySide6/Qt/plugins/platforms/libqxcb.so", "BINARY"),
    (f"{QT}/plugins/platforms/libqvnc.so", "/site/PySide6/Qt/plugins/platforms/libqvnc.so", "BINARY"),
    (
        f"{QT}/plugins/platformthemes/libqgtk3.so",
        "/site/PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "BINARY",
    ),
    (f"{QT}/translations/qt_de.qm", "/site/PySide6/Qt/translations/qt_de.qm", "DATA"),
    ("libgtk-3.so.0", "/usr/lib/x86_64-linux-gnu/libgtk-3.so.0", "BINARY"),
    ("libxcb.so.1", "/usr/lib/x86_64-linux-gnu/libxcb.so.1", "BINARY"),
    ("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "BINARY"),
    ("lib-dynload/_ssl.so", "/python/lib-dynload/_ssl.so", "EXTENSION"),
    ("libssl.so.3", "/usr/lib/libssl.so.3", "BINARY"),
    ("libcrypto.so.3", "/usr/lib/libcrypto.so.3", "BINARY"),
    ("resources/icons/add.svg", "/code/resources/icons/add.svg", "DATA"),
]


def needs(file: str) -> Iterable[str]:
    return NEEDS.get(file, ())


@pytest.mark.skipif(sys.platform != "linux", reason="what the system brings differs")
def test_only_what_the_program_is_linked_with_is_kept() -> None:
    kept = {place for place, _, _ in contents.chosen(ENTRIES, needs)}

    assert {place for place, _, _ in ENTRIES} - kept == {
        f"{QT}/lib/libQt6Quick.so.6",
        "libQt6Quick.so.6",
        f"{QT}/plugins/platforms/libqvnc.so",
        f"{QT}/plugins/platformthemes/libqgtk3.so",
        f"{QT}/translations/qt_de.qm",
        "libgtk-3.so.0",
        "libxcb.so.1",
    }


def framework(name: str) -> list[contents.Entry]:
    """As PyInstaller lists one of macOS (its ``collect_files_from_framework_bundles``)."""
    folder = f"{QT}/lib/{name}.framework"
    return [
        (f"{folder}/Versions/A/{name}", f"/site/{name}", "BINARY"),
        (f"{folder}/Versions/A/Resources/Info.plist", f"/site/{name}.plist", "DATA"),
        (f"{folder}/Versions/Current", "A", "SYMLINK"),
        (f"{folder}/{name}", f"Versions/Current/{name}", "SYMLINK"),
        (f"{folder}/Resources", "Versions/Current/Resources", "SYMLINK"),
        (name, f"{folder}/Versions/A/{name}", "SYMLINK"),
    ]


def test_frameworks_are_whole_or_left_out() -> None:
    """Each library looks for the others by the links in the upper folder; codesign asks for those in the framework."""
    module = ("PySide6/QtCore.abi3.so", "/site/QtCore.abi3.so", "EXTENSION")
    entries = [module, *framework("QtCore"), *framework("QtQuick")]

    assert contents.chosen(entries, lambda file: ["QtCore"] if file == module[1] else []) == [
        module,
        *framework("QtCore"),
    ]


def test_windows_does_not_tell_letters_apart() -> None:
    entries = [("a.pyd", "C:/a.pyd", "EXTENSION"), ("VCRUNTIME140.dll", "C:/v.dll", "BINARY")]

    assert (
        contents.chosen(entries, lambda file: ["vcruntime140.dll"] if file == "C:/a.pyd" else []) == entries
    )


def test_hooks_that_load_qt_into_children_are_not_run() -> None:
    found = [("pyi_rth_multiprocessing", "m.py", "PYSOURCE"), ("pyi_rth_pyside6", "q.py", "PYSOURCE")]

    assert contents.scripts([*found, ("start", "start.py", "PYSOURCE")]) == [
        found[0],
        ("start", "start.py", "PYSOURCE"),
    ]


def test_the_product_imports_nothing_that_is_left_out() -> None:
    assert forbidden_imports(modules("core", "gui"), contents.EXCLUDED) == []
