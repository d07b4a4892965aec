"""The real photographs: unpacked Debian packages of wallpapers, where FETCHMILL_PHOTOS names their folder.

apt-get download plasma-workspace-wallpapers gnome-backgrounds mate-backgrounds
for package in *.deb; do dpkg-deb -x "$package" photographs; done

Twice as many distinct ones for the benchmarks: also lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 lxqt-themes
ukui-wallpapers xfdesktop4-data.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

FOLDER: Final = Path(os.environ["FETCHMILL_PHOTOS"]) if os.environ.get("FETCHMILL_PHOTOS") else None
REASON: Final = "FETCHMILL_PHOTOS names no folder of photographs (.ci/run fetches them)"
ENDINGS: Final = (".jpg", ".jpeg", ".png", ".webp")
_SMALLEST: Final = 50_000  # bytes: previews are smaller


def photographs(folder: Path, endings: tuple[str, ...] = ENDINGS) -> list[Path]:
    """The distinct pictures in a folder tree whose names end so, by name."""
    files = (path for path in sorted(folder.rglob("*")) if path.suffix in endings)
    real = [path for path in files if not path.is_symlink() and path.stat().st_size >= _SMALLEST]
    by_content = {hashlib.sha256(path.read_bytes()).digest(): path for path in reversed(real)}
    return sorted(by_content.values())


def link_photographs(
    folder: Path, site: Path, count: int = 300, endings: tuple[str, ...] = ENDINGS
) -> dict[str, Path]:
    """Fill ``site`` with that many links to the photographs, each under a name of its own; name to photograph."""
    found = photographs(folder, endings)
    assert found, f"no photographs in {folder}"
    site.mkdir(parents=True, exist_ok=True)
    names = {
        f"{number:03}-{photo.stem.replace(' ', '-')}{photo.suffix}": photo
        for number in range(count)
        for photo in [found[number % len(found)]]
    }
    for name, photo in names.items():
        (site / name).symlink_to(photo.resolve())
    return names
