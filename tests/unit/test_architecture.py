"""HOUSE.md's directions, held over every file; each rule is also shown something that breaks it."""

import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import PySide6.QtCore
import PySide6.QtGui
import PySide6.QtNetwork
import PySide6.QtWidgets
import pytest

from tests.support import architecture as house
from tests.support.architecture import QT_MODULES, ROOT, Module, from_text, is_within, modules, reachable

HTTP = ("requests", "urllib3")
# What a run of plain links does without: each takes from one to twenty milliseconds to load.
DISPENSABLE = (
    *("certifi", "email", "html", "http", "netrc", "plistlib", "secrets", "ssl", "urllib.request", "xml"),
    *("core.downloads.cookies", "core.downloads.trust", "core.images.recipe", "core.preview_stage"),
    *("core.sources.curl_command", "core.sources.markup", "core.sources.metalink", "core.sources.shortcut"),
)
SEEN_BY_GUI = (
    "core",
    "core.about",
    "core.asked",
    "core.asked_form",
    "core.client",
    "core.crashes",
    "core.diagnostics",
    "core.downloads.template",
    "core.interface",
    "core.finished",
    "core.forecast",
    "core.job",
    "core.errors",
    "core.folder_lock",
    "core.images.formats",
    "core.images.parameters",
    "core.images.recipe",
    "core.images.recipe_file",
    "core.images.regions",
    "core.images.relevance",
    "core.images.task",
    "core.places",
    "core.preview",
    "core.report",
    "core.settings",
    "core.speed_schedule",
    "core.arguments",
    "core.whole_file",
)
# What a window is there sooner without.
UNOPENED = (
    *("core.engine", "core.images.recipe", "email", "http", "html.parser", "ssl"),
    *(
        "gui.about_dialog",
        "gui.add_dialog",
        "gui.edit_dialog",
        "gui.recipe_editor",
        "gui.report_dialog",
        "gui.settings_dialog",
        "gui.shortcuts_dialog",
    ),
)
PRODUCT = ("core", "gui", "resources")


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """The syntax trees are for this module alone."""
    yield
    house.modules_of.cache_clear()


@cache
def qt_names() -> frozenset[str]:
    """Names of all methods of Qt's classes."""
    qt = (PySide6.QtCore, PySide6.QtGui, PySide6.QtNetwork, PySide6.QtWidgets)
    # getattr, as PySide6 makes its classes when they are first asked for
    classes = (
        kind for module in qt for name in dir(module) if isinstance(kind := getattr(module, name), type)
    )
    return frozenset(name for kind in classes for name in dir(kind))


def brought_in(start: str, *packages: str, at_module_level: bool = False) -> list[str]:
    """Ways by which importing ``start`` leads to one of these packages."""
    found = reachable(start, modules(*PRODUCT), at_module_level=at_module_level)
    return [way for name, way in found.items() if is_within(name, *packages)]


def test_core_knows_nothing_of_the_window() -> None:
    found = house.forbidden_imports(modules("core", "resources"), ["gui"], allowed_in=["resources.packaging"])
    assert found == []


def test_the_window_knows_of_core_only_its_values_and_the_client() -> None:
    assert house.imports_beyond(modules("gui"), "core", SEEN_BY_GUI) == []


def test_only_gui_draws() -> None:
    drawing = [f"PySide6.{name}" for name in ("QtGui", "QtWidgets", "QtSvg", "QtSvgWidgets")]
    assert house.forbidden_imports(modules("core"), drawing) == []


def test_only_downloads_talk_http() -> None:
    assert house.forbidden_imports(modules(*PRODUCT), HTTP, allowed_in=["core.downloads"]) == []


def test_only_images_touch_pixels() -> None:
    assert (
        house.forbidden_imports(modules(*PRODUCT), ["PIL"], allowed_in=["core.images", "resources.packaging"])
        == []
    )


def test_what_a_child_imports_is_free_of_qt_and_http() -> None:
    assert brought_in("core.images.worker", *QT_MODULES, *HTTP) == []


def test_the_client_knows_the_engine_by_its_values_only() -> None:
    assert brought_in("core.client", *HTTP, "PIL", "core.engine") == []


@pytest.mark.parametrize("start", ["gui.__main__", "core.cli"])
def test_what_every_child_imports_again_is_free_of_qt(start: str) -> None:
    assert brought_in(start, *QT_MODULES, at_module_level=True) == []


