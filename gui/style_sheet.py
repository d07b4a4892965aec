"""The style sheet: only what Fusion and a palette cannot do."""

from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Final

from gui.colors import Colors
from gui.icons import icon_path

_SHEET: Final = Template("""
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 5px 8px; }

QToolButton, QPushButton {
    outline: none;
    color: $text; background: transparent; border: 1px solid transparent;
    border-radius: 7px; padding: 0 10px; min-height: 30px;
}
QToolButton:hover, QPushButton:hover { background: $hover; }
QToolButton:pressed, QPushButton:pressed { background: $pressed; }
QToolButton:checked { background: $selected; color: $link; }
QToolButton:disabled, QPushButton:disabled { color: $faint; }
QToolButton:focus, QPushButton:focus { border-color: $accent; }
QToolButton[look="plain"] { padding: 0; min-width: 30px; }
QToolButton[look="fold"] { padding: 0 6px; color: $link; background: transparent; }
QToolButton[look="fold"]:hover { background: $hover; }
QToolButton[look="small"] { padding: 0; min-width: 24px; min-height: 24px; }
QToolButton[popupMode="1"] { padding-right: 30px; }
QToolButton::menu-button {
    border: none; width: 22px; margin: 4px 2px; border-left: 1px solid $border; border-radius: 0;
}
QToolButton[popupMode="2"] { padding-right: 24px; }
QToolButton::menu-indicator {
    image: url($chevron); width: 10px; height: 10px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 9px;
}
QToolButton::menu-arrow { image: url($chevron); width: 10px; height: 10px; }
QPushButton { background: $surface; border: 1px solid $border; padding: 0 14px; }
QToolButton[look="outlined"] { background: $surface; border: 1px solid $border; }
QToolButton[look="outlined"]:hover, QPushButton:hover { background: $hover; }
QToolButton[look="outlined"]:pressed, QPushButton:pressed { background: $pressed; }
QToolButton[look="outlined"]:focus, QPushButton:focus { border-color: $accent; }
QPushButton:default, QPushButton[look="primary"], QToolButton[look="primary"] {
    background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600;
}
QPushButton:default:hover, QPushButton[look="primary"]:hover, QToolButton[look="primary"]:hover {
    background: $accent_hover; border-color: $accent_hover;
}
QPushButton:default:pressed, QPushButton[look="primary"]:pressed, QToolButton[look="primary"]:pressed {
    background: $accent_pressed; border-color: $accent_pressed;
}
QPushButton:default:disabled, QPushButton[look="primary"]:disabled, QToolButton[look="primary"]:disabled {
    background: $hover; color: $faint; border-color: $hover;
}
QToolButton[look="primary"]:focus, QPushButton[look="primary"]:focus, QPushButton:default:focus {
    border: 2px solid $text;
}
QPushButton[look="notice"] { min-height: 26px; padding: 0 12px; font-weight: 600; }
QToolButton[look="place"] {
    background: $surface; border: 1px solid $border; border-radius: 5px; padding: 0; min-height: 0; color: $faint;
}
QToolButton[look="place"]:hover { border-color: $accent; }
QToolButton[look="place"]:focus { border: 2px solid $accent; }
QToolButton[look="place"]:checked { background: $accent; border-color: $accent; color: $on_accent; }
QToolButton[look="place"]:checked:focus { border: 2px solid $text; }
QPushButton[look="swatch"] { padding: 0; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton[look="quiet"] { background: transparent; border-color: transparent; color: $link; padding: 0 8px; }
QPushButton[look="quiet"]:hover { background: $hover; }
QPushButton[look="quiet"]:focus { border-color: $accent; }

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 7px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 30px; padding: 0 9px; }
QPlainTextEdit { padding: 6px; }
QAbstractSpinBox QLineEdit { background: transparent; border: none; padding: 0; min-height: 0; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QLineEdit[faulty="true"], QPlainTextEdit[faulty="true"] { border-color: $failed; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: $faint; background: $window; }
QLineEdit QToolButton { background: transparent; border: none; padding: 0; min-height: 0; }
QLineEdit#status { background: transparent; border: none; padding: 0; min-height: 20px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url($chevron); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $border; outline: none; padding: 4px;
    selection-background-color: $selected; selection-color: $text;
}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 20px; background: transparent; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; border-radius: 4px; }
QAbstractSpinBox::up-arrow { image: url($chevron_up); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url($chevron); width: 10px; height: 10px; }

QSlider { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; background: $track; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -6px 0; border: 1px solid $faint; border-radius: 8px; background: $raised;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border: 2px solid $accent; }

QCheckBox { spacing: 8px; }
QCheckBox[look="bare"] { spacing: 0; }
QCheckBox::indicator {
    width: 16px; height: 16px; border: 1px solid $faint; border-radius: 5px; background: $surface;
}
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox:focus { color: $link; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($tick); }

QTableView, QListView {
    background: $surface; border: none; outline: none;
    selection-background-color: $selected; selection-color: $text;
}
QTableView#boxes { border: 1px solid $border; }
QTableView#plan::item { padding: 0 9px; }
QListView#filters, QListView#parts { background: transparent; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section {
    background: $surface; color: $secondary; border: none; border-bottom: 1px solid $border;
    padding: 0 12px; min-height: 32px;
}
QHeaderView::section:hover { color: $text; background: $window; }
QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $pressed; border-radius: 4px; margin: 2px; min-width: 28px; min-height: 28px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $track; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QProgressBar#downloads::chunk { background: $download; }
QProgressBar#processing::chunk { background: $process; }
QProgressBar#overall::chunk { background: $done; }

QMenu { background: $raised; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 28px 6px 10px; border-radius: 5px; color: $text; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::right-arrow { image: url($chevron_right); width: 10px; height: 10px; right: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }

QSplitter::handle { background: $border; }
QLabel[look="secondary"] { color: $secondary; }
QLabel[look="key"] {
    background: $surface; border: 1px solid $border; border-bottom-width: 2px; border-radius: 5px; padding: 1px 7px;
}
QLabel[look="failed"] { color: $failed; }
QFrame#rule { background: $border; border: none; }
QFrame#workspace { background: $surface; border: none; }
QFrame#details { background: $surface; border: none; border-top: 1px solid $border; }
QFrame#errorCard { background: $soft_failed; border: none; border-radius: 8px; }
QFrame#errorCard[asks="true"] { background: $soft_warning; }
QFrame#card { background: $surface; border: 1px solid $border; border-radius: 10px; }
QFrame#card QLabel { background: transparent; }
QFrame#banner[tone="neutral"] { background: $soft_neutral; border-radius: 8px; }
QFrame#banner[tone="done"] { background: $soft_done; border-radius: 8px; }
QFrame#banner[tone="warning"] { background: $soft_warning; border-radius: 8px; }
QFrame#banner[tone="failed"] { background: $soft_failed; border-radius: 8px; }
QScrollArea, QScrollArea > QWidget > QWidget#page { background: transparent; border: none; }
""")


def _url(path: Path) -> str:
    return f'"{path.as_posix()}"'


def style_sheet(colors: Colors) -> str:
    """The application's style sheet in these colours."""
    images = {
        "chevron": _url(icon_path("mark-chevron-down")),
        "chevron_up": _url(icon_path("mark-chevron-up")),
        "chevron_right": _url(icon_path("mark-chevron-right")),
        "tick": _url(icon_path("mark-tick")),
    }
    return _SHEET.substitute(asdict(colors) | images)
