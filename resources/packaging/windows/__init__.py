"""What the two programs carry on Windows beside their code, as ``fetchmill.spec`` gives it to PyInstaller.

Not yet run on Windows; tests hold what can be held elsewhere.
"""

import re
from pathlib import Path
from typing import Final

from resources.packaging.layout import AUTHORS, BUILD, ROOT, TITLE, VERSION

FOLDER: Final = BUILD / "windows"
MANIFEST: Final = Path(__file__).with_name("fetchmill.manifest")
INSTALLER: Final = Path(__file__).with_name("fetchmill.iss")

_DESCRIPTIONS: Final = {
    "fetchmill": TITLE,  # what the task manager and "Open with" call it
    "fetchmill-cli": f"{TITLE} on the command line",
}
_LANGUAGE: Final = 0x0409  # US English
_UNICODE: Final = 0x04B0


def manifest() -> str:
    """The application manifest of both programs, for ``EXE(manifest=)``."""
    return MANIFEST.read_text(encoding="utf-8")


def version_file(program: str, folder: Path = FOLDER) -> str:
    """Write the version resource of a program.

    Args:
        program: One of ``layout.PROGRAMS``.
        folder: Where to.

    Returns:
        Path of the file, for ``EXE(version=)``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{program}-version.txt"
    path.write_text(version_resource(program), encoding="utf-8")
    return str(path)


def version_resource(program: str) -> str:
    """The version resource of a program, as PyInstaller reads it."""
    strings = {
        "CompanyName": AUTHORS,
        "FileDescription": _DESCRIPTIONS[program],
        "FileVersion": VERSION,
        "InternalName": program,
        "LegalCopyright": copyright_line(),
        "OriginalFilename": f"{program}.exe",
        "ProductName": TITLE,
        "ProductVersion": VERSION,
    }
    table = ",\n      ".join(f"StringStruct({name!r}, {text!r})" for name, text in strings.items())
    return f"""# UTF-8
VSVersionInfo(
  ffi=FixedFileInfo(filevers={four(VERSION)}, prodvers={four(VERSION)}),
  kids=[
    StringFileInfo([StringTable('{_LANGUAGE:04X}{_UNICODE:04X}', [
      {table},
    ])]),
    VarFileInfo([VarStruct('Translation', [{_LANGUAGE}, {_UNICODE}])]),
  ],
)
"""


def four(version: str) -> tuple[int, int, int, int]:
    """The version as Windows counts it: ``0.2.0rc1`` is ``(0, 2, 0, 0)``."""
    numbers = [int(found[0]) for part in version.split(".")[:4] if (found := re.match(r"\d+", part))]
    first, second, third, fourth = [*numbers, 0, 0, 0, 0][:4]
    return first, second, third, fourth


def copyright_line() -> str:
    """Whose it is, as the licence says."""
    lines = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("Copyright"))
