"""The plan, beside the window: what each name would be, and which of them collide."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.forecast import MOST_TOLD, Forecast
from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.command_bar import rule
from gui.elided_label import ElidedLabel
from gui.forecast_text import bound_line, forecast_line, place_line
from gui.plan_model import PlanColumn, PlanModel

_ROW: Final = 30
_MATTER_WIDTH: Final = 250


class PlanDialog(QDialog):
    """Shows one ``Forecast``; another may take its place while it is open."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Plan")
        self._forecast: Forecast | None = None
        self._model = PlanModel(appearance, self)
        self._headline = QLabel()
        self._place = ElidedLabel()
        self._bound = QLabel()
        self.collisions_only = QCheckBox("Collisions only")
        self.table = QTableView()
        self._build()
        self.resize(900, 560)

    def show_forecast(self, forecast: Forecast) -> None:
        """Show what Start would do; where names collide, these at first."""
        if forecast == self._forecast:
            return
        had_some = self._forecast is not None and bool(self._forecast.collisions)
        self._forecast = forecast
        self.collisions_only.setEnabled(bool(forecast.collisions))
        if not had_some or not forecast.collisions:
            self.collisions_only.setChecked(bool(forecast.collisions))
        self._headline.setText(forecast_line(forecast))
        self._place.show_text(place_line(forecast))
        self._refresh()

    def _refresh(self) -> None:
        forecast = self._forecast
        if forecast is None:
            return
        only = self.collisions_only.isChecked()
        self._model.show_names(forecast, collisions_only=only)
        shown = len(forecast.collisions if only else forecast.names)
        every = forecast.exists + forecast.shared + forecast.unusable if only else forecast.jobs
        words = bound_line(shown, every) if shown == MOST_TOLD else ""
        self._bound.setText(words)
        self._bound.setVisible(bool(words))

    def _build(self) -> None:
        self._headline.setFont(scaled_font(self.font(), 1.25, QFont.Weight.DemiBold))
        self._headline.setWordWrap(True)
        self._headline.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self._place, self._bound):
            label.setProperty("look", "secondary")
        self.collisions_only.toggled.connect(self._refresh)
        self._set_up_table()
        words = QVBoxLayout()
        words.setSpacing(spacing.TINY)
        words.addWidget(self._headline)
        words.addWidget(self._place)
        head = QHBoxLayout()
        head.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.LARGE)
        head.setSpacing(spacing.LARGE)
        head.addLayout(words, 1)
        head.addWidget(self.collisions_only, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, spacing.LARGE)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self.table, 1)
        column.addWidget(rule())
        column.addSpacing(spacing.LARGE)
        column.addLayout(self._foot())

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self._model)
        table.setObjectName("plan")
        table.setAccessibleName("Plan")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(_ROW)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PlanColumn.MATTER, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(PlanColumn.MATTER, _MATTER_WIDTH)

    def _foot(self) -> QHBoxLayout:
        buttons = QDialogButtonBox()
        close = buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.setContentsMargins(spacing.HUGE, 0, spacing.HUGE, 0)
        foot.addWidget(self._bound, 1)
        foot.addWidget(buttons)
        return foot
