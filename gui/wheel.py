"""Fields that leave the mouse wheel to the page that they stand on."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class _Unmoved(QObject):
    """Passes the wheel on, for as long as the field is not the one that is being edited."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See Qt."""
        if event.type() is QEvent.Type.Wheel and not self._field.hasFocus():
            event.ignore()  # so Qt offers it to the page
            return True
        return super().eventFilter(watched, event)


def leave_wheel_to_page(field: QWidget) -> None:
    """Have a field's value stay as it is while somebody scrolls past it."""
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel
    field.installEventFilter(_Unmoved(field))
