"""The fields for what is wanted of files."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from core.settings import Settings
from gui.appearance import Appearance
from gui.settings_dialog import SettingsDialog

Keep = Callable[[QWidget], None]


def test_what_is_wanted_of_pictures_has_a_field_each(appearance: Appearance, keep: Keep) -> None:  # noqa: ARG001 - dresses the application
    said = Settings(min_width=200, min_megapixels=0.25, max_aspect=2.35, min_bytes=20_000)
    dialog = SettingsDialog(said)
    keep(dialog)
    assert dialog.edited() == {}
    dialog.editor("min_height").set_value(100)
    dialog.editor("min_aspect").set_value(0.75)
    dialog.editor("min_width").set_value(None)
    assert dialog.edited() == {"min_height": 100, "min_aspect": 0.75, "min_width": None}
