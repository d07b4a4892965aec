"""Lists out and in, by way of real file dialogs."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QToolButton

from core.job import BatchId, Drop, JobId, JobState
from core.report import Export, ExportForm
from gui.banner import Tone
from gui.main_window import MainWindow
from tests.qt.gui.scripted_engine import DISK_FULL, REFUSED, ScriptedEngine, snapshot


def choose(window: MainWindow, action: str, path: Path) -> str:
    """Trigger the action, choose the path in its dialog and return the dialog's title."""
    window.actions_by_name[action].trigger()
    dialog = next(d for d in window.findChildren(QFileDialog) if d.isVisible())
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(path.name)
    dialog.accept()
    return dialog.windowTitle()


def test_all_are_exported(window: MainWindow, scripted: ScriptedEngine, tmp_path: Path) -> None:
    assert not window.actions_by_name["export_list"].isEnabled()
    scripted.play_added([snapshot(1), snapshot(2, JobState.FAILED, error=REFUSED), snapshot(3)])
    window.table.selectRow(0)
    path = str(tmp_path / "a.jsonl")
    assert choose(window, "export_list", tmp_path / "a") == "Export all jobs"
    choose(window, "export_links", tmp_path / "b.txt")
    choose(window, "export_failed", tmp_path / "c.txt")
    assert scripted.commands == [
        ("export", Export(path, ExportForm.STATE)),
        ("export", Export(str(tmp_path / "b.txt"), ExportForm.URLS)),
        ("export", Export(str(tmp_path / "c.txt"), ExportForm.URLS, failed_only=True)),
    ]


def test_selected_ones_are_exported(window: MainWindow, scripted: ScriptedEngine, tmp_path: Path) -> None:
    scripted.play_added(snapshot(n) for n in range(1, 6))
    window.table.selectRow(0)
    window.table.invert_selection()
    title = choose(window, "export_links", tmp_path / "b.txt")
    assert title == "Export the URLs of 4 selected jobs"
    assert scripted.commands == [
        ("export", Export(str(tmp_path / "b.txt"), ExportForm.URLS, ids=(2, 3, 4, 5)))  # type: ignore[arg-type]  # plain numbers
    ]


def test_a_batch_is_exported(window: MainWindow, scripted: ScriptedEngine, tmp_path: Path) -> None:
    scripted.play_added(snapshot(n)._replace(batch=BatchId(n % 2)) for n in range(1, 8))
    window.table.selectRow(2)
    window.actions_by_name["select_batch"].trigger()
    choose(window, "export_list", tmp_path / "batch.jsonl")
    ids = tuple(JobId(n) for n in (1, 3, 5, 7))
    assert scripted.commands == [("export", Export(str(tmp_path / "batch.jsonl"), ExportForm.STATE, ids=ids))]


def test_what_came_of_it(window: MainWindow, scripted: ScriptedEngine) -> None:
    scripted.play_exported("/tmp/a.jsonl", 1200)  # noqa: S108 - never written
    notice = window.banner.notice
    assert notice is not None
    assert (notice.title, notice.message) == ("1,200 jobs exported", "/tmp/a.jsonl")  # noqa: S108 - never written
    scripted.play_exported("/tmp/a.jsonl", 0, DISK_FULL)  # noqa: S108 - never written
    notice = window.banner.notice
    assert notice is not None
    assert (notice.title, notice.tone) == ("Nothing was exported", Tone.FAILED)
    assert notice.message.startswith("Disk full: ")


def test_import(window: MainWindow, scripted: ScriptedEngine, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n")
    choose(window, "import_list", path)
    assert scripted.commands == [("add", Drop(sources=(str(path),)))]


def test_more(window: MainWindow) -> None:
    more = next(b for b in window.findChildren(QToolButton) if b.accessibleName() == "More")
    texts = [action.text() for action in more.menu().actions() if action.text()]
    assert texts == [
        "Undo", "Invert selection", "Import list…", "Export list…", "Export URLs…", "Export failed…", "Plan",
        "Report", "Help"
    ]  # fmt: skip
