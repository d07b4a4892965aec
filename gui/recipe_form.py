"""The form for one part of a recipe, made from its declaration."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QFont, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.images.recipe import Operation, Output
from core.images.relevance import all_asked, asked_of, completed
from gui import spacing
from gui.appearance import scaled_font
from gui.recipe_fields import FlagField, RecipeField, field_for
from gui.recipe_special_fields import BoxesField, PlaceField
from gui.recipe_words import operation_tip, operation_title, unit_words

Part = Operation | Output

_OUTPUT_NAME: Final = "[a-z0-9]+(-[a-z0-9]+)*"
_SECTIONS: Final = {
    "target-size": "Size of the file",
    "exif": "Metadata",
    "colors": "Colours and frames",
    "names": "Name",
}
"""Headings in an output's long form, above the parameter of that name."""


class _Row(NamedTuple):
    """A field and its words."""

    field: RecipeField
    label: QWidget | None


class _Page(QWidget):
    """The form for one kind of part.

    Signals:
        edited: A parameter's name.
        region_chosen: The number of a region, from 0.
    """

    edited = Signal(str)
    region_chosen = Signal(int)

    def __init__(self, kind: type[Part]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.area = QScrollArea()
        self._rows: dict[str, _Row] = {}
        self._headings: list[tuple[QLabel, list[str]]] = []
        self.name = QLineEdit()
        self._name_label = _label("Name")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(spacing.MEDIUM)
        self._grid.setVerticalSpacing(spacing.SMALL)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, 104)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing.LARGE, spacing.MEDIUM, spacing.LARGE, spacing.LARGE)
        column.setSpacing(spacing.MEDIUM)
        self._add_title(column, kind)
        if kind is Output:
            self._add_name()
        for about in all_asked(kind):
            self._add(field_for(about))
        if not self._rows:
            column.addWidget(_label("There is nothing to be told."))
        column.addLayout(self._grid)
        column.addStretch(1)
        self.area.setWidget(self)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the fields take it
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_part(self, part: Part) -> None:
        """Fill the fields, and show those that mean anything."""
        asked = {one.name for one in asked_of(part)}
        for name, row in self._rows.items():
            row.field.set_value(getattr(part, name.replace("-", "_")))
            row.field.setVisible(name in asked)
            if row.label is not None:
                row.label.setVisible(name in asked)
        for heading, names in self._headings:
            heading.setVisible(not asked.isdisjoint(names))
        if isinstance(part, Output) and self.name.text() != part.name:
            self.name.setText(part.name)

    def field(self, name: str) -> RecipeField:
        """The field of that parameter."""
        return self._rows[name].field

    def follow(self, before: QWidget) -> None:
        """Have the keys come here after that one: Qt puts what is made later at the window's end."""
        # As they were made, which is as they stand.
        for one in self.findChildren(QWidget):
            takes_keys = one.focusPolicy() != Qt.FocusPolicy.NoFocus and one.focusProxy() is None
            if takes_keys and one.window() is self.window():
                QWidget.setTabOrder(before, one)
                before = one

    def fields(self) -> Sequence[RecipeField]:
        """Those that are shown."""
        return [row.field for row in self._rows.values() if not row.field.isHidden()]

    def show_name(self, *, shown: bool) -> None:
        """Ask for the output's name, or not: the only one needs none."""
        self.name.setVisible(shown)
        self._name_label.setVisible(shown)

    def _add_title(self, column: QVBoxLayout, kind: type[Part]) -> None:
        is_output = kind is Output
        title = QLabel("Output" if issubclass(kind, Output) else operation_title(kind))
        title.setFont(scaled_font(self.font(), 1.2, QFont.Weight.DemiBold))
        about = _label("What is written." if is_output or issubclass(kind, Output) else operation_tip(kind))
        about.setWordWrap(True)
        column.addWidget(title)
        column.addWidget(about)

    def _add_name(self) -> None:
        self.name.setAccessibleName("Output name")
        self.name.setPlaceholderText("web, thumb …")
        self.name.setToolTip("Lower-case letters, digits and hyphens; it stands in file names")
        self.name.setValidator(QRegularExpressionValidator(QRegularExpression(_OUTPUT_NAME), self.name))
        self.name.textEdited.connect(lambda: self.edited.emit("name"))
        self._name_label.setText("Name")
        self._grid.addWidget(self._name_label, 0, 0)
        self._grid.addWidget(self.name, 0, 1)

    def _add(self, field: RecipeField) -> None:
        about, row = field.about, self._grid.rowCount()
        if (about.name in _SECTIONS and about.choice is not None) or about.name in ("target-size", "names"):
            self._add_heading(_SECTIONS[about.name], row)
            row += 1
        if self._headings:
            self._headings[-1][1].append(about.name)
        label: QWidget | None = None
        if not isinstance(field, FlagField):
            label = _words(field)
            top = Qt.AlignmentFlag.AlignTop if isinstance(field, PlaceField) else Qt.AlignmentFlag(0)
            self._grid.addWidget(label, row, 0, 1, 2 if field.is_wide else 1, top)
        if field.is_wide:
            self._grid.addWidget(field, row + 1, 0, 1, 2)
        else:
            self._grid.addWidget(field, row, 0 if label is None else 1, 1, 2 if label is None else 1)
        self._rows[about.name] = _Row(field, label)
        field.changed.connect(lambda: self.edited.emit(about.name))
        if isinstance(field, BoxesField):
            field.chosen.connect(self.region_chosen)

    def _add_heading(self, text: str, row: int) -> None:
        heading = QLabel(text)
        heading.setFont(scaled_font(self.font(), 1.0, QFont.Weight.DemiBold))
        heading.setContentsMargins(0, spacing.MEDIUM, 0, 0)
        self._grid.addWidget(heading, row, 0, 1, 2)
        self._headings.append((heading, []))


