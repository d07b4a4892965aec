"""The field for speed limits by the hour: a line for each period, and what holds at the moment."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from core.speed_schedule import MOST_LIMIT, Days, SpeedPeriod, limit_at, next_change, wall_clock
from gui import spacing
from gui.formatting import speed_text
from gui.named_box import NamedBox
from gui.setting_editors import SettingEditor
from gui.wheel import leave_wheel_to_page

_MEGABYTE: Final = 1_000_000
_DAY_NAMES: Final = {
    Days.EVERY_DAY: "Every day",
    Days.WEEKDAYS: "Monday to Friday",
    Days.WEEKENDS: "Saturday, Sunday",
}
_WEEK: Final = tuple(day.value.capitalize() for day in Days if len(day.numbers) == 1)
_AT_FIRST: Final = SpeedPeriod(Days.WEEKDAYS, time(8), time(18), 500_000)
_THEN: Final = SpeedPeriod(Days.EVERY_DAY, time(22), time(6), None)
_DAYS_WIDTH: Final = 168
_TIME_WIDTH: Final = 82
_LIMIT_WIDTH: Final = 128


def now_text(moment: datetime, usual: int | None, schedule: Sequence[SpeedPeriod]) -> str:
    """What holds at the moment, and until when: ``Now 500 KB/s, until 18:00``; empty without periods."""
    if not schedule:
        return ""
    limit, change = limit_at(moment, usual, schedule), next_change(moment, usual, schedule)
    now = f"Now {speed_text(limit) or 'no limit'}"
    if change is None:
        return now
    is_soon = (change - moment).total_seconds() < 24 * 3600
    # Not "%A": Qt has set the system's language, and the rest of the sentence is in English.
    day = "" if is_soon else f"{_WEEK[change.weekday()]} "
    return f"{now}, until {day}{change:%H:%M}"


class PeriodRow(QWidget):
    """One period: days, from, to, limit.

    Signals:
        changed: nothing; the user changed something of it.
        removed: nothing; the user does not want it.
    """

    changed = Signal()
    removed = Signal()

    def __init__(self, period: SpeedPeriod) -> None:
        super().__init__()
        self.days = NamedBox()
        self.begin, self.end = QTimeEdit(), QTimeEdit()
        self.limit = QDoubleSpinBox()
        self._next_day = QLabel("next day")
        self._remove = QPushButton("Remove")
        self._set_up()
        self.days.setCurrentIndex(list(Days).index(period.days))
        self.begin.setTime(QTime(period.begin.hour, period.begin.minute))
        self.end.setTime(QTime(period.end.hour, period.end.minute))
        self.limit.setValue((period.limit or 0) / _MEGABYTE)
        self._given, self._given_as = period.limit, self.limit.value()
        self._tell_day()
        self._wire()

    def period(self) -> SpeedPeriod:
        """As it is shown."""
        shown = self.limit.value()
        # A limit that is shown rounded was not edited.
        limit = self._given if shown == self._given_as else round(shown * _MEGABYTE) or None
        return SpeedPeriod(
            list(Days)[self.days.currentIndex()],
            time(self.begin.time().hour(), self.begin.time().minute()),
            time(self.end.time().hour(), self.end.time().minute()),
            limit,
        )

    def be_number(self, number: int) -> None:
        """Say to assistive programs which line it is, from 1."""
        self.days.setAccessibleName(f"Hours {number}: days")
        self.begin.setAccessibleName(f"Hours {number}: from")
        self.end.setAccessibleName(f"Hours {number}: to")
        self.limit.setAccessibleName(f"Hours {number}: limit")
        self._remove.setAccessibleName(f"Hours {number}: remove")

    def follow(self, before: QWidget) -> None:
        """Be reached with Tab from there."""
        for field in (self.days, self.begin, self.end, self.limit, self._remove):
            QWidget.setTabOrder(before, field)
            before = field

    def _set_up(self) -> None:
        self.days.addItems([_DAY_NAMES.get(day, day.value.capitalize()) for day in Days])
        self.days.setFixedWidth(_DAYS_WIDTH)
        for edit in (self.begin, self.end):
            edit.setDisplayFormat("HH:mm")
            edit.setFixedWidth(_TIME_WIDTH)
        self.limit.setRange(0, MOST_LIMIT / _MEGABYTE)
        self.limit.setDecimals(2)
        self.limit.setSingleStep(0.5)
        self.limit.setSpecialValueText("No limit")
        self.limit.setSuffix(" MB/s")
        self.limit.setFixedWidth(_LIMIT_WIDTH)
        for field in (self.begin, self.end, self.limit):  # the style sheet's padding does not reach it
            field.lineEdit().setTextMargins(spacing.SMALL, 0, 0, 0)
        for steady in (self.days, self.begin, self.end, self.limit):
            leave_wheel_to_page(steady)
        self._next_day.setProperty("look", "secondary")
        policy = self._next_day.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._next_day.setSizePolicy(policy)
        self._remove.setProperty("look", "quiet")
        self._remove.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing.SMALL)
        for shown in (self.days, self.begin, QLabel("to"), self.end, self._next_day):
            row.addWidget(shown)
        row.addStretch(1)
        row.addWidget(self.limit)
        row.addWidget(self._remove)

    def _wire(self) -> None:
        self.days.currentIndexChanged.connect(self.changed)
        for edit in (self.begin, self.end):
            edit.timeChanged.connect(self._tell_day)
            edit.timeChanged.connect(self.changed)
        self.limit.valueChanged.connect(self.changed)
        self._remove.clicked.connect(self.removed)

    def _tell_day(self) -> None:
        self._next_day.setVisible(self.end.time() <= self.begin.time())


class SpeedScheduleEditor(SettingEditor):
    """Periods below one another, and a button for one more."""

    is_wide = True

    def __init__(self, title: str) -> None:
        super().__init__()
        self.rows: list[PeriodRow] = []
        self._usual: int | None = None
        self._add = QPushButton("Add hours")
        self._add.setAccessibleName(f"{title}: add hours")
        self._add.setAutoDefault(False)
        self._add.clicked.connect(self._add_one)
        self.now = QLabel()
        self.now.setProperty("look", "secondary")
        self.now.setAccessibleName(f"{title}: now")
        foot = QHBoxLayout()
        foot.addWidget(self._add)
        foot.addStretch(1)
        foot.addWidget(self.now)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing.SMALL)
        self._column.addLayout(foot)
        self.changed.connect(self._tell_now)

    def value(self) -> object:
        """See ``SettingEditor``."""
        return self._periods()

    def set_value(self, value: object) -> None:
        """See ``SettingEditor``."""
        while self.rows:
            self._drop(self.rows[-1])
        for period in value if isinstance(value, tuple) else ():
            self._put(period)
        self._tell_now()

    def set_usual(self, limit: object) -> None:
        """The limit that holds where no period does."""
        self._usual = limit if isinstance(limit, int) else None
        self._tell_now()

    def showEvent(self, event: QShowEvent) -> None:
        """See Qt; time has passed."""
        super().showEvent(event)
        self._tell_now()

    def _periods(self) -> tuple[SpeedPeriod, ...]:
        return tuple(row.period() for row in self.rows)

    def _add_one(self) -> None:
        self._put(_THEN if self.rows else _AT_FIRST)
        self.rows[-1].days.setFocus()
        self.changed.emit()

    def _put(self, period: SpeedPeriod) -> None:
        row = PeriodRow(period)
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        self._column.insertWidget(len(self.rows), row)
        row.follow(_stop_before(self._add))
        self.rows.append(row)
        row.be_number(len(self.rows))

    def _remove(self, row: PeriodRow) -> None:
        self._drop(row)
        self._add.setFocus()
        self.changed.emit()

    def _drop(self, row: PeriodRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        for number, other in enumerate(self.rows, 1):
            other.be_number(number)

    def _tell_now(self) -> None:
        self.now.setText(now_text(wall_clock(), self._usual, self._periods()))


def _stop_before(widget: QWidget) -> QWidget:
    """Where Tab stops before that widget; Qt lets no order begin elsewhere."""
    before = widget.previousInFocusChain()
    while before is not None and before.focusPolicy() is Qt.FocusPolicy.NoFocus:
        before = before.previousInFocusChain()
    return before or widget
