"""The window: layout and wiring."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtCore import QByteArray, QPoint, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from core.interface import EngineInterface
from core.job import BatchReport, Drop, JobId, JobSnapshot, Order, RecipeTitle, RunState, Totals
from core.places import pictures_folder
from core.settings import Settings
from gui.action_states import action_states
from gui.actions import Actions
from gui.appearance import Appearance
from gui.arranging import Arranging
from gui.banner import Banner, Notice
from gui.closing import ask_to_close
from gui.columns import Column
from gui.command_bar import CommandBar, rule
from gui.commands import Commands
from gui.details import Details
from gui.drop import is_welcome, preview_of
from gui.drop_overlay import DropOverlay
from gui.empty_state import Emptiness, EmptyState
from gui.filter_pane import FilterPane
from gui.footer import Footer
from gui.job_model import JobModel
from gui.job_table import JobTable
from gui.notices import batch_notice
from gui.settings_dialog import SettingsDialog
from gui.setup_row import SetupRow
from gui.state_filter import StateFilter
from gui.status_line import unfinished

_PATIENCE: Final = 2500
_ROW_MENU: Final = (
    "open_file",
    "show_in_folder",
    "",
    "retry",
    "cancel",
    "",
    "copy_source",
    "toggle_details",
    "",
    "remove",
)
_DETAIL_ACTIONS: Final = ("open_file", "show_in_folder", "retry", "copy_source")
_FIRST_ACTIONS: Final = ("paste_links", "add_files", "add_folder")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class MainWindow(QMainWindow):
    """Shows what an engine does and passes on what the user wants.

    Signals:
        settings_changed: ``Settings``, to be stored.
        closed: nothing; the engine has shut down, or has had its time.
    """

    settings_changed = Signal(object)
    closed = Signal()

    def __init__(
        self,
        engine: EngineInterface,
        settings: Settings,
        appearance: Appearance,
        state: Mapping[str, str] = _NOTHING,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Fetchmill")
        self.setAcceptDrops(True)
        self._engine = engine
        self._settings = settings
        self._appearance = appearance
        self._totals = Totals(RunState.IDLE, {})
        self._ready = self._leaving = False
        self.settings_dialog: SettingsDialog | None = None
        self._make_parts()
        self._lay_out()
        self._wire_engine()
        self._wire_parts()
        self._restore(state)
        self._refresh_actions()
        self.filters.setFocus()

    # For app.py

    def submit(self, drop: Drop) -> None:
        """Add what the command line named."""
        self.commands.submit(drop)

    def give_back(self) -> None:
        """Let a new engine take over the jobs of one that was lost, and go on where that one was running."""
        self._engine.restore(tuple(self.model.jobs.values()))
        if self._totals.run is RunState.RUNNING:
            self._engine.start(self.setup.order())

    def tell(self, notice: Notice) -> None:
        """Show a message."""
        self.banner.tell(notice)

    def state(self) -> dict[str, str]:
        """How the window stands, for the next time."""
        return {
            "geometry": _encoded(self.saveGeometry()),
            "header": _encoded(self.table.header.saveState()),
            "details": "shown" if self._details_wanted else "hidden",
        }

    def leave(self) -> None:
        """Disappear at once, shut the engine down and say so with ``closed``."""
        if self._leaving:
            return
        self._leaving = True
        self._engine.closed.connect(self._tell_closed)
        QTimer.singleShot(_PATIENCE, self._tell_closed)
        self.hide()
        self._engine.shut_down()

    # Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        """See Qt; asks once where work is going on."""
        event.ignore()
        if self._totals.run is RunState.IDLE or not unfinished(self._totals):
            self.leave()
        else:
            ask_to_close(self, unfinished(self._totals), self.leave)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """See Qt."""
        if is_welcome(event.mimeData()):
            event.acceptProposedAction()
            self.overlay.announce(preview_of(event.mimeData()).sentence())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """See Qt."""
        if self.overlay.isVisible():
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """See Qt."""
        del event
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """See Qt."""
        self.overlay.hide()
        if is_welcome(event.mimeData()):
            event.acceptProposedAction()
            self.commands.submit_mime(event.mimeData())

    # Making

    def _make_parts(self) -> None:
        look = self._appearance
        self.model = JobModel(self)
        self.table = JobTable(self.model, look)
        self.arranging = Arranging(self.model, self.table.has_large_selection, self)
        order = Order(self._settings.destination or str(pictures_folder()), self._settings.recipe)
        self.setup = SetupRow(order, look)
        self.commands = Commands(self._engine, self.model, self.table, self.setup, self)
        self.actions_by_name = Actions(self.commands, look, self, self.table)
        actions = self.actions_by_name
        self.bar = CommandBar(actions, look)
        self.filters = FilterPane(look)
        self.banner = Banner(look)
        self.empty = EmptyState(look, [actions[name] for name in _FIRST_ACTIONS])
        self.details = Details(look, [actions[name] for name in _DETAIL_ACTIONS])
        self.footer = Footer()
        self.overlay = DropOverlay(look, self)
        self._details_wanted = True
        self.stack = QStackedWidget()

    def _lay_out(self) -> None:
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.stack.setCurrentWidget(self.empty)
        self.details.hide()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.filters)
        middle.addWidget(rule(upright=True))
        middle.addWidget(self._workspace(), 1)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.bar, self.setup, rule()):
            column.addWidget(widget)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addWidget(self.footer)
        self.setCentralWidget(central)
        self.setMinimumSize(860, 540)
        self.resize(1200, 760)

    def _workspace(self) -> QWidget:
        workspace = QFrame()
        workspace.setObjectName("workspace")
        column = QVBoxLayout(workspace)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        column.addWidget(self.details)
        return workspace

    def _wire_engine(self) -> None:
        engine = self._engine
        engine.ready.connect(self._take_ready)
        engine.jobs_added.connect(self._take_added)
        engine.jobs_changed.connect(self._take_changed)
        engine.jobs_removed.connect(self._take_removed)
        engine.batch_added.connect(self._take_batch)
        engine.totals_changed.connect(self._take_totals)

    def _wire_parts(self) -> None:
        self.commands.told.connect(self.tell)
        self.commands.settings_wanted.connect(self.show_settings)
        self.commands.search_wanted.connect(self._focus_search)
        self.commands.details_wanted.connect(self._want_details)
        self.commands.leave_wanted.connect(self.close)
        self.details.close_wanted.connect(self._hide_details)
        self.bar.search.search_changed.connect(self._search)
        self.bar.search.left_downwards.connect(self.table.setFocus)
        self.filters.chosen.connect(self._filter)
        self.table.header.sort_wanted.connect(self._sort)
        self.table.selection_altered.connect(self._refresh_current)
        self.table.menu_wanted.connect(self._show_row_menu)
        self.table.doubleClicked.connect(self.commands.open_file)
        self.setup.order_changed.connect(self._take_order)
        self.arranging.settled.connect(self._refresh_emptiness)
        self.model.modelReset.connect(self._refresh_current)

    # The engine speaks

    def _take_ready(self, recipes: tuple[RecipeTitle, ...]) -> None:
        self._ready = True
        self.setup.show_recipes(recipes)
        self._refresh_actions()

    def _take_added(self, jobs: tuple[JobSnapshot, ...]) -> None:
        self.model.add(jobs)
        self.arranging.note_added([job.id for job in jobs])
        self._refresh_emptiness()

    def _take_changed(self, jobs: tuple[JobSnapshot, ...]) -> None:
        self.model.change(jobs)
        self.arranging.note_changed()
        shown = self.details.job
        if shown is not None and any(job.id == shown.id for job in jobs):
            self._refresh_current()

    def _take_removed(self, ids: tuple[JobId, ...]) -> None:
        self.model.forget(ids)
        self.arranging.note_removed()
        self._refresh_current()

    def _take_batch(self, report: BatchReport) -> None:
        self.tell(batch_notice(report))

    def _take_totals(self, totals: Totals) -> None:
        self._totals = totals
        self.footer.show_totals(totals)
        self.filters.counts.show_counts(totals.counts)
        self._refresh_actions()

    # The user speaks

    def show_settings(self) -> None:
        """Open the settings, beside the window."""
        if self.settings_dialog is None:
            self.settings_dialog = SettingsDialog(self._settings, self)
            self.settings_dialog.saved.connect(self._take_settings)
        if not self.settings_dialog.isVisible():
            self.settings_dialog.show_settings(self._settings)
        self.settings_dialog.show()
        self.settings_dialog.raise_()
        self.settings_dialog.activateWindow()

    def _take_settings(self, changes: Mapping[str, Any]) -> None:
        settings = self._settings = replace(self._settings, **changes)
        self._appearance.use(settings.theme)
        self._engine.configure(settings)
        self.settings_changed.emit(settings)

    def _take_order(self, order: Order) -> None:
        changed = replace(self._settings, destination=order.destination, recipe=order.recipe)
        if changed != self._settings:
            self._settings = changed
            self.settings_changed.emit(changed)

    def _search(self, text: str) -> None:
        self.arranging.ask(self.arranging.criteria._replace(needle=text.casefold()))

    def _filter(self, chosen: StateFilter) -> None:
        self.arranging.ask(self.arranging.criteria._replace(states=chosen))

    def _sort(self, column: Column, descending: bool) -> None:  # noqa: FBT001 - a signal's arguments
        self.arranging.ask(self.arranging.criteria._replace(column=column, descending=descending))

    def _focus_search(self) -> None:
        self.bar.search.setFocus()
        self.bar.search.selectAll()

    def _want_details(self, shown: bool) -> None:  # noqa: FBT001 - a signal's argument
        self._details_wanted = shown
        self._refresh_current()

    def _hide_details(self) -> None:
        self._details_wanted = False
        self._refresh_current()

    def _show_row_menu(self, spot: QPoint) -> None:
        menu = QMenu(self)
        for name in _ROW_MENU:
            if name:
                menu.addAction(self.actions_by_name[name])
            else:
                menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(spot)

    # Keeping in step

    def _refresh_current(self) -> None:
        job = self.table.current_job()
        if job is not None:
            self.details.show_job(job)
        appears = job is not None and self._details_wanted and not self.details.isVisible()
        self.details.setVisible(job is not None and self._details_wanted)
        if appears:
            # When the layout has made room: the row that was clicked must not end up below the panel.
            QTimer.singleShot(0, self.table, self._show_current_row)
        self.actions_by_name["toggle_details"].setChecked(self._details_wanted)
        self._refresh_actions()

    def _show_current_row(self) -> None:
        self.table.scrollTo(self.table.currentIndex())

    def _refresh_actions(self) -> None:
        states = self.table.selected_states(self._totals.counts)
        has_file = self.commands.current_file() is not None
        self.actions_by_name.enable(action_states(self._totals, states, ready=self._ready, has_file=has_file))

    def _refresh_emptiness(self) -> None:
        if self.model.rows:
            self.stack.setCurrentWidget(self.table)
            return
        criteria = self.arranging.criteria
        if not self.model.jobs:
            reason = Emptiness.NOTHING_YET
        else:
            reason = Emptiness.NOT_FOUND if criteria.needle else Emptiness.NOT_IN_FILTER
        self.empty.explain(reason)
        self.stack.setCurrentWidget(self.empty)

    def _restore(self, state: Mapping[str, str]) -> None:
        self.restoreGeometry(_decoded(state.get("geometry", "")))
        self.table.header.restoreState(_decoded(state.get("header", "")))
        self._details_wanted = state.get("details") != "hidden"
        header = self.table.header
        self._sort(Column(header.sortIndicatorSection()), header.sortIndicatorOrder().value == 1)

    def _tell_closed(self) -> None:
        if self._leaving:
            self._engine.closed.disconnect(self._tell_closed)
            self._leaving = False
            self.closed.emit()


def _encoded(state: QByteArray) -> str:
    return base64.b64encode(bytes(state.data())).decode()


def _decoded(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text, validate=True))
    except ValueError:
        return QByteArray()
