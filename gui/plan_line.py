"""What Start would do, in a quiet line below the destination; hidden where there is nothing to say."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.forecast import Forecast
from core.settings import Existing
from gui import spacing
from gui.answers import ANSWERS
from gui.appearance import Appearance
from gui.elided_label import ElidedLabel
from gui.forecast_text import forecast_line, is_worth_telling
from gui.icons import tinted
from gui.named_box import NamedBox

_ICON: Final = 16
_CHOICES: Final[tuple[tuple[Existing | None, str], ...]] = ((None, "Ask when they come"), *ANSWERS)


class PlanLine(QWidget):
    """Shows one ``Forecast``.

    Signals:
        plan_wanted: nothing; all of it is to be shown.
        choice_changed: ``Existing`` that the next run is to go by where a name is taken; None to ask.
    """

    plan_wanted = Signal()
    choice_changed = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What Start would do")
        self._appearance = appearance
        self._forecast: Forecast | None = None
        self._icon = QLabel()
        self.words = ElidedLabel()
        self._question = QLabel("What exists already:")
        self.choice = NamedBox()
        self.show_plan = QPushButton("Show plan")
        self._build()
        appearance.changed.connect(self._dress)
        self.hide()

    def show_forecast(self, forecast: Forecast | None, *, asks: bool) -> None:
        """Show another one, if it is worth a word.

        Args:
            forecast: What Start would do; None where nobody knows.
            asks: Whether it is asked what is to happen to files that exist.
        """
        is_told = forecast is not None and is_worth_telling(forecast)
        self._forecast = forecast
        self.setVisible(is_told)
        if forecast is None or not is_told:
            return
        self.words.show_text(forecast_line(forecast))
        self.setAccessibleDescription(forecast_line(forecast))
        for widget in (self._question, self.choice):
            widget.setVisible(asks and forecast.exists > 0)
        self.show_plan.setVisible(forecast.error is None)
        self._dress()

    def forget_choice(self) -> None:
        """The run has begun that it was for."""
        self.choice.blockSignals(True)  # noqa: FBT003 - Qt's
        self.choice.setCurrentIndex(0)
        self.choice.blockSignals(False)  # noqa: FBT003 - Qt's

    def _dress(self) -> None:
        forecast, colors = self._forecast, self._appearance.colors
        collides = forecast is not None and bool(forecast.collisions or forecast.error)
        name, color = ("warning", colors.warning) if collides else ("neutral", colors.secondary)
        self._icon.setPixmap(tinted(name, color, _ICON, self.devicePixelRatioF()))

    def _build(self) -> None:
        self._question.setProperty("look", "secondary")
        self._question.setBuddy(self.choice)
        self._question.setAccessibleName("What exists already:")
        self.choice.setAccessibleName("Existing files")
        self.choice.addItems([words for _, words in _CHOICES])
        self.choice.setToolTip("For the next run only; the settings stay as they are")
        self.choice.currentIndexChanged.connect(lambda row: self.choice_changed.emit(_CHOICES[row][0]))
        self.show_plan.setProperty("look", "quiet")
        self.show_plan.setToolTip("See the planned names, and which of them collide")
        self.show_plan.clicked.connect(self.plan_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing.LARGE, 0, spacing.LARGE, spacing.SMALL)
        row.setSpacing(spacing.SMALL)
        middle = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self._icon, 0, middle)
        row.addWidget(self.words, 1, middle)
        row.addWidget(self._question, 0, middle)
        row.addWidget(self.choice, 0, middle)
        row.addWidget(self.show_plan, 0, middle)