class RecipeForm(QStackedWidget):
    """The form for the part that is chosen.

    Args:
        before: From where the keys come here; None where nothing is before it.

    Signals:
        edited: The part as it is now, and the name of the parameter that was changed.
        region_chosen: The number of a region, from 0.
        fault_changed: ``str``: what is wrong with what was typed; empty where nothing is.
    """

    edited = Signal(object, str)
    region_chosen = Signal(int)
    fault_changed = Signal(str)

    def __init__(self, before: QWidget | None = None) -> None:
        super().__init__()
        self._before = before
        self._part: Part | None = None
        self._pages: dict[type[Part], _Page] = {}
        self._nothing = QLabel("Choose a step or an output on the left, or add one.")
        self._nothing.setProperty("look", "secondary")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setContentsMargins(spacing.HUGE, 0, spacing.HUGE, 0)
        self.addWidget(self._nothing)

    def show_part(self, part: Part | None, *, named: bool = False) -> None:
        """Show this one; None for none.

        Args:
            part: What is chosen.
            named: Whether an output needs a name.
        """
        self._part = part
        if part is None:
            self.setCurrentWidget(self._nothing)
            return
        page = self._page(type(part))
        page.show_part(part)
        if isinstance(part, Output):
            page.show_name(shown=named)
        self.setCurrentWidget(page.area)
        self.fault_changed.emit(self.fault())

    def fault(self) -> str:
        """What is wrong with what was typed, one sentence."""
        page = self._pages.get(type(self._part)) if self._part is not None else None
        return next(filter(None, (field.problem() for field in page.fields())), "") if page else ""

    def choose_region(self, at: int) -> None:
        """Choose one of the regions, where there are any; it is told to nobody."""
        page = self._pages.get(type(self._part)) if self._part is not None else None
        for field in page.fields() if page is not None else ():
            if isinstance(field, BoxesField):
                field.choose(at)

    def field(self, name: str) -> RecipeField:
        """The field of that parameter, of the part that is shown."""
        assert self._part is not None  # noqa: S101  # there is none to ask for else
        return self._pages[type(self._part)].field(name)

    def _page(self, kind: type[Part]) -> _Page:
        if kind not in self._pages:
            page = self._pages[kind] = _Page(kind)
            page.edited.connect(self._take)
            page.region_chosen.connect(self.region_chosen)
            self.addWidget(page.area)
            if self._before is not None:
                page.follow(self._before)
        return self._pages[kind]

    def _take(self, name: str) -> None:
        part, fault = self._part, self.fault()
        if part is None:
            return
        page = self._pages[type(part)]
        if name == "name" or not page.field(name).problem():
            value = page.name.text() if name == "name" else page.field(name).value()
            part = replace(part, **{name.replace("-", "_"): value})  # type: ignore[arg-type]  # by its own names
            self._part = part = part if isinstance(part, Output) else completed(part)
            page.show_part(part)  # others may mean something now
            fault = self.fault()
            self.edited.emit(part, name)
        self.fault_changed.emit(fault)


def _words(field: RecipeField) -> QLabel:
    _, rest = unit_words(field.about)
    label = _label(f"{field.about.title} ({rest})" if rest else field.about.title)
    label.setWordWrap(True)
    label.setBuddy(field)
    label.setAccessibleName(f"{field.about.title}:")  # the field alone is called by the name
    label.setMinimumHeight(30)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return label


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("look", "secondary")
    return label
