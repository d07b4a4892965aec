"""The settings on disk."""

from dataclasses import fields
from pathlib import Path

from core.settings import Settings
from gui.banner import Notice
from gui.json_file import JsonFile
from gui.notices import refused_notice, unreadable_notice


class SettingsFile:
    """Reads settings once and writes them when they change; those that a later version knows stay in the file."""

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(path)
        self._unknown: dict[str, object] = {}

    def load(self) -> tuple[Settings, Notice | None]:
        """The settings, and what to tell the user where some were not usable."""
        try:
            content = self._file.read()
            settings, refused = Settings.from_mapping(content)
        except (OSError, ValueError) as error:
            return Settings(), unreadable_notice(str(error))
        known = {field.name for field in fields(Settings)}
        self._unknown = {name: value for name, value in content.items() if name not in known}
        return settings, refused_notice(refused) if refused else None

    def save_later(self, settings: Settings) -> None:
        """Have the settings written, off the UI thread."""
        self._file.write_later(self._unknown | settings.to_mapping())

    def finish(self) -> None:
        """Wait until everything is written."""
        self._file.finish()
