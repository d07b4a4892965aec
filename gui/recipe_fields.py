"""A field for each kind of thing that a recipe's parts can be told, chosen by its declaration."""

import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)

from core.images.parameters import Kind, Parameter
from core.images.recipe import Gravity
from gui import spacing
from gui.named_box import NamedBox
from gui.recipe_words import choice_title, unit_words
from gui.wheel import leave_wheel_to_page

_NUMBER_WIDTH: Final = 108
_LONGEST_SLIDE: Final = 500
_FINE: Final = 20
_KILO: Final = 1000
# Where nothing was told before: what people begin with.
_AT_FIRST: Final = {"target-size": 500_000, "effort": 5}
_NOTHING: Final = {"target-size": "No limit", "effort": "Usual"}
_LONGEST_TEXT: Final = 1_000


class RecipeField(QWidget):
    """One field.

    Attributes:
        about: What it is for.
        is_wide: Whether it stands below its words, as it needs the whole width.

    Signals:
        changed: nothing; the user changed the value, or what is wrong with it.
    """

    changed = Signal()
    is_wide = False

    def __init__(self, about: Parameter) -> None:
        super().__init__()
        self.about = about

    def value(self) -> object:
        """The value as the part of the recipe takes it; only where there is no problem."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Show a value, which is no change."""
        raise NotImplementedError

    def problem(self) -> str:
        """Why what was typed is no value, one sentence; empty where it is one."""
        return ""

    def _lay_out(self, *widgets: QWidget) -> QHBoxLayout:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing.SMALL)
        for widget in widgets:
            row.addWidget(widget, 1 if isinstance(widget, QSlider | QLineEdit | NamedBox) else 0)
        if not any(isinstance(widget, QSlider | QLineEdit | NamedBox) for widget in widgets):
            row.addStretch(1)
        return row


class _NumberBox(QDoubleSpinBox):
    """Shows no more decimals than the number has."""

    def textFromValue(self, value: float) -> str:
        """See Qt."""
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


