"""The user's own recipes in the window: below the others, and to be chosen like them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget

from core.engine import Engine
from core.job import Order, RecipeTitle
from core.report import Recovery
from core.store import Store
from gui.appearance import Appearance
from gui.setup_row import SetupRow
from tests.support.waiting import wait_for_signal
from tests.support.watching import Expectations

BUILT_IN = (
    RecipeTitle("as-downloaded", "As downloaded", "Nothing."),
    RecipeTitle("jpeg", "JPEG", "Quality 90."),
)
OWN = (RecipeTitle("shop", "Shop", "Two sizes.", is_own=True), RecipeTitle("a", "A", "B.", is_own=True))
GOOD = """
schema = 2
name = "shop"
title = "Shop"
summary = "Two sizes."
[[outputs]]
name = "web"
[[outputs]]
name = "thumb"
"""


def test_they_stand_below_a_line(
    appearance: Appearance, keep: Callable[[QWidget], None], expect: Expectations
) -> None:
    row = SetupRow(Order("/out", "shop"), appearance)
    keep(row)
    row.show()
    for _ in range(2):  # a second engine tells them again
        row.show_recipes((*BUILT_IN, *OWN))
        texts = [row.recipe.itemText(at) for at in range(row.recipe.count())]
        assert texts == ["As downloaded", "JPEG", "", "Shop", "A"]
        assert row.recipe.currentText() == "Shop"
        assert "Two sizes." in row.recipe.toolTip()
    spy = QSignalSpy(row.order_changed)
    QTest.keyClick(row.recipe, Qt.Key.Key_Up)  # over the line
    assert spy.at(0)[0].recipe == "jpeg"
    expect.qt("grabbing the keyboard")  # of the offscreen platform
    row.recipe.showPopup()
    list_of = row.recipe.view()
    line, first = (list_of.visualRect(list_of.model().index(at, 0)) for at in (2, 3))
    assert 0 < line.height() < first.height()
    row.recipe.hidePopup()


def test_the_engine_tells_them_and_what_is_wrong_with_others(
    make_engine: Callable[..., Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FETCHMILL_HOME", str(tmp_path))
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "shop.toml").write_text(GOOD)
    (tmp_path / "recipes" / "bad.toml").write_text(GOOD.replace("schema = 2", "schema = 9"))
    store = Store(tmp_path / "queue.sqlite", keeps_jobs=True)
    assert store.lock()
    engine = make_engine(store=store)
    told: list[tuple[RecipeTitle, ...]] = []
    engine.ready.connect(told.append)
    (recovery,) = wait_for_signal(engine.recovered, engine.announce)
    assert isinstance(recovery, Recovery)
    assert told[0][-1] == OWN[0]
    assert sum(one.is_own for one in told[0]) == 1
    (message,) = recovery.messages
    assert "bad.toml, line 2: schema" in message.message
