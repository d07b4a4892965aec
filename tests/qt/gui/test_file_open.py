"""Files that macOS asks the running program to open: real events, in the real program with its engine."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# Sends the events of two files when the engine is there, says what was added by which batch, and closes the window.
SCRIPT = """\
import sys
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
import gui.app

begin = gui.app.App.begin

def told(app):
    begin(app)
    rows = []

    def open_files(_):
        for path in sys.argv[1:]:
            event = QFileOpenEvent(QUrl.fromLocalFile(path))
            QCoreApplication.sendEvent(QCoreApplication.instance(), event)

    def look(added):
        rows.extend(f"{job.batch} {job.source}" for job in added)
        if len(rows) == 2:
            print(*rows, sep="\\n", flush=True)
            app.window.leave()

    app._client.ready.connect(open_files)
    app._client.jobs_added.connect(look)

gui.app.App.begin = told
if __name__ == "__main__":
    from gui.__main__ import main
    sys.exit(main([]))
"""


def test_opened_files_are_added_in_one_batch(home: Path, tmp_path: Path) -> None:
    links = tmp_path / "a list.txt"
    links.write_text("https://example.invalid/a.jpg\n")
    picture = tmp_path / "b ü.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    script = home / "start.py"
    script.write_text(SCRIPT)
    run = subprocess.run(
        [sys.executable, script, links, picture],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "FETCHMILL_HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    batches, sources = zip(*(line.split(" ", 1) for line in run.stdout.splitlines()), strict=True)
    assert sources == ("https://example.invalid/a.jpg", str(picture))
    assert len(set(batches)) == 1