@pytest.mark.parametrize(
    ("start", "foreign"),
    [
        ("core.images.worker", (*QT_MODULES, *HTTP)),
        ("gui.__main__", QT_MODULES),
        ("core.cli", QT_MODULES),
        ("core.client", (*HTTP, "PIL", "core.engine")),
        ("core.cli_run", (*HTTP, "PIL", *DISPENSABLE)),
        ("gui.app", (*HTTP, "PIL", *UNOPENED)),
    ],
)
def test_imports_bring_in_nothing_foreign(start: str, foreign: tuple[str, ...]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", f"import sys, {start}; print(*sys.modules, sep='\\n')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [name for name in run.stdout.split() if is_within(name, *foreign)] == []


def test_broad_excepts_are_few_and_say_why() -> None:
    found = house.broad_excepts(modules(*PRODUCT))
    assert len(found) <= house.BROAD_EXCEPTS, found
    assert [place for place, explained in found if not explained] == []


def test_no_banned_words_in_names() -> None:
    allowed = qt_names() | {"handle_data"}  # html.parser calls it that
    assert house.banned_names(modules(*PRODUCT), allowed) == []


def test_all_that_is_public_has_a_docstring() -> None:
    assert house.undocumented(modules(*PRODUCT, "tests/support")) == []


def test_files_and_functions_are_short() -> None:
    assert house.oversized(modules(*PRODUCT, "tests")) == []


def test_silenced_tools_are_told_why() -> None:
    assert house.unexplained_ignores(modules(*PRODUCT, "tests")) == []


@pytest.mark.parametrize("path", sorted((ROOT / "resources").rglob("*.svg")), ids=lambda path: path.name)
def test_icons_are_svg(path: Path) -> None:
    root = ET.parse(path).getroot()  # noqa: S314 - our own files
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("path", sorted((ROOT / "resources").rglob("*.toml")), ids=lambda path: path.name)
def test_recipes_are_toml(path: Path) -> None:
    assert tomllib.loads(path.read_text())


def bad(text: str, name: str = "core.bad") -> tuple[Module, ...]:
    return (from_text(name, text),)


@pytest.mark.parametrize(
    "text",
    [
        "import gui",
        "from gui.app import main",
        "def f():\n    import gui.app",
        "if TYPE_CHECKING:\n    from gui import app",
        "try:\n    import gui\nexcept ImportError:\n    pass",
    ],
)
def test_rule_forbidden_imports(text: str) -> None:
    assert house.forbidden_imports(bad(text), ["gui"]) != []
    assert house.forbidden_imports(bad(text), ["gui"], allowed_in=["core.bad"]) == []
    assert house.forbidden_imports(bad("import guitar"), ["gui"]) == []


@pytest.mark.parametrize(
    "text",
    ["import core.engine", "from core import engine", "from core.images.worker import x", "import core.jobs"],
)
def test_rule_imports_beyond(text: str) -> None:
    fine = "from core.job import Job\nimport core.client\nfrom core import __version__, client\nimport core"
    assert house.imports_beyond(bad(text, "gui.bad"), "core", SEEN_BY_GUI) != []
    assert house.imports_beyond(bad(fine, "gui.bad"), "core", SEEN_BY_GUI) == []


def test_rule_reachable() -> None:
    ours = (
        Module("core", "", from_text("core", "").tree, is_package=True),
        from_text("core.a", "from core import b\nfrom core.c import thing"),
        from_text("core.b", "def late():\n    import requests"),
        from_text("core.c", "if True:\n    import PySide6.QtCore"),
    )
    assert {"requests", "PySide6.QtCore", "core"} <= reachable("core.a", ours).keys()
    at_import = reachable("core.a", ours, at_module_level=True)
    assert "PySide6.QtCore" in at_import
    assert "requests" not in at_import
    with pytest.raises(LookupError):
        reachable("core.gone", ours)


def test_rule_reachable_sees_packages_on_the_way() -> None:
    package = from_text("core.p", "import PySide6")._replace(is_package=True)
    ours = (from_text("core.a", "import core.p.q"), package, from_text("core.p.q", ""))
    assert "PySide6" in reachable("core.a", ours)


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    x\nexcept:\n    pass",
        "try:\n    x\nexcept Exception:  # noqa: BLE001\n    pass",
        "try:\n    x\nexcept (ValueError, BaseException) as e:\n    pass",
        "with contextlib.suppress(Exception):\n    x",
    ],
)
def test_rule_broad_excepts(text: str) -> None:
    assert [explained for _, explained in house.broad_excepts(bad(text))] == [False]


def test_rule_broad_excepts_accepts_reasons() -> None:
    reason = "try:\n    x\nexcept Exception:  # noqa: BLE001 - what escapes run() is lost\n    pass"
    assert [explained for _, explained in house.broad_excepts(bad(reason))] == [True]
    assert house.broad_excepts(bad("try:\n    x\nexcept ValueError:\n    pass")) == []


@pytest.mark.parametrize(
    "text", ["class JobManager: ...", "def _read_data(): ...", "class X:\n    def getInfo(self): ..."]
)
def test_rule_banned_names(text: str) -> None:
    assert house.banned_names(bad(text), qt_names()) != []
    assert house.banned_names(bad("", "core.path_utils"), qt_names()) != []
    assert house.banned_names(bad("class Metadata:\n    def headerData(self): ..."), qt_names()) == []


@pytest.mark.parametrize(
    "text", ["", '"""D."""\nclass X: ...', '"""D."""\nclass X:\n    """D."""\n    def f(self): ...']
)
def test_rule_docstrings(text: str) -> None:
    fine = '"""D."""\nclass _X:\n    def f(self): ...\nclass Y:\n    """D."""\n    @override\n    def g(self): ...'
    assert len(house.undocumented(bad(text))) == 1
    assert house.undocumented(bad(fine)) == []


def test_rule_lengths() -> None:
    assert house.oversized(bad("x = 1\n" * 401)) != []
    assert house.oversized(bad("def f():\n" + "    x = 1\n" * 60)) != []
    assert house.oversized(bad("def f():\n" + "    x = 1\n" * 59)) == []


@pytest.mark.parametrize(
    "text", ["x = 1  # noqa: S603", "x = 1  # type: ignore[attr-defined]", "x = 1  # noqa"]
)
def test_rule_unexplained_ignores(text: str) -> None:
    assert house.unexplained_ignores(bad(text)) != []
    assert house.unexplained_ignores(bad(f"{text}  # Qt lacks it")) == []
    assert house.unexplained_ignores(bad("x = '# noqa: S603'")) == []
