"""Certificates for one run, made by openssl: a good one, and all the bad ones."""

import ssl
import subprocess
import warnings
from pathlib import Path
from typing import Final

_CONFIG: Final = """
[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = empty
[empty]
[ca_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[here]
subjectAltName = IP:127.0.0.1, DNS:localhost
[elsewhere]
subjectAltName = DNS:elsewhere.test
"""
_PAST: Final = ("20000101000000Z", "20200101000000Z")
_NOW: Final = ("20200101000000Z", "20450101000000Z")
_FUTURE: Final = ("20440101000000Z", "20450101000000Z")


def make(folder: Path) -> tuple[Path, dict[str, ssl.SSLContext]]:
    """The authority's certificate, which the client is to trust, and the TLS of each door."""
    folder.mkdir(parents=True)
    config = folder / "openssl.cnf"
    config.write_text(_CONFIG.format(folder=folder), encoding="utf-8")
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n", encoding="ascii")
    for name in ("ours", "foreign"):
        _authority(folder, name)
    contexts = {
        "tls": _signed(folder, "tls", _NOW),
        "expired": _signed(folder, "expired", _PAST),
        "early": _signed(folder, "early", _FUTURE),
        "elsewhere": _signed(folder, "elsewhere", _NOW, extensions="elsewhere"),
        "unknown": _signed(folder, "unknown", _NOW, authority="foreign"),
        "old": _signed(folder, "old", _NOW),
        "abrupt": _signed(folder, "abrupt", _NOW),
    }
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        contexts["old"].minimum_version = ssl.TLSVersion.TLSv1
        contexts["old"].maximum_version = ssl.TLSVersion.TLSv1_1
        contexts["old"].set_ciphers("ALL:@SECLEVEL=0")
    return folder / "ours.pem", contexts


def _authority(folder: Path, name: str) -> None:
    _openssl(
        folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", f"/CN=Test {name}",
        "-keyout", f"{name}.key", "-out", f"{name}.pem", "-config", "openssl.cnf", "-extensions", "ca_extensions",
    )  # fmt: skip


def _signed(
    folder: Path, name: str, when: tuple[str, str], authority: str = "ours", extensions: str = "here"
) -> ssl.SSLContext:
    key, certificate = f"{name}-server.key", f"{name}-server.pem"
    _openssl(
        folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-config", "openssl.cnf",
        "-keyout", key, "-out", f"{name}.csr",
    )  # fmt: skip
    _openssl(
        folder, "ca", "-batch", "-notext", "-config", "openssl.cnf", "-startdate", when[0], "-enddate", when[1],
        "-cert", f"{authority}.pem", "-keyfile", f"{authority}.key", "-extensions", extensions,
        "-in", f"{name}.csr", "-out", certificate,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / certificate, folder / key)
    return context


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True)  # noqa: S607 - the one in PATH