class NumberField(RecipeField):
    """A number in its range, with a slider where that is short; a tick beside it where nothing may be told."""

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        self._scale = _KILO if about.unit == "bytes" else 1
        self._usual = QCheckBox(_NOTHING.get(about.name, "None"))
        self._number = _NumberBox()
        self._slider: QSlider | None = None
        self._set_up_number()
        self.setFocusProxy(self._usual if about.is_optional else self._number)
        if about.is_optional:
            self._usual.setAccessibleName(f"{about.title}: {self._usual.text().lower()}")
            self._usual.toggled.connect(self._number.setHidden)
            self._usual.toggled.connect(self.changed)
            self._lay_out(self._usual, self._number)
        elif self._span <= _LONGEST_SLIDE:
            self._slider = self._made_slider()
            self._lay_out(self._slider, self._number)
        else:
            self._lay_out(self._number)

    def value(self) -> object:
        """See ``RecipeField``."""
        if self.about.is_optional and self._usual.isChecked():
            return None
        number = self._number.value() * self._scale
        return round(number) if self.about.kind is Kind.WHOLE else number

    def set_value(self, value: object) -> None:
        """See ``RecipeField``."""
        with QSignalBlocker(self):
            self._usual.setChecked(value is None)
            if isinstance(value, int | float):
                self._number.setValue(value / self._scale)
                self._follow(self._number.value())
            elif self.about.is_optional:
                self._number.setValue(_AT_FIRST.get(self.about.name, self.about.least or 0) / self._scale)

    @property
    def _span(self) -> float:
        return self._number.maximum() - self._number.minimum()

    @property
    def _step(self) -> float:
        return 1.0 if self.about.kind is Kind.WHOLE or self._span > _FINE else 0.1

    def _set_up_number(self) -> None:
        number, about = self._number, self.about
        number.setAccessibleName(about.title)
        number.setDecimals(3 if self._scale != 1 else 0 if about.kind is Kind.WHOLE else 2)
        number.setRange((about.least or 0) / self._scale, (about.most or 0) / self._scale)
        number.setSingleStep(10.0 if self._scale != 1 else self._step)
        sign, rest = unit_words(about)
        number.setSuffix(f"\N{NO-BREAK SPACE}{sign}" if sign else "")
        number.setAccessibleDescription(f"{about.allowed.capitalize()} {sign} {rest}".strip())
        number.setFixedWidth(_NUMBER_WIDTH)
        number.setKeyboardTracking(True)
        leave_wheel_to_page(number)
        number.lineEdit().setTextMargins(
            spacing.SMALL, 0, 0, 0
        )  # the style sheet's padding does not reach it
        number.valueChanged.connect(self._follow)
        number.valueChanged.connect(self.changed)

    def _made_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, round(self._span / self._step))
        slider.setPageStep(max(1, slider.maximum() // 10))
        slider.setAccessibleName(f"{self.about.title}: slider")
        slider.setMinimumWidth(72)
        leave_wheel_to_page(slider)
        slider.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # the number beside it is for keys
        slider.valueChanged.connect(
            lambda steps: self._number.setValue(self._number.minimum() + steps * self._step)
        )
        return slider

    def _follow(self, value: float) -> None:
        if self._slider is not None:
            with QSignalBlocker(self._slider):
                self._slider.setValue(round((value - self._number.minimum()) / self._step))


class FlagField(RecipeField):
    """Yes or no; its words are its label."""

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        self._box = QCheckBox(about.title)
        self._box.setAccessibleName(about.title)
        self._box.toggled.connect(self.changed)
        self.setFocusProxy(self._box)
        self._lay_out(self._box)

    def value(self) -> object:
        """See ``RecipeField``."""
        return self._box.isChecked()

    def set_value(self, value: object) -> None:
        """See ``RecipeField``."""
        with QSignalBlocker(self):
            self._box.setChecked(bool(value))


class ChoiceField(RecipeField):
    """One of a few."""

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        assert about.choice is not None, "a choice is one of an enum"  # noqa: S101  # the declaration's promise
        self._choices = list(about.choice)
        self._box = NamedBox()
        self._box.setAccessibleName(about.title)
        self._box.addItems([choice_title(choice) for choice in self._choices])
        self._box.setSizeAdjustPolicy(NamedBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setMinimumContentsLength(10)
        leave_wheel_to_page(self._box)
        self._box.currentIndexChanged.connect(self.changed)
        self.setFocusProxy(self._box)
        self._lay_out(self._box)

    def value(self) -> object:
        """See ``RecipeField``."""
        return self._choices[self._box.currentIndex()]

    def set_value(self, value: object) -> None:
        """See ``RecipeField``."""
        with QSignalBlocker(self):
            self._box.setCurrentIndex([choice is value for choice in self._choices].index(True))


class TextField(RecipeField):
    """A text."""

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        self._line = QLineEdit()
        self._line.setAccessibleName(about.title)
        self._line.setMaxLength(_LONGEST_TEXT)
        self._line.textChanged.connect(self.changed)
        self.setFocusProxy(self._line)
        self._row = self._lay_out(self._line)

    def value(self) -> object:
        """See ``RecipeField``."""
        return self._line.text()

    def set_value(self, value: object) -> None:
        """See ``RecipeField``."""
        with QSignalBlocker(self):
            if self._line.text() != str(value):
                self._line.setText(str(value))

    def mark(self, problem: str) -> None:
        """Show, or no more, that what was typed is no value."""
        self._line.setAccessibleDescription(problem)
        if bool(self._line.property("faulty")) != bool(problem):
            self._line.setProperty("faulty", bool(problem))
            self._line.style().unpolish(self._line)
            self._line.style().polish(self._line)


class FileField(TextField):
    """A path, to be typed or chosen."""

    is_wide = True

    def __init__(self, about: Parameter) -> None:
        super().__init__(about)
        self._line.setPlaceholderText("The usual one" if about.name == "font" else "Choose a file")
        browse = QPushButton("Browse…")
        browse.setAccessibleName(f"{about.title}: browse")
        browse.clicked.connect(self._browse)
        self._row.addWidget(browse)

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), self.about.title, str(self.value()) or str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._line.setText)
        dialog.open()


_COLOR: Final = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def is_color(text: str) -> bool:
    """Whether it stands for a colour in a recipe."""
    return _COLOR.fullmatch(text) is not None


def field_for(about: Parameter) -> RecipeField:
    """The field for what is declared so."""
    from gui.recipe_special_fields import BoxesField, ColorField, PlaceField  # noqa: PLC0415  # they build on these

    if about.choice is Gravity:
        return PlaceField(about)
    kinds: dict[Kind, type[RecipeField]] = {
        Kind.WHOLE: NumberField,
        Kind.NUMBER: NumberField,
        Kind.FLAG: FlagField,
        Kind.CHOICE: ChoiceField,
        Kind.TEXT: TextField,
        Kind.COLOR: ColorField,
        Kind.FILE: FileField,
        Kind.BOXES: BoxesField,
    }
    return kinds[about.kind](about)
