"""A field for the template that names files, with what becomes of a link, or what is wrong, below it."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout

from core.downloads.template import DATE_TAGS, Facts, Picture, Template, TemplateError
from gui import spacing
from gui.appearance import scaled_font
from gui.setting_editors import SettingEditor

_LINK: Final = "https://photos.example/sunset.jpg"
_HOST, _NAME = _LINK.split("/")[2:]
_BATCH: Final = "holiday"
_RECIPE, _WIDTH, _HEIGHT, _TAKEN = "web-1920", 1920, 1280, "2026:05:31 18:30:00"
_SMALLER: Final = 0.92


class TemplateEditor(SettingEditor):
    """The template as text; whether it can be used is said while it is typed."""

    is_wide = True

    def __init__(self, title: str) -> None:
        super().__init__()
        self._field = QLineEdit()
        self._field.setAccessibleName(title)
        self._field.setPlaceholderText("{name}")
        self._field.setClearButtonEnabled(True)
        self._below = QLabel()
        self._below.setTextFormat(Qt.TextFormat.PlainText)
        self._below.setWordWrap(True)
        self._below.setFont(scaled_font(self._below.font(), _SMALLER))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing.TINY)
        column.addWidget(self._field)
        column.addWidget(self._below)
        self.setFocusProxy(self._field)
        self._field.textChanged.connect(self._look)
        self._look()

    def value(self) -> object:
        """See ``SettingEditor``."""
        return self._field.text().strip()

    def set_value(self, value: object) -> None:
        """See ``SettingEditor``."""
        self._field.setText(str(value))

    def problem(self) -> str:
        """See ``SettingEditor``."""
        return "" if self.is_usable else f"{self._field.accessibleName()}: {self._below.text()}"

    def _look(self) -> None:
        try:
            words, self.is_usable = _example(self._field.text().strip()), True
        except TemplateError as error:
            words, self.is_usable = f"{error.message} {error.hint}", False
        self._below.setText(words)
        self._below.setProperty("look", "secondary" if self.is_usable else "failed")
        self._below.style().polish(self._below)
        self._field.setAccessibleDescription(words)
        self.changed.emit()


def _example(text: str) -> str:
    """What becomes of a link, in words.

    Raises:
        TemplateError: The template cannot be used.
    """
    if not text:
        return f"{_LINK} becomes {_NAME}"
    template = Template.parse(text)
    columns = {name: f"({name})" for name in template.columns}
    picture = None
    if template.of_pictures:
        tags = {tag: _TAKEN if tag in DATE_TAGS else f"({tag})" for tag in template.tags}
        picture = Picture(_RECIPE, "", _WIDTH, _HEIGHT, tags)
    place = template.place(Facts(_NAME, _HOST, datetime.now().astimezone(), 1, _BATCH, columns, picture))
    later = ". Columns are read from lists that are added from now on" if columns else ""
    return f"{_LINK} becomes {'/'.join(filter(None, place))}{later}"
