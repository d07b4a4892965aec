"""The left side of the recipe editor: the steps, the outputs, and the steps of one output alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from core.images.recipe import Operation, Output, OutputFormat, Recipe
from core.images.relevance import begun
from gui import spacing
from gui.appearance import Appearance
from gui.recipe_draft import EVERYWHERE, Draft
from gui.recipe_menu import OperationMenu
from gui.recipe_steps import PartSection, Row
from gui.recipe_words import name_from, operation_title, operation_words, output_title, output_words

_NO_STEPS: Final = "No steps: pictures keep their size and look."
_NO_OUTPUTS: Final = "No outputs: files stay as they came."
_NO_OWN: Final = "No steps of its own."
_USUAL_NAMES: Final = {OutputFormat.KEEP: "same", OutputFormat.KEEP_FOR_WEB: "web"}


_T = TypeVar("_T")


class RecipeParts(QScrollArea):
    """Three lists, in which one line at most is chosen.

    Attributes:
        output: The output that is or was chosen last, from 0.

    Signals:
        chosen: nothing; another line is, or none.
    """

    chosen = Signal()

    def __init__(self, draft: Draft, appearance: Appearance) -> None:
        super().__init__()
        self._draft = draft
        self._operation: tuple[int, int] | None = None  # whose, and which
        self._is_output_chosen = False
        self.output = 0
        self.steps = PartSection(appearance, "Steps", "step")
        self.outputs = PartSection(appearance, "Outputs", "output")
        self.own = PartSection(appearance, "Steps of one output", "step for this output")
        self._menu = OperationMenu(self)
        self._adds_to = EVERYWHERE
        self._menu.chosen.connect(self._add_operation)
        self._build()
        self._wire()
        draft.changed.connect(self.refresh)
        self.refresh()

    def part(self) -> Operation | Output | None:
        """What is chosen."""
        if self._operation is not None:
            where, row = self._operation
            return self._draft.operations(where)[row]
        return self._draft.recipe.outputs[self.output] if self._is_output_chosen else None

    def step(self) -> int | None:
        """Which of the steps it is that lead to the output, from 0; None where it is none of them."""
        if self._operation is None:
            return None
        where, row = self._operation
        return row if where == EVERYWHERE else len(self._draft.recipe.operations) + row

    def put(self, part: Operation | Output, key: str) -> None:
        """This takes the place of what is chosen."""
        if isinstance(part, Output):
            self._draft.put_output(self.output, part, key)
        elif self._operation is not None:
            self._draft.put_operation(*self._operation, part, key)

    def choose_first(self) -> None:
        """The first step, or else the first output."""
        self.output = 0
        self._choose((EVERYWHERE, 0) if self._draft.recipe.operations else None, is_output=True)

    def refresh(self) -> None:
        """Show the recipe as it is."""
        recipe = self._draft.recipe
        self.output = max(0, min(self.output, len(recipe.outputs) - 1))
        self._keep_chosen(recipe)
        where, row = self._operation or (None, -1)
        self.steps.show_rows(
            _rows(recipe.operations), row if where == EVERYWHERE else -1, _NO_STEPS if recipe.outputs else ""
        )
        outputs = [Row(output_title(one), output_words(one)) for one in recipe.outputs]
        self.outputs.show_rows(outputs, self.output if self._is_output_chosen else -1, _NO_OUTPUTS)
        own = recipe.outputs[self.output].operations if recipe.outputs else ()
        self.own.setVisible(len(recipe.outputs) > 1 or bool(own))
        if recipe.outputs:
            self.own.show_title(f"Only for {output_title(recipe.outputs[self.output])}")
        self.own.show_rows(_rows(own), row if where == self.output else -1, _NO_OWN)

    # Choosing

    def _choose(self, operation: tuple[int, int] | None, *, is_output: bool = False) -> None:
        self._operation = operation
        self._is_output_chosen = is_output and operation is None and bool(self._draft.recipe.outputs)
        self.refresh()
        self.chosen.emit()

    def _keep_chosen(self, recipe: Recipe) -> None:
        """What is chosen may have gone by undoing."""
        if self._operation is not None:
            where, row = self._operation
            those = self._draft.operations(where) if where < len(recipe.outputs) else ()
            self._operation = (where, min(row, len(those) - 1)) if those else None
        self._is_output_chosen = self._is_output_chosen and bool(recipe.outputs)

    def _choose_output(self, row: int) -> None:
        self.output = row
        self._choose(None, is_output=True)

    # Changing

    def _ask_for_step(self, section: PartSection) -> None:
        self._adds_to = EVERYWHERE if section is self.steps else self.output
        self._menu.popup(section.add.mapToGlobal(QPoint(0, section.add.height())))

    def _add_operation(self, kind: type[Operation]) -> None:
        where = self._adds_to
        recipe = self._draft.recipe
        if not recipe.outputs:  # steps alone make nothing
            self._draft.put(recipe._replace(outputs=(Output(),)), "add")
        those = self._draft.operations(where)
        row = self._operation[1] + 1 if self._operation and self._operation[0] == where else len(those)
        self._draft.put_operations(where, (*those[:row], begun(kind), *those[row:]), "add")
        self._choose((where, row))
        (self.steps if where == EVERYWHERE else self.own).list.setFocus()

    def _add_output(self, like: Output | None = None) -> None:
        outputs = self._draft.recipe.outputs
        if not outputs:
            self._draft.put(self._draft.recipe._replace(outputs=(Output(),)))
            self._choose_output(0)
            return
        named: tuple[Output, ...] = ()
        for one in (*outputs, like or _as_discreet_as(outputs[-1])):
            names = {other.name for other in named}
            clashes = not one.name or one.name in names
            usual = one.name or _USUAL_NAMES.get(one.format, str(one.format.value))
            named = (*named, replace(one, name=name_from(usual, names)) if clashes else one)
        self._draft.put(self._draft.recipe._replace(outputs=named))
        self._choose_output(len(named) - 1)

    def _double(self, where: int) -> None:
        if self._operation is not None:
            row, those = self._operation[1], self._draft.operations(where)
            self._draft.put_operations(where, (*those[: row + 1], *those[row:]))
            self._choose((where, row + 1))

    def _remove(self, where: int) -> None:
        if self._operation is not None:
            row, those = self._operation[1], self._draft.operations(where)
            self._draft.put_operations(where, (*those[:row], *those[row + 1 :]))
            left = len(those) - 1
            self._choose((where, min(row, left - 1)) if left else None)

    def _remove_output(self) -> None:
        recipe, row = self._draft.recipe, self.output
        outputs = (*recipe.outputs[:row], *recipe.outputs[row + 1 :])
        if not outputs:
            recipe = recipe._replace(operations=())  # they would have nothing to be for
        self._draft.put(recipe._replace(outputs=outputs))
        self._choose_output(max(0, row - 1))

    def _move(self, where: int, source: int, target: int) -> None:
        self._draft.put_operations(where, _moved(self._draft.operations(where), source, target))
        self._choose((where, target))

    def _move_output(self, source: int, target: int) -> None:
        recipe = self._draft.recipe
        self._draft.put(recipe._replace(outputs=_moved(recipe.outputs, source, target)))
        self._choose_output(target)

    # Making

    def _build(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(spacing.SMALL, spacing.MEDIUM, spacing.SMALL, spacing.MEDIUM)
        column.setSpacing(spacing.LARGE)
        for section in (self.steps, self.outputs, self.own):
            column.addWidget(section)
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(200)

    def _wire(self) -> None:
        for section in (self.steps, self.own):
            self._wire_steps(section)
        outputs = self.outputs
        outputs.add_wanted.connect(self._add_output)
        outputs.list.picked.connect(self._choose_output)
        outputs.list.moved.connect(self._move_output)
        outputs.list.remove_wanted.connect(self._remove_output)
        outputs.list.double_wanted.connect(lambda: self._add_output(self._draft.recipe.outputs[self.output]))

    def _wire_steps(self, section: PartSection) -> None:
        def where() -> int:
            return EVERYWHERE if section is self.steps else self.output

        section.add_wanted.connect(lambda: self._ask_for_step(section))
        section.list.picked.connect(lambda row: self._choose((where(), row)))
        section.list.moved.connect(lambda source, target: self._move(where(), source, target))
        section.list.remove_wanted.connect(lambda: self._remove(where()))
        section.list.double_wanted.connect(lambda: self._double(where()))


def _rows(operations: Sequence[Operation]) -> list[Row]:
    return [Row(operation_title(type(one)), operation_words(one)) for one in operations]


def _moved(those: tuple[_T, ...], source: int, target: int) -> tuple[_T, ...]:
    left = [*those[:source], *those[source + 1 :]]
    left.insert(target, those[source])
    return tuple(left)


def _as_discreet_as(other: Output) -> Output:
    """A further output that tells no more of where, when and by whom a picture was taken."""
    return Output(
        format=OutputFormat.WEBP,
        exif=other.exif,
        xmp=other.xmp,
        iptc=other.iptc,
        gps=other.gps,
        copyright=other.copyright,
    )
