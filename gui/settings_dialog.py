"""The settings, made from their declaration: nothing is listed here that ``core.settings`` does not know."""

from dataclasses import fields
from enum import Enum
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.settings import ProxyKind, Settings
from gui import spacing
from gui.appearance import scaled_font
from gui.room import height_on_screen
from gui.setting_editors import SettingEditor, editor_for
from gui.speed_schedule_editor import SpeedScheduleEditor
from gui.template_editor import TemplateEditor

_GROUPS: Final = (
    (
        "Downloads",
        (
            "connections",
            "per_host",
            "segments",
            "limit_rate",
            "speed_schedule",
            "keep_free",
            "retries",
            "timeout",
            "allows_downgrade",
        ),
    ),
    (
        "What is wanted",
        (
            "min_width",
            "min_height",
            "min_megapixels",
            "min_aspect",
            "max_aspect",
            "min_bytes",
            "largest_file",
            "only_types",
        ),
    ),
    ("Network", ("proxy_kind", "proxy", "proxy_exceptions", "uses_netrc")),
    (
        "Pictures and files",
        (
            "workers",
            "picture_seconds",
            "picture_memory",
            "most_megapixels",
            "name_template",
            "existing",
            "keep_originals",
            "keeps_dates",
        ),
    ),
    ("Restart", ("restart", "restart_seconds")),
)
_OTHERS: Final = "Window"


def grouped_names() -> list[tuple[str, list[str]]]:
    """The names of the settings that are shown, by the heading that they stand under."""
    shown = [f.name for f in fields(Settings) if Settings.trait(f.name).shown]
    placed = {name for _, names in _GROUPS for name in names}
    groups = [(title, [name for name in names if name in shown]) for title, names in _GROUPS]
    return [*groups, (_OTHERS, [name for name in shown if name not in placed])]


class SettingsDialog(QDialog):
    """A card of fields for each group.

    Signals:
        saved: ``dict[str, object]``, the fields that were edited; the window may have changed others meanwhile.
    """

    saved = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._editors: dict[str, SettingEditor] = {}
        self._shown: dict[str, object] = {}
        self._buttons = QDialogButtonBox()
        self._problem = QLabel()
        self._area = QScrollArea()
        self._save = self._buttons.addButton("Save", QDialogButtonBox.ButtonRole.AcceptRole)
        self._schedule = SpeedScheduleEditor(Settings.trait("speed_schedule").title)
        self._build()
        self._editors["limit_rate"].changed.connect(self._show_usual_speed)
        self.show_settings(settings)
        self.resize(748, height_on_screen(self, 760))

    def show_settings(self, settings: Settings) -> None:
        """Fill the fields."""
        for name, editor in self._editors.items():
            value = getattr(settings, name)
            editor.set_value(value)
            # A number that is shown rounded was not edited; a choice that is not offered has to be another.
            self._shown[name] = value if isinstance(value, Enum) else editor.value()
        self._show_usual_speed()
        self._area.verticalScrollBar().setValue(0)

    def edited(self) -> dict[str, object]:
        """The values that are not what was shown at first, by the names of their settings."""
        values = {name: editor.value() for name, editor in self._editors.items()}
        return {name: value for name, value in values.items() if value != self._shown[name]}

    def editor(self, name: str) -> SettingEditor:
        """The field of the setting of that name."""
        return self._editors[name]

    def accept(self) -> None:
        """See Qt; what cannot be saved is shown instead."""
        for editor in self._editors.values():
            self._say(problem := editor.problem())
            if problem:
                editor.setFocus()
                return
        super().accept()
        self.saved.emit(self.edited())

    def _build(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        cards = QVBoxLayout(page)
        cards.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.SMALL)
        cards.setSpacing(spacing.SMALL)
        for title, names in grouped_names():
            heading = QLabel(title)
            heading.setFont(scaled_font(self.font(), 1.1, QFont.Weight.DemiBold))
            cards.addWidget(heading)
            cards.addWidget(self._card(names))
            cards.addSpacing(spacing.SMALL)
        cards.addStretch(1)
        self._editors["proxy_kind"].changed.connect(self._enable_proxy)
        self._enable_proxy()
        area = self._area
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the fields take it
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, spacing.LARGE)
        column.addWidget(area, 1)
        column.addWidget(self._foot())
        self._save.setDefault(True)  # not before it is the dialog's: Qt would choose a second one

    def _card(self, names: list[str]) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.MEDIUM)
        grid.setVerticalSpacing(spacing.MEDIUM)
        grid.setColumnStretch(0, 1)
        for name in names:
            editor = self._schedule if name == "speed_schedule" else _editor_for(name)
            self._editors[name] = editor
            row = grid.rowCount()
            grid.addWidget(_words(name), row, 0, 1, 2 if editor.is_wide else 1)
            grid.addWidget(editor, *((row + 1, 0, 1, 2) if editor.is_wide else (row, 1, 1, 1)))
            editor.changed.connect(self._look)
        return card

    def _look(self) -> None:
        """Nothing is saved while something that was typed cannot be used; it may have been scrolled away."""
        problem = next((one.problem() for one in self._editors.values() if not one.is_usable), "")
        self._save.setDisabled(bool(problem))
        self._say(problem)

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _foot(self) -> QWidget:
        roles = QDialogButtonBox.ButtonRole
        self._save.setProperty("look", "primary")
        self._buttons.addButton("Cancel", roles.RejectRole)
        restore = self._buttons.addButton("Restore defaults", roles.ResetRole)
        restore.setProperty("look", "quiet")
        restore.clicked.connect(self._restore)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        foot = QWidget()
        row = QVBoxLayout(foot)
        row.setContentsMargins(spacing.HUGE, 0, spacing.HUGE, 0)
        self._problem.setProperty("look", "failed")
        self._problem.setWordWrap(True)
        self._problem.hide()
        row.addWidget(self._problem)
        row.addWidget(self._buttons)
        return foot

    def _enable_proxy(self) -> None:
        kind = self._editors["proxy_kind"].value()
        self._editors["proxy"].setEnabled(kind is ProxyKind.MANUAL)
        self._editors["proxy_exceptions"].setEnabled(kind is not ProxyKind.NONE)

    def _show_usual_speed(self) -> None:
        self._schedule.set_usual(self._editors["limit_rate"].value())

    def _restore(self) -> None:
        defaults = Settings()
        for name, editor in self._editors.items():
            editor.set_value(getattr(defaults, name))


def _editor_for(name: str) -> SettingEditor:
    if name == "name_template":
        return TemplateEditor(Settings.trait(name).title)
    return editor_for(name)


def _words(name: str) -> QWidget:
    trait = Settings.trait(name)
    words = QWidget()
    column = QVBoxLayout(words)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    column.addWidget(QLabel(trait.title))
    if trait.hint:
        hint = QLabel(trait.hint)
        hint.setProperty("look", "secondary")
        hint.setFont(scaled_font(hint.font(), 0.92))
        hint.setWordWrap(True)
        column.addWidget(hint)
    return words
