"""What users install on Windows and macOS, made from what was frozen: a setup program, or a disk image.

Signed where the environment says with what; where it does not, that is said and left out.

- ``FETCHMILL_SIGNTOOL``: Windows' command with ``$f`` for the file and ``$q`` for a quote, as Inno Setup has it.
- ``FETCHMILL_CODESIGN_IDENTITY``: macOS' certificate by its name; the application is signed when it is frozen.
- ``FETCHMILL_NOTARY_PROFILE``: macOS' ``notarytool`` credentials by their name in the keychain.

Not yet run: neither system was at hand. Tests hold the commands and the files they are given.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from resources.packaging import icons, macos, windows
from resources.packaging.file_types import EXTENSIONS
from resources.packaging.layout import APP, BUILD, DIST, NAME, ROOT, TITLE, VERSION, program, target
from resources.packaging.running import run

FILE_TYPES: Final = BUILD / "windows" / "file-types.iss"
IMAGE_CONTENT: Final = BUILD / "macos" / "image"

_INNO_SETUP: Final = "Inno Setup 6/ISCC.exe"  # below the folder for 32-bit programs


def installer() -> Path:
    """Make the one for this system.

    Returns:
        Its path, in ``dist/``.

    Raises:
        SystemExit: Something is missing, or this is another system; in one line.
    """
    if sys.platform == "win32":
        return _setup_program(os.environ)
    if sys.platform == "darwin":
        return _disk_image(os.environ)
    raise SystemExit(
        "installer makes those for Windows and macOS, each on its system; here there are tar and deb"
    )


def setup_command(compiler: str, environment: Mapping[str, str]) -> list[str]:
    """The call of Inno Setup's compiler."""
    values = {
        "Version": VERSION,
        "FourPartVersion": ".".join(map(str, windows.four(VERSION))),
        "Source": APP,
        "Icon": icons.ICO,
        "License": ROOT / "LICENSE",
        "Output": DIST,
        "Name": setup_name(),
        "FileTypes": FILE_TYPES,
    }
    signed = environment.get("FETCHMILL_SIGNTOOL")
    signing = [f"/S{NAME}={signed}", "/DSigned"] if signed else []
    return [
        compiler,
        "/Qp",
        *(f"/D{name}={value}" for name, value in values.items()),
        *signing,
        str(windows.INSTALLER),
    ]


def setup_name() -> str:
    """Name of the setup program without its ``.exe``."""
    return f"{NAME}-{VERSION}-{target()}-setup"


def file_types() -> str:
    """Registry entries of Inno Setup, by which Windows offers the program under "Open with"."""
    line = (
        'Root: HKA; Subkey: "Software\\Classes\\Applications\\{name}.exe\\SupportedTypes"; ValueType: string; '
        'ValueName: "{extension}"; ValueData: ""\n'
    )
    return "".join(line.format(name=NAME, extension=extension) for extension in EXTENSIONS)


def image_commands(image: Path, environment: Mapping[str, str]) -> list[list[str]]:
    """What makes the disk image from ``IMAGE_CONTENT``, signs it and has it notarised."""
    options = ["-volname", TITLE, "-fs", "HFS+", "-format", "ULFO", "-ov"]
    commands = [["hdiutil", "create", *options, "-srcfolder", str(IMAGE_CONTENT), str(image)]]
    if identity := environment.get("FETCHMILL_CODESIGN_IDENTITY"):
        commands.append(["codesign", "--sign", identity, "--timestamp", str(image)])
        if profile := environment.get("FETCHMILL_NOTARY_PROFILE"):
            commands += [
                ["xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile, "--wait"],
                ["xcrun", "stapler", "staple", str(image)],
            ]
    return commands


def _setup_program(environment: Mapping[str, str]) -> Path:
    _need(program(NAME))
    installed = Path(environment.get("ProgramFiles(x86)", "")) / _INNO_SETUP
    compiler = shutil.which("iscc") or shutil.which(installed)
    if compiler is None:
        raise SystemExit(
            "Inno Setup is not installed: its iscc.exe makes the installer (winget install JRSoftware.InnoSetup)"
        )
    _say_unsigned(environment, "FETCHMILL_SIGNTOOL")
    icons.write()
    FILE_TYPES.parent.mkdir(parents=True, exist_ok=True)
    FILE_TYPES.write_text(file_types(), encoding="utf-8")
    run(*setup_command(compiler, environment))
    return DIST / f"{setup_name()}.exe"


def _disk_image(environment: Mapping[str, str]) -> Path:
    _need(macos.BUNDLE)
    _say_unsigned(environment, "FETCHMILL_CODESIGN_IDENTITY")
    _say_unsigned(environment, "FETCHMILL_NOTARY_PROFILE")
    shutil.rmtree(IMAGE_CONTENT, ignore_errors=True)
    # Links stay links: the application is full of them, and signed with them.
    shutil.copytree(macos.BUNDLE, IMAGE_CONTENT / macos.BUNDLE.name, symlinks=True)
    (IMAGE_CONTENT / "Applications").symlink_to("/Applications")
    shutil.copy2(ROOT / "LICENSE", IMAGE_CONTENT / "LICENSE.txt")
    shutil.copytree(APP / "licences", IMAGE_CONTENT / "licences")
    image = DIST / f"{NAME}-{VERSION}-{target()}.dmg"
    for command in image_commands(image, environment):
        run(*command)
    return image


def _need(path: Path) -> None:
    if not path.exists():
        raise SystemExit(f"{path} is not there: run python -m resources.packaging app first")


def _say_unsigned(environment: Mapping[str, str], name: str) -> None:
    if not environment.get(name):
        print(f"{name} is not set: that signature is left out")
