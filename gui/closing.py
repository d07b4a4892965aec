"""The one question that the program asks: whether to stop work that is going on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.formatting import counted


def ask_to_close(window: QWidget, left: int, leave: Callable[[], None]) -> None:
    """Ask, without waiting for the answer, and leave if it is yes.

    Args:
        window: That is to be closed.
        left: How many jobs have not ended.
        leave: What to do then.
    """
    if window.findChild(QMessageBox) is not None:
        return
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("Close Fetchmill")
    box.setText("Stop and close?")
    verb = "has" if left == 1 else "have"
    box.setInformativeText(
        f"{counted(left, 'job')} {verb} not ended yet. Nothing is lost: finished files stay where they are, and all"
        " else goes on from there at the next start."
    )
    keep = box.addButton("Keep running", QMessageBox.ButtonRole.RejectRole)
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(keep)
    stop.clicked.connect(leave)
    box.open()
