"""The documents of the Debian package: copyright, changelog, and why lintian is overruled."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import Final

from resources.packaging.changelog import Release, releases
from resources.packaging.layout import AUTHORS, NAME, ROOT
from resources.packaging.linux.debian_control import MAINTAINER
from resources.packaging.linux.share import HERE, packed

_WHOLE: Final = """\
As a whole it may be passed on under the terms of the GNU General Public License, version 3 or later, as published by the
Free Software Foundation; its parts are each under the licence that stands in /usr/share/doc/fetchmill/licences, where
NOTICE.txt lists them.

On Debian systems, the complete text of that version is in /usr/share/common-licenses/GPL-3."""


def documents() -> Mapping[str, bytes]:
    """Those that are the same for each frozen folder, by their places below ``share``."""
    doc = f"doc/{NAME}"
    return {
        f"{doc}/copyright": copyright_file().encode(),
        f"{doc}/changelog.gz": packed(history(releases()).encode()),
        f"lintian/overrides/{NAME}": (HERE / f"{NAME}.lintian-overrides").read_bytes(),
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
        (
            f"Files: usr/lib/{NAME}/*\nCopyright: {year} {AUTHORS}, and the authors of Python, Qt and all other parts\n"
            f"License: GPL-3+\n{_indented(_WHOLE)}"
        ),
        f"License: Expat\n{_indented(terms)}",
    )
    return "\n\n".join(stanzas) + "\n"


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
