"""The window: layout and wiring."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedWidget

from core.interface import EngineInterface
from core.job import BatchReport, Drop, JobId, JobSnapshot, Order, RecipeTitle, RunState, Totals
from core.places import pictures_folder
from core.report import Exported
from core.settings import Settings
from gui.action_states import Situation, action_states, edit_text, retry_text
from gui.actions import Actions
from gui.adding import Adding
from gui.appearance import Appearance
from gui.arranging import Arranging
from gui.banner import Banner, Choice, Notice
from gui.closing import ask_to_close
from gui.columns import Column
from gui.command_bar import CommandBar
from gui.commands import Commands
from gui.details import Details
from gui.drop_window import DropWindow
from gui.editing import Editing
from gui.empty_state import Emptiness, EmptyState
from gui.filter_pane import FilterPane
from gui.footer import Footer
from gui.foreseeing import Foreseeing
from gui.helping import Helping
from gui.job_model import JobModel
from gui.job_table import JobTable
from gui.name_question import NameQuestion
from gui.notices import batch_notice, exported_notice
from gui.recipe_editing import RecipeEditing
from gui.reporting import Reporting
from gui.restarting import Restarting
from gui.row_menu import row_menu
from gui.setup_row import SetupRow
from gui.state_filter import StateFilter
from gui.status_line import unfinished
from gui.tidying import Tidying
from gui.trouble_watch import TroubleWatch
from gui.undoing import Undoing
from gui.window_layout import page_of, workspace_of
from gui.window_state import restore, state_of

if TYPE_CHECKING:
    from gui.settings_dialog import SettingsDialog

_PATIENCE: Final = 2500
_DETAIL_ACTIONS: Final = ("open_file", "show_in_folder", "retry", "copy_source")
_FIRST_ACTIONS: Final = ("paste_links", "add_files", "add_folder")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class MainWindow(DropWindow):
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
        super().__init__(appearance)
        self.setWindowTitle("Fetchmill")
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
        self._details_wanted = restore(self, self.table.header, state)
        self._sort_as_shown()
        self._refresh_actions()
        self.filters.setFocus()

    # For app.py

    def submit(self, drop: Drop) -> None:
        """Add what the command line named."""
        self.adding.submit(drop)

    def begin_anew(self) -> None:
        """A new engine has taken the place of one that was lost: it sends all jobs again."""
        self._ready = False
        self.arranging.clear()
        self.trouble.forget()
        self.undoing.forget()
        self.question.forget()
        self.foreseeing.forget()
        self.restarting.note_lost_engine()
        self._take_totals(Totals(RunState.IDLE, {}))
        self.footer.show_beginning()

    def tell(self, notice: Notice) -> None:
        """Show a message."""
        self.banner.tell(notice)

    def state(self) -> dict[str, str]:
        """How the window stands, for the next time."""
        return state_of(self, self.table.header, details=self._details_wanted)

    def leave(self) -> None:
        """Disappear at once, shut the engine down and say so with ``closed``."""
        if self._leaving:
            return
        self._leaving = True
        self._engine.closed.connect(self._tell_closed)
        QTimer.singleShot(_PATIENCE, self._tell_closed)
        self.hide()
        self.recipe_editing.leave()
        self._engine.shut_down()

    # Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        """See Qt; asks once where work is going on."""
        event.ignore()
        if not self.recipe_editing.may_leave():
            return
        if self._totals.run is not RunState.RUNNING or not unfinished(self._totals):
            self.leave()
        else:
            ask_to_close(self, unfinished(self._totals), self.leave)

    # Making

    def _make_parts(self) -> None:
        look = self._appearance
        self.model = JobModel(self)
        self.table = JobTable(self.model, look)
        self.arranging = Arranging(self.model, self.table.has_large_selection, self)
        order = Order(self._settings.destination or str(pictures_folder()), self._settings.recipe)
        self.setup = SetupRow(order, look)
        self.banner = Banner(look)
        self._make_performers()
        actions = self.actions_by_name
        self.bar = CommandBar(actions, look)
        self.filters = FilterPane(look)
        self.empty = EmptyState(look, [actions[name] for name in _FIRST_ACTIONS])
        self.details = Details(look, [actions[name] for name in _DETAIL_ACTIONS], actions["edit_source"])
        self.footer = Footer()
        self._details_wanted = True
        self.stack = QStackedWidget()

    def _make_performers(self) -> None:
        engine, banner, look = self._engine, self.banner, self._appearance
        self.restarting = Restarting(engine, banner, lambda: self._settings, self)
        self.trouble = TroubleWatch(engine, banner, self)
        self.undoing = Undoing(engine, banner, self)
        self.adding = Adding(engine, look, self)
        self.commands = Commands(engine, self.model, self.table, self.setup, self.restarting, self)
        self.question = NameQuestion(engine, banner, self.commands, self.table, self)
        self.foreseeing = Foreseeing(engine, self.setup, lambda: self._settings, look, self)
        self.tidying = Tidying(engine, self.table, self.undoing, self)
        self.reporting = Reporting(engine, banner, self.commands, look, self)
        self.editing = Editing(engine, self.model, self.table, self.commands, self)
        self.recipe_editing = RecipeEditing(engine, self.model, self.table, self.setup, look, self)
        self.helping = Helping(engine, banner, lambda: self._settings, look, self)
        planners = (self.foreseeing, self.recipe_editing)
        performers = (
            *(self.commands, self.adding, self.tidying, self.editing, self.question, *planners),
            self.helping,
        )
        self.actions_by_name = Actions(performers, look, self, self.table)
        self.setup.offer_editing(self.actions_by_name["edit_recipe"], self.actions_by_name["new_recipe"])

    def _lay_out(self) -> None:
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.stack.setCurrentWidget(self.empty)
        self.details.hide()
        workspace = workspace_of(self.banner, self.stack, self.details)
        self.setCentralWidget(
            page_of((self.bar, self.setup, self.foreseeing.line), self.filters, workspace, self.footer)
        )
        self.setMinimumSize(960, 540)
        self.resize(1200, 760)

    def _wire_engine(self) -> None:
        engine = self._engine
        engine.ready.connect(self._take_ready)
        engine.jobs_added.connect(self._take_added)
        engine.jobs_changed.connect(self._take_changed)
        engine.jobs_removed.connect(self._take_removed)
        engine.batch_added.connect(self._take_batch)
        engine.totals_changed.connect(self._take_totals)
        engine.exported.connect(self._take_exported)

    def _wire_parts(self) -> None:
        self.dropped.connect(self.adding.submit_mime)
        self.adding.told.connect(self.tell)
        self.commands.told.connect(self.tell)
        self.commands.report_wanted.connect(self.reporting.show)
        self.reporting.there_is_one.connect(self._refresh_actions)
        self.commands.settings_wanted.connect(self.show_settings)
        self.commands.search_wanted.connect(self._focus_search)
        self.commands.details_wanted.connect(self._want_details)
        self.commands.leave_wanted.connect(self.close)
        self.foreseeing.changed.connect(self._refresh_actions)
        self.details.close_wanted.connect(self._hide_details)
        self.details.answered.connect(self.question.answer)
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
        self.footer.show_totals(self._totals, self.question.count)
        self._refresh_emptiness()
        self._refresh_actions()

    def _take_added(self, jobs: tuple[JobSnapshot, ...]) -> None:
        at_end = self.model.add(jobs)
        self.arranging.note_added([job.id for job in jobs], at_end=at_end)
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

    def _take_exported(self, exported: Exported) -> None:
        folder = str(Path(exported.path).parent)
        show = Choice("Show in folder", lambda: self.commands.open_folder(folder))
        self.tell(exported_notice(exported, (show,)))

    def _take_totals(self, totals: Totals) -> None:
        self._totals = totals
        self.footer.show_totals(totals, self.question.count)
        self.filters.counts.show_counts(totals.counts)
        self._refresh_actions()

    # The user speaks

    def show_settings(self) -> None:
        """Open the settings, beside the window."""
        if self.settings_dialog is None:
            from gui.settings_dialog import SettingsDialog  # noqa: PLC0415  # the window is there sooner without it

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
        self.foreseeing.renew()
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

    def _sort_as_shown(self) -> None:
        header = self.table.header
        self._sort(Column(header.sortIndicatorSection()), header.sortIndicatorOrder().value == 1)

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
        row_menu(self.actions_by_name, self).popup(spot)

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
        situation = Situation(
            totals=self._totals,
            selected=self.table.selected_states(self._totals.counts),
            current=self.table.current_job(),
            ready=self._ready,
            has_file=self.commands.current_file() is not None,
            has_report=self.reporting.summary is not None,
            has_plan=self.foreseeing.can_show,
            several=self.table.has_several_selected,
        )
        self.actions_by_name.enable(action_states(situation))
        self.actions_by_name.show_text("retry", retry_text(situation.selected))
        self.actions_by_name.show_text("edit_source", edit_text(situation))

    def _refresh_emptiness(self) -> None:
        if self.model.rows:
            self.stack.setCurrentWidget(self.table)
            return
        criteria = self.arranging.criteria
        if not self.model.jobs:
            reason = Emptiness.NOTHING_YET if self._ready else Emptiness.NOT_READ
        else:
            reason = Emptiness.NOT_FOUND if criteria.needle else Emptiness.NOT_IN_FILTER
        self.empty.explain(reason)
        self.stack.setCurrentWidget(self.empty)

    def _tell_closed(self) -> None:
        if self._leaving:
            self._engine.closed.disconnect(self._tell_closed)
            self._leaving = False
            self.closed.emit()
