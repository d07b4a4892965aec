"""Logins that the user keeps in ~/.netrc, as ftp(1) and curl(1) read it; only where the settings allow it."""

import netrc
from pathlib import Path
from urllib.parse import urlsplit

from core.downloads.redirects import basic_login
from core.errors import UnusableRequestError


def netrc_login(url: str) -> dict[str, str]:
    """The header with the login of exactly the host of a URL; empty where there is none. A default is for nobody.

    Raises:
        UnusableRequestError: The file makes no sense.
    """
    try:
        known = netrc.netrc(str(Path.home() / ".netrc")).hosts.get(urlsplit(url).hostname or "")
    except (OSError, RuntimeError):  # there is none, or nobody's home
        return {}
    except (netrc.NetrcParseError, UnicodeDecodeError) as error:
        raise UnusableRequestError("The file .netrc in your home folder cannot be understood.") from error
    return basic_login(f"{known[0]}:{known[2]}".encode()) if known is not None else {}
