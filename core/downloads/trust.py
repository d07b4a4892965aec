"""Whom we believe that a server is who it says: Mozilla's list, as certifi brings it, and the system's own store."""

import ssl
from functools import cache

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context


@cache
def tls_context() -> ssl.SSLContext:
    """The one context of all connections: TLS 1.2 or later, certificate and host name always checked.

    Made once, for reading the certificates takes longer than a small file.
    """
    context = create_urllib3_context()
    context.load_default_certs()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context
