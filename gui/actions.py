"""Everything the user can do, in one table: text, icon, shortcut, slot, tooltip."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gui.appearance import Appearance


class ActionTrait(NamedTuple):
    """One action.

    Attributes:
        name: Also the name of the method that it calls, of ``Commands``, ``Adding``, ``Tidying``, ``Editing``, ``NameQuestion``,
            ``Foreseeing``, ``RecipeEditing`` or ``Helping``.
        text: On the screen and for assistive programs.
        icon: Name of the drawing.
        keys: Shortcuts in Qt's portable spelling, the first one shown in menus.
        tip: One sentence in the tooltip.
        checkable: Whether it stays pressed.
        in_table: Whether its shortcuts count only where the table has the focus.
    """

    name: str
    text: str
    icon: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    checkable: bool = False
    in_table: bool = False


ACTIONS: Final = (
    ActionTrait("add", "Add", "add", ("Ctrl+N",), "Add URLs, one or many"),
    ActionTrait("paste_links", "Paste URLs…", "paste", (), "Open a field for URLs, one or many"),
    ActionTrait("add_files", "Add files…", "files", ("Ctrl+O",), "Add pictures or lists of URLs"),
    ActionTrait(
        "add_folder", "Add folder…", "folder", ("Ctrl+Shift+O",), "Add all pictures and lists in a folder"
    ),
    ActionTrait("add_clipboard", "Add from clipboard", "paste", ("Ctrl+V",), "Add what was copied"),
    ActionTrait(
        "import_list", "Import list…", "import", (), "Bring back jobs that were exported, as they were"
    ),
    ActionTrait("start", "Start", "start", ("F5",), "Download and process everything that waits"),
    ActionTrait("pause", "Pause", "pause", ("Ctrl+P",), "Stop for now, or go on; what has arrived is kept"),
    ActionTrait("cancel", "Cancel", "cancel", (), "Give up the selected jobs, or all that are left"),
    ActionTrait(
        "retry_failed", "Retry failed", "retry", ("Ctrl+Shift+R",), "Try everything that failed again"
    ),
    ActionTrait(
        "remove",
        "Remove",
        "remove",
        ("Del",),
        "Take the selected jobs off the list; files stay",
        in_table=True,
    ),
    ActionTrait(
        "clear_finished",
        "Clear finished",
        "clear",
        (),
        "Take what is done or skipped off the list; files stay",
    ),
    ActionTrait("undo", "Undo", "undo", ("Ctrl+Z",), "Put back what was taken off the list last"),
    ActionTrait(
        "export_list",
        "Export list…",
        "export",
        ("Ctrl+S",),
        "Write the jobs to a file with all that is known",
    ),
    ActionTrait("export_links", "Export URLs…", "export", (), "Write the URLs to a file, a line each"),
    ActionTrait("export_failed", "Export failed…", "export", (), "Write the URLs of what failed to a file"),
    ActionTrait("show_plan", "Plan", "document", (), "What Start would do, and which names collide"),
    ActionTrait("report", "Report", "report", ("Ctrl+D",), "What came of the last run"),
    ActionTrait(
        "edit_recipe",
        "Edit recipe…",
        "edit",
        ("Ctrl+Shift+E",),
        "See and change what is made of pictures, before and after",
    ),
    ActionTrait("new_recipe", "New recipe…", "add", (), "Begin a recipe of your own"),
    ActionTrait("settings", "Settings", "settings", ("Ctrl+,",), "Speed, tries, files, appearance"),
    ActionTrait("find", "Search", "search", ("Ctrl+F",), "Search names and addresses"),
    ActionTrait("open_file", "Open", "open", ("Return", "Enter"), "Open the finished file", in_table=True),
    ActionTrait(
        "show_in_folder",
        "Show in folder",
        "show-in-folder",
        ("Ctrl+Return",),
        "Open the file's folder",
        in_table=True,
    ),
    ActionTrait("retry", "Retry", "retry", ("Ctrl+R",), "Try the selected jobs again"),
    ActionTrait(
        "refresh", "Check for changes", "refresh", (), "Ask the server whether the file has changed there"
    ),
    ActionTrait(
        "retry_cause", "Retry all with this cause", "retry", (), "Try all again that failed for this reason"
    ),
    ActionTrait("retry_host", "Retry all from this host", "retry", (), "Try all again that failed there"),
    ActionTrait("skip_taken", "Skip, as the file exists", "skipped", (), "Leave the file that is there"),
    ActionTrait(
        "rename_taken",
        "Keep both, with a number",
        "files",
        (),
        "Leave the file that is there, and number the new one",
    ),
    ActionTrait("replace_taken", "Replace the existing file", "redo", (), "Put the new file in its place"),
    ActionTrait("copy_source", "Copy URL", "copy", ("Ctrl+C",), "Copy where it comes from", in_table=True),
    ActionTrait(
        "edit_source",
        "Edit URL…",
        "edit",
        ("Ctrl+E",),
        "Give it another URL or other headers; what has arrived is kept",
    ),
    ActionTrait("select_batch", "Select batch", "all", (), "Select all that was added together with it"),
    ActionTrait("invert_selection", "Invert selection", "all", ("Ctrl+I",), "Select what is not selected"),
    ActionTrait(
        "start_or_pause", "Start or pause", "start", ("Space",), "Start, pause or go on", in_table=True
    ),
    ActionTrait(
        "toggle_details",
        "Details",
        "neutral",
        ("Alt+Return",),
        "Show details of the current job",
        checkable=True,
    ),
    ActionTrait("shortcuts", "Keyboard shortcuts", "document", ("F1",), "What the keys do"),
    ActionTrait(
        "copy_diagnostics",
        "Copy diagnostics",
        "copy",
        (),
        "Copy versions, settings and the end of the logs, without secrets, for a report of a fault",
    ),
    ActionTrait(
        "open_log_folder", "Open log folder", "show-in-folder", (), "Where logs and reports of crashes are"
    ),
    ActionTrait("about", "About Fetchmill", "neutral", (), "Version and licence"),
    ActionTrait("leave", "Quit", "close", ("Ctrl+Q",), "Close Fetchmill"),
)


class Actions(QObject):
    """The actions as Qt knows them, by name.

    Args:
        performers: What has a method for each of them.
        appearance: Gives the icons.
        window: Where shortcuts count.
        table: Where those that are the table's count.
    """

    def __init__(
        self, performers: Sequence[object], appearance: Appearance, window: QWidget, table: QWidget
    ) -> None:
        super().__init__(window)
        self._appearance = appearance
        self._by_name: dict[str, QAction] = {}
        for trait in ACTIONS:
            action = self._made(trait, _slot(performers, trait.name))
            (table if trait.in_table else window).addAction(action)
        self._dress()
        appearance.changed.connect(self._dress)

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def enable(self, states: dict[str, bool]) -> None:
        """Enable and disable actions by name."""
        for name, enabled in states.items():
            self._by_name[name].setEnabled(enabled)

    def show_text(self, name: str, text: str) -> None:
        """Call an action otherwise, as it would do something else now."""
        self._by_name[name].setText(text)

    def _made(self, trait: ActionTrait, slot: Callable[..., None]) -> QAction:
        action = QAction(trait.text, self)
        action.setObjectName(trait.name)
        action.setProperty("drawing", trait.icon)
        action.setCheckable(trait.checkable)
        action.setShortcuts([QKeySequence(key) for key in trait.keys])
        if trait.in_table:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{trait.tip} ({shown})" if shown else trait.tip)
        action.triggered.connect(slot)
        self._by_name[trait.name] = action
        return action

    def _dress(self) -> None:
        for trait in ACTIONS:
            self._by_name[trait.name].setIcon(self._appearance.icon(trait.icon))


def _slot(performers: Sequence[object], name: str) -> Callable[..., None]:
    slot: Callable[..., None] = next(getattr(each, name) for each in performers if hasattr(each, name))
    return slot
