"""Whom we believe that a server is who it says: Mozilla's list, as certifi brings it, and the system's own store."""

import ssl
from functools import cache

import certifi


@cache
def tls_context() -> ssl.SSLContext:
    """The one context of all connections: TLS 1.2 or later, certificate and host name always checked.

    Made once, for reading the certificates takes longer than a small file.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False  # RFC 9525, section 2
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(certifi.where())
    return context
