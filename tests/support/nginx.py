"""A real nginx that serves a folder on a port of its own."""

import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.processes import Program

PATH: Final = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
REASON: Final = "nginx is not installed (Debian: nginx-light)"
_START_S: Final = 10.0
_CONFIGURATION: Final = """
daemon off; master_process off; worker_processes 1; pid {prefix}/pid; error_log {prefix}/error.log;
events {{ worker_connections 512; }}
http {{
    types {{ image/jpeg jpg jpeg; image/png png; image/webp webp; text/plain txt; application/octet-stream bin; }}
    access_log off; sendfile on; tcp_nopush on; keepalive_timeout 60s; keepalive_requests 10000;
    client_body_temp_path {prefix}/body; proxy_temp_path {prefix}/proxy; fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi; scgi_temp_path {prefix}/scgi;
    server {{ listen 127.0.0.1:{port} backlog=512; root {folder}; {extra} }}
}}
"""


@contextmanager
def nginx_serving(folder: Path, rate: int | None = None, *, ranges: bool = True) -> Iterator[str]:
    """Serve the folder (links in it are followed); the base URL, without a slash at its end.

    Args:
        folder: Whose files are served.
        rate: Bytes a second that each connection gets; unlimited for None.
        ranges: Whether parts of files are given.
    """
    assert PATH is not None, REASON
    with tempfile.TemporaryDirectory(prefix="nginx-") as prefix, _free_port() as held:
        port = int(held.getsockname()[1])
        held.close()
        extra = (f"limit_rate {rate};" if rate else "") + ("" if ranges else " max_ranges 0;")
        configuration = Path(prefix, "nginx.conf")
        configuration.write_text(_CONFIGURATION.format(prefix=prefix, port=port, folder=folder, extra=extra))
        with Program([PATH, "-p", prefix, "-c", configuration], log=Path(prefix, "stderr")) as program:
            _wait_until_it_answers(program, port, Path(prefix))
            yield f"http://127.0.0.1:{port}"


def _free_port() -> socket.socket:
    """A socket bound to a port that was free."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held


def _wait_until_it_answers(program: Program, port: int, prefix: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return  # a refusal is an answer
        except OSError:
            if program.ended_within(0.02):
                break
    errors = "".join(path.read_text() for path in (prefix / "stderr", prefix / "error.log") if path.exists())
    raise AssertionError(f"nginx does not answer: {errors[-1000:]}")
