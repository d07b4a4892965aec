"""What lies below ``share`` beside the programs, made for one release. Python and Qt alone make it: no tool is needed."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Final

from core.images.formats import FORMATS
from resources.packaging import changelog, icons
from resources.packaging.layout import APP_ID, AUTHORS, NAME, ROOT
from resources.packaging.linux import completion

LISTS: Final = (
    *("application/json", "application/jsonl", "application/metalink+xml", "application/metalink4+xml"),
    *("application/x-mswinurl", "application/x-webloc"),
    *("text/csv", "text/markdown", "text/plain", "text/tab-separated-values"),
)
"""Media types of list files. Web pages are lists, too, but are opened by browsers."""
ICON_SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
PAGES: Final = (f"{NAME}.1", f"{NAME}-cli.1")
HERE: Final = Path(__file__).parent
_DRAWING: Final = ROOT / "resources" / "icons" / f"{NAME}.svg"
_BRAND: Final = {"LIGHT": "#b9cffb", "DARK": "#34257a"}  # of the icon's ground


def share(version: str) -> Mapping[str, bytes]:
    """All of its files but the documents, by their places below ``share``.

    Raises:
        SystemExit: The changelog does not speak of that version.
    """
    day = changelog.release(version).day
    texts = {
        f"applications/{NAME}.desktop": desktop_entry(),
        f"metainfo/{APP_ID}.metainfo.xml": metainfo(changelog.releases()),
        f"mime/packages/{NAME}.xml": _text(f"{NAME}.mime.xml"),
        f"bash-completion/completions/{NAME}-cli": completion.bash(),
        f"zsh/vendor-completions/_{NAME}-cli": completion.zsh(),
        f"fish/vendor_completions.d/{NAME}-cli.fish": completion.fish(),
    }
    pages = {f"man/man1/{page}.gz": packed(manual_page(page, version, day).encode()) for page in PAGES}
    return {**{place: text.encode() for place, text in texts.items()}, **pages, **dict(_icons())}


def packed(content: bytes) -> bytes:
    """As ``gzip -9n`` packs it: without a date and a name."""
    return gzip.compress(content, 9, mtime=0)


def media_types() -> tuple[str, ...]:
    """What is opened with Fetchmill where that is asked for: lists, and the pictures that recipes read."""
    pictures = {name for one in FORMATS.values() if one.is_read for name in one.mime_types}
    return (*LISTS, *sorted(pictures))


def desktop_entry() -> str:
    """The entry of the menu (freedesktop.org's Desktop Entry Specification 1.4)."""
    return _text(f"{NAME}.desktop", MEDIA_TYPES=";".join(media_types()))


def metainfo(releases: Sequence[changelog.Release]) -> str:
    """What software centres show (AppStream 0.16)."""
    types = "\n".join(f"    <mediatype>{one}</mediatype>" for one in media_types())
    history = "\n".join(("  <releases>", *(_release(one) for one in releases), "  </releases>"))
    fields = {"APP_ID": APP_ID, "AUTHORS": AUTHORS, "MEDIA_TYPES": types, "RELEASES": history}
    return _text("metainfo.xml", **fields, **_BRAND)


def manual_page(name: str, version: str, day: date) -> str:
    """A manual page, as troff reads it.

    Args:
        name: One of ``PAGES``.
        version: Stands in its footer.
        day: Of that version.
    """
    return _text(name, VERSION=version, DATE=day.isoformat())


def _text(name: str, **fields: str) -> str:
    text = (HERE / name).read_text(encoding="utf-8")
    for field, value in fields.items():
        text = text.replace(f"@{field}@", value)
    return text


def _release(one: changelog.Release) -> str:
    sections = "\n".join(_section(section) for section in one.sections)
    return (
        f'    <release version="{one.version}" date="{one.day}" type="stable">\n'
        f"      <description>\n{sections}\n      </description>\n    </release>"
    )


def _section(section: changelog.Section) -> str:
    title = f"        <p>{escape(section.title)}:</p>\n" if section.title else ""
    rows = "\n".join(f"          <li>{escape(change, quote=False)}</li>" for change in section.changes)
    return f"{title}        <ul>\n{rows}\n        </ul>"


def _icons() -> Iterator[tuple[str, bytes]]:
    yield f"icons/hicolor/scalable/apps/{NAME}.svg", _DRAWING.read_bytes()
    for size in ICON_SIZES:
        yield f"icons/hicolor/{size}x{size}/apps/{NAME}.png", icons.png(size)
