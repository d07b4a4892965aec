"""What downloads are made with."""


def http_versions() -> str:
    """Names and versions of the libraries, in one line."""
    import requests  # noqa: PLC0415  # whoever asks for a module's name has not asked for it
    import urllib3  # noqa: PLC0415  # as above

    return f"requests {requests.__version__}, urllib3 {urllib3.__version__}"  # type: ignore[attr-defined]  # it is there, only not listed
