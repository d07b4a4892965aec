"""Whom we believe that a server is who it says: Mozilla's list, as certifi brings it, and the system's own store."""

import ssl
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import certifi

# Where systems keep their store (Go's crypto/x509, root_linux.go): a packaged program brings an OpenSSL that looks only
# where the system it was built on has it.
_STORES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


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
    usual = ssl.get_default_verify_paths()
    if not (usual.cafile or usual.capath) and (store := first_store()) is not None:
        with suppress(OSError):  # a damaged one: Mozilla's list is there
            context.load_verify_locations(store)
    return context


def first_store(places: Iterable[str] = _STORES) -> str | None:
    """The system's file of certificates, None where there is none of these."""
    return next((place for place in places if Path(place).is_file()), None)
