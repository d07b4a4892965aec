"""The extension agrees with the content: a picture is never called a program, nor a PNG a JPEG."""

import mimetypes
from typing import Final

from core.downloads.filename import safe_name, split_name
from core.images.formats import FORMATS, is_picture_name

# What a double click runs, or a browser or an office program runs for it, on any system.
_PROGRAM_WORDS: Final = (
    ".app .apk .appimage .bash .bat .chm .cmd .com .command .cpl .csh .deb .dll .dmg .elf .exe .fish .gadget .hta .inf "
    ".jar .js .jse .ksh .msc .msi .msp .mst .pkg .pl .ps1 .ps1xml .psc1 .psm1 .py .pyc .pyw .rb .reg .rpm .run .scr "
    ".sct .sh .shs .so .sys .vb .vbe .vbs .wsc .wsf .wsh .xll .zsh"
)
# What made the answer on the server says nothing about it.
_MAKER_WORDS: Final = ".asp .ashx .aspx .axd .cfm .cgi .do .jsp .jspx .php .php3 .php4 .php5 .phtml"
_NO_PICTURE_WORDS: Final = ".bin .download .htm .html .json .part .shtml .tmp .txt .xhtml .xml"
# What Windows shows of "photo.jpg.exe" where it hides extensions.
_DISGUISE_WORDS: Final = (
    ".avi .csv .doc .docx .htm .html .mov .mp3 .mp4 .odt .pdf .ppt .pptx .rtf .txt .xls .xlsx .zip"
)

_PROGRAMS: Final = frozenset(_PROGRAM_WORDS.split())
_MAKERS: Final = frozenset(_MAKER_WORDS.split())
_WRONG: Final = _PROGRAMS | _MAKERS | frozenset(_NO_PICTURE_WORDS.split())
_DISGUISES: Final = frozenset(_DISGUISE_WORDS.split())
# Other formats begin as TIFF does; a camera's own extension says more than the content.
_KIN: Final = {"TIFF": (*FORMATS["RAW"].extensions, ".btf", ".lsm", ".ndpi", ".scn", ".svs", ".tf8")}
_SAYS_NOTHING: Final = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/force-download"}
)


def with_extension(name: str, content_type: str | None, picture_format: str | None) -> str:
    """The name with the extension that its content has, else one that its type has where it has none.

    Args:
        name: A safe name; empty becomes ``download``.
        content_type: The Content-Type header's value.
        picture_format: What the content shows it to be, a key of ``FORMATS``; None for what is no picture.
    """
    name = name or "download"
    if picture_format is not None:
        return picture_name(name, picture_format, _KIN.get(picture_format, ()))
    stem, extension = split_name(name)
    if extension.lower() in _PROGRAMS:
        return _undisguised(stem) + extension
    plain_type = (content_type or "").partition(";")[0].strip().lower()
    if not extension:
        return safe_name(name + _extension_of(plain_type))
    is_made = extension.lower() in _MAKERS and plain_type != "text/plain"  # else it is the program's own text
    return safe_name(stem + (_extension_of(plain_type) or extension)) if is_made else name


def picture_name(name: str, picture_format: str, kin: tuple[str, ...] = ()) -> str:
    """A picture's name with an extension of its format; one that is right already stays as it is written.

    Another picture's, a program's and a page's extension make room for it; anything else was a part of the name.

    Args:
        name: Safe.
        picture_format: A key of ``FORMATS``.
        kin: More extensions that are right.
    """
    extensions = FORMATS[picture_format].extensions
    usual = FORMATS[picture_format].usual_extension or ""
    stem, extension = split_name(name)
    while extension.lower() not in extensions + kin:
        if not (is_picture_name(name) or extension.lower() in _WRONG):
            return safe_name(name + usual)
        name = stem
        stem, extension = split_name(name)
    return safe_name(name)


def _undisguised(stem: str) -> str:
    """The stem of a program that Windows would show as a picture: ``photo.jpg.exe``."""
    inner, extension = split_name(stem)
    return f"{inner}_{extension[1:]}" if is_picture_name(stem) or extension.lower() in _DISGUISES else stem


def _extension_of(content_type: str) -> str:
    """By Python's own table, which is the same on every system; empty where the type says nothing."""
    return "" if content_type in _SAYS_NOTHING else mimetypes.MimeTypes().guess_extension(content_type) or ""
