"""The recipe that is being edited, with the way back."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from core.images.recipe import Operation, Output, Recipe

EVERYWHERE: Final = -1
"""In place of an output's number: the operations that are for all of them."""


class Draft(QObject):
    """A recipe and its earlier and later states; each is a value, so that going back is taking another.

    Attributes:
        recipe: As it stands.

    Signals:
        changed: nothing; it is another now.
    """

    changed = Signal()

    def __init__(self, recipe: Recipe, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recipe = recipe
        self._saved = recipe
        self._past: list[Recipe] = []
        self._future: list[Recipe] = []
        self._key = ""

    @property
    def is_changed(self) -> bool:
        """Whether it is not as it was saved or begun."""
        return self.recipe != self._saved

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a later state."""
        return bool(self._future)

    def begin(self, recipe: Recipe) -> None:
        """Edit another one."""
        self.recipe = self._saved = recipe
        self._past.clear()
        self._future.clear()
        self._key = ""
        self.changed.emit()

    def put(self, recipe: Recipe, key: str = "") -> None:
        """The recipe has become this one.

        Args:
            recipe: The whole of it.
            key: What was changed. Changes of the same thing in a row are one step back; those without a key never.
        """
        if recipe == self.recipe:
            return
        if not key or key != self._key:
            self._past.append(self.recipe)
        self._key = key
        self._future.clear()
        self.recipe = recipe
        self.changed.emit()

    def note_saved(self, written: Recipe, name: str) -> None:
        """This state is in the file now, which gave it a name; what was changed since is still a change."""
        self._saved = written._replace(name=name)
        self.recipe = self.recipe._replace(name=name)
        self._key = ""
        self.changed.emit()

    def undo(self) -> None:
        """Go back a step."""
        self._go(self._past, self._future)

    def redo(self) -> None:
        """Go forward again."""
        self._go(self._future, self._past)

    def reset(self) -> None:
        """Be as it was saved or begun; that is a step, too."""
        self.put(self._saved)

    # Parts

    def operations(self, where: int) -> tuple[Operation, ...]:
        """Those for all outputs (``EVERYWHERE``), or those of one alone."""
        return self.recipe.operations if where == EVERYWHERE else self.recipe.outputs[where].operations

    def put_operations(self, where: int, operations: tuple[Operation, ...], key: str = "") -> None:
        """These take the place of all that were there."""
        if where == EVERYWHERE:
            self.put(self.recipe._replace(operations=operations), key)
        else:
            self.put_output(where, replace(self.recipe.outputs[where], operations=operations), key)

    def put_operation(self, where: int, row: int, operation: Operation, key: str) -> None:
        """This takes the place of one."""
        those = self.operations(where)
        self.put_operations(where, (*those[:row], operation, *those[row + 1 :]), f"{where} {row} {key}")

    def put_output(self, row: int, output: Output, key: str = "") -> None:
        """This takes the place of one."""
        those = self.recipe.outputs
        outputs = (*those[:row], output, *those[row + 1 :])
        self.put(self.recipe._replace(outputs=outputs), f"output {row} {key}" if key else "")

    def _go(self, there: list[Recipe], back: list[Recipe]) -> None:
        if there:
            back.append(self.recipe)
            self.recipe = there.pop()._replace(
                name=self.recipe.name
            )  # its file's, which saving may have given it
            self._key = ""
            self.changed.emit()
