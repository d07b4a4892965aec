"""A field for each kind of setting, chosen by its declaration in ``core.settings``."""

import math
from contextlib import suppress
from enum import Enum
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QWidget

from core.settings import Settings, Trait
from gui import spacing
from gui.named_box import NamedBox
from gui.wheel import leave_wheel_to_page

_MEGABYTE: Final = 1_000_000
_LARGE_UNITS: Final = {"bytes/s": "MB/s", "bytes": "MB"}
_WIDTH: Final = 168
_TEXT_WIDTH: Final = 236


class SettingEditor(QWidget):
    """One field.

    Attributes:
        is_wide: Whether it stands below its words, as it needs the whole width.
        is_usable: Whether what was typed is a value.

    Signals:
        changed: nothing; the user changed the value.
    """

    changed = Signal()
    is_wide = False
    is_usable = True

    def value(self) -> object:
        """The value as ``Settings`` takes it."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Show a value."""
        raise NotImplementedError

    def problem(self) -> str:
        """Why the value cannot be saved, one sentence; empty where it can."""
        return ""

    def _lay_out(self, *widgets: QWidget) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing.MEDIUM)
        row.addStretch(1)
        for widget in widgets:
            row.addWidget(widget)


class ChoiceEditor(SettingEditor):
    """One of a few values."""

    def __init__(self, default: Enum, title: str) -> None:
        super().__init__()
        self._choices = list(type(default))
        self._box = NamedBox()
        self._box.setAccessibleName(title)
        self._box.addItems([str(choice.value).replace("-", " ").capitalize() for choice in self._choices])
        self._box.setFixedWidth(_WIDTH)
        leave_wheel_to_page(self._box)
        self._box.currentIndexChanged.connect(self.changed)
        self._lay_out(self._box)

    def value(self) -> object:
        """See ``SettingEditor``."""
        return self._choices[self._box.currentIndex()]

    def set_value(self, value: object) -> None:
        """See ``SettingEditor``."""
        self._box.setCurrentIndex([choice is value for choice in self._choices].index(True))


class SwitchEditor(SettingEditor):
    """On or off."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._box = QCheckBox()
        self._box.setProperty("look", "bare")
        self._box.setAccessibleName(title)
        self._box.toggled.connect(self.changed)
        self._lay_out(self._box)

    def value(self) -> object:
        """See ``SettingEditor``."""
        return self._box.isChecked()

    def set_value(self, value: object) -> None:
        """See ``SettingEditor``."""
        self._box.setChecked(bool(value))


class TextEditor(SettingEditor):
    """A text, which may have to be of a kind."""

    def __init__(self, name: str, trait: Trait) -> None:
        super().__init__()
        self._name = name
        self._trait = trait
        self._line = QLineEdit()
        self._line.setAccessibleName(trait.title)
        self._line.setPlaceholderText(trait.wanted.partition(" or ")[0])
        self._line.setFixedWidth(_TEXT_WIDTH)
        self._line.textChanged.connect(self.changed)
        self.setFocusProxy(self._line)
        self._lay_out(self._line)

    def value(self) -> object:
        """See ``SettingEditor``."""
        return self._line.text().strip()

    def set_value(self, value: object) -> None:
        """See ``SettingEditor``."""
        self._line.setText(str(value))

    def problem(self) -> str:
        """See ``SettingEditor``."""
        _, refused = Settings.from_mapping({self._name: self.value()})
        is_missing = bool(self._trait.wanted) and not self.value() and self.isEnabled()
        wanted = f"{self._trait.title}: it must be like {self._trait.wanted}."
        return wanted if refused or is_missing else ""


class _Number(QDoubleSpinBox):
    """Without the noughts behind the point that say nothing: ``30 s``, ``12.5 s``."""

    def textFromValue(self, value: float) -> str:
        """See Qt."""
        text, point = super().textFromValue(value), self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


class NumberEditor(SettingEditor):
    """A number in its range, or automatic where that is allowed."""

    def __init__(self, trait: Trait, *, whole: bool, at_first: float) -> None:
        super().__init__()
        self._whole = whole
        self._scale = _MEGABYTE if trait.unit in _LARGE_UNITS else 1
        self._auto = QCheckBox(trait.auto_word)
        self._auto.setAccessibleName(f"{trait.title}: {self._auto.text().lower()}")
        self._auto.setVisible(trait.auto)
        self._number = _Number()
        self._set_up_number(trait)
        self._number.setValue(at_first)
        self._auto.toggled.connect(self._number.setHidden)
        self._auto.toggled.connect(self.changed)
        self._number.valueChanged.connect(self.changed)
        self._lay_out(self._auto, self._number)

    def value(self) -> object:
        """See ``SettingEditor``."""
        if self._auto.isChecked():
            return None
        number = self._number.value() * self._scale
        return round(number) if self._whole else number

    def set_value(self, value: object) -> None:
        """See ``SettingEditor``."""
        self._auto.setChecked(value is None)
        if isinstance(value, int | float):
            self._number.setValue(value / self._scale)

    def _set_up_number(self, trait: Trait) -> None:
        number = self._number
        number.setAccessibleName(trait.title)
        number.setDecimals(2 if self._scale != 1 else trait.decimals or (0 if self._whole else 1))
        # Rounded up to the decimals shown, so that the smallest number shown is still allowed.
        digits = 10 ** number.decimals()
        number.setRange(
            math.ceil((trait.least or 0) / self._scale * digits) / digits, (trait.most or 0) / self._scale
        )
        unit = _LARGE_UNITS.get(trait.unit, trait.unit)
        number.setSuffix(f" {unit}" if unit else "")
        number.setFixedWidth(_WIDTH)
        leave_wheel_to_page(number)
        number.lineEdit().setTextMargins(
            spacing.SMALL, 0, 0, 0
        )  # the style sheet's padding does not reach it


class WordsEditor(SettingEditor):
    """Words with commas between them; what cannot be read goes when the field is left."""

    def __init__(self, trait: Trait) -> None:
        super().__init__()
        self._read = trait.each or str
        self._line = QLineEdit()
        self._line.setAccessibleName(trait.title)
        self._line.setPlaceholderText("All")
        self._line.setFixedWidth(_TEXT_WIDTH)
        self._line.textChanged.connect(self.changed)
        self._line.editingFinished.connect(lambda: self.set_value(self.value()))
        self._lay_out(self._line)

    def value(self) -> object:
        """See ``SettingEditor``."""
        found = []
        for word in self._line.text().replace(",", " ").split():
            with suppress(ValueError):
                found.append(self._read(word))
        return tuple(dict.fromkeys(found))

    def set_value(self, value: object) -> None:
        """See ``SettingEditor``."""
        self._line.setText(", ".join(map(str, value)) if isinstance(value, tuple) else "")


def editor_for(name: str) -> SettingEditor:
    """The field for the setting of that name."""
    trait, default = Settings.trait(name), getattr(Settings(), name)
    if isinstance(default, Enum):
        return ChoiceEditor(default, trait.title)
    if isinstance(default, tuple):
        return WordsEditor(trait)
    if isinstance(default, bool):
        return SwitchEditor(trait.title)
    if isinstance(default, str):
        return TextEditor(name, trait)
    at_first = float(default) if default is not None else trait.at_first
    whole = not (isinstance(default, float) or trait.decimals)
    return NumberEditor(trait, whole=whole, at_first=at_first)
