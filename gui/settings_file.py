"""The settings on disk."""

from pathlib import Path

from core.settings import Settings
from gui.banner import Notice
from gui.json_file import JsonFile
from gui.notices import refused_notice, unreadable_notice


class SettingsFile:
    """Reads settings once and writes them when they change."""

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(path)

    def load(self) -> tuple[Settings, Notice | None]:
        """The settings, and what to tell the user where some were not usable."""
        try:
            settings, refused = Settings.from_mapping(self._file.read())
        except (OSError, ValueError) as error:
            return Settings(), unreadable_notice(str(error))
        return settings, refused_notice(refused) if refused else None

    def save_later(self, settings: Settings) -> None:
        """Have the settings written, off the UI thread."""
        self._file.write_later(settings.to_mapping())

    def finish(self) -> None:
        """Wait until everything is written."""
        self._file.finish()
