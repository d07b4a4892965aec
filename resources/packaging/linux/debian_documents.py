"""The documents of the Debian package: copyright, changelog, bill of materials, and why lintian is overruled."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime
from importlib import metadata
from typing import Final

from resources.packaging.changelog import Release, releases
from resources.packaging.layout import AUTHORS, DIST, NAME, ROOT
from resources.packaging.linux.debian_control import MAINTAINER
from resources.packaging.linux.share import HERE, packed

_PARTS: Final = (
    *("certifi", "charset-normalizer", "idna", "pillow", "pillow-heif", "pillow-jxl-plugin"),
    *("PySide6-Essentials", "PySocks", "requests", "shiboken6", "urllib3"),
)


def documents(version: str) -> Mapping[str, bytes]:
    """All of them, by their places below ``share``.

    Args:
        version: Of the product.
    """
    doc = f"doc/{NAME}"
    bill = DIST / f"{NAME}-{version}.cdx.json"
    return {
        f"{doc}/copyright": copyright_file().encode(),
        f"{doc}/changelog.gz": packed(history(releases()).encode()),
        f"lintian/overrides/{NAME}": (HERE / f"{NAME}.lintian-overrides").read_bytes(),
        **({f"{doc}/sbom.cdx.json": bill.read_bytes()} if bill.is_file() else {}),
    }


def history(all_releases: Sequence[Release]) -> str:
    """The changelog as Debian writes it (Debian Policy, section 4.4)."""
    return "\n".join(_entry(one) for one in all_releases)


def copyright_file() -> str:
    """Who has made it and under which terms (Debian's machine-readable format 1.0)."""
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    year, terms = own.partition("Copyright (c) ")[2].split(maxsplit=1)
    terms = terms.partition("\n")[2].strip()
    stanzas = (
        (
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
            f"Upstream-Name: {NAME}\n"
            "Comment: Python, Qt and other parts lie beside the program's own code in _internal, each under its licence."
        ),
        f"Files: *\nCopyright: {year} {AUTHORS}\nLicense: Expat",
        *_parts(),
        f"License: Expat\n{_indented(terms)}",
    )
    return "\n\n".join(stanzas) + "\n"


def _parts() -> Iterator[str]:
    for name in _PARTS:
        facts = metadata.metadata(name)
        yield (
            f"Files: usr/lib/{NAME}/_internal/{name.partition('-E')[0].replace('-', '_')}*\n"
            f"Copyright: the authors of {facts['Name']} {facts['Version']}\n"
            f"License: {facts['License-Expression'] or facts['License']}"
        )


def _entry(one: Release) -> str:
    changes = "\n".join(
        textwrap.fill(
            f"{section.title}: {change}" if section.title else change,
            78,
            initial_indent="  * ",
            subsequent_indent="    ",
        )
        for section in one.sections
        for change in section.changes
    )
    moment = format_datetime(datetime.combine(one.day, time(), UTC))
    return f"{NAME} ({one.version}) stable; urgency=medium\n\n{changes}\n\n -- {MAINTAINER}  {moment}\n"


def _indented(text: str) -> str:
    return "\n".join(f" {line}" if line.strip() else " ." for line in text.splitlines())
