"""What can be done with a row, where it is."""

from typing import Final

from PySide6.QtWidgets import QMenu, QWidget

from gui.actions import Actions

_GROUPS: Final = (
    ("open_file", "show_in_folder"),
    ("skip_taken", "rename_taken", "replace_taken"),
    ("retry", "refresh", "retry_cause", "retry_host", "cancel"),
    ("copy_source", "edit_source", "select_batch", "toggle_details"),
    ("remove",),
)
# These stand in the menu only where they can be chosen: they are about one kind of row.
_RARE: Final = frozenset(
    {"refresh", "retry_cause", "retry_host", "skip_taken", "rename_taken", "replace_taken"}
)


def row_menu(actions: Actions, parent: QWidget) -> QMenu:
    """A menu that is gone once it is closed."""
    menu = QMenu(parent)
    for group in _GROUPS:
        offered = [actions[n] for n in group if n not in _RARE or actions[n].isEnabled()]
        if offered and menu.actions():
            menu.addSeparator()
        menu.addActions(offered)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
