"""Host and port in, a running web server until the process is told to stop."""

import contextlib
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management.base import CommandError
from django.core.wsgi import get_wsgi_application
from waitress import create_server
from waitress.server import BaseWSGIServer, MultiSocketServer

from kerma.store import processes

_LAST_PORT = 65535
_STALE_S = 24 * 3600


def serve(host: str, port: int, say: Callable[[str], object]) -> None:
    """Serve the pages with waitress; `say` gets the one line that tells they can be opened.

    Port 0 means any free one. SIGTERM and Ctrl-C end it: requests under way are finished.

    Raises
    ------
    CommandError
        If the port cannot be had.
    """
    server = _bind(host, port)
    tempfile.tempdir = str(_folder_of_requests())
    signal.signal(signal.SIGTERM, _stop)
    address = _address(host, server)
    with processes.alive("web", lambda: {"address": address}):
        say(f"Kerma is ready at {address}")
        server.run()


def _folder_of_requests() -> Path:
    """Return where large requests wait until they are read: on our own disk, which has room."""
    path = Path(settings.KERMA_HOME) / "requests"
    path.mkdir(mode=0o700, exist_ok=True)
    before = time.time() - _STALE_S
    for left in path.iterdir():  # by a process that was killed
        with contextlib.suppress(FileNotFoundError):
            if left.stat().st_mtime < before:
                left.unlink()
    return path


def _bind(host: str, port: int) -> BaseWSGIServer | MultiSocketServer:
    """Return a server that has its port, but does not answer yet."""
    proxy = {
        "trusted_proxy": settings.KERMA_TRUSTED_PROXY,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
    }
    if not 0 <= port <= _LAST_PORT:
        raise CommandError(f"There is no port {port}; ports go from 0 to {_LAST_PORT}.")
    try:
        return create_server(
            get_wsgi_application(),
            host=host,
            port=port,
            threads=settings.KERMA_THREADS,
            max_request_body_size=settings.KERMA_MAX_REQUEST_GB * 10**9,
            ident="kerma",
            url_prefix=settings.FORCE_SCRIPT_NAME or "",
            **(proxy if settings.KERMA_TRUSTED_PROXY else {}),
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(
            f"Port {port} of {host} cannot be had ({reason}). "
            "If another program uses it, choose another with --port."
        ) from error


def _address(host: str, server: BaseWSGIServer | MultiSocketServer) -> str:
    """Return what to open in a browser on this machine."""
    listening = getattr(server, "effective_listen", None)
    port = listening[0][1] if listening else server.effective_port
    name = "localhost" if host in {"", "*", "0.0.0.0", "::", "127.0.0.1", "::1"} else host
    return f"http://{name}:{port}{settings.FORCE_SCRIPT_NAME or ''}/"


def _stop(number: int, frame: FrameType | None) -> None:
    """End the server's loop, which finishes what it is doing."""
    raise SystemExit(0)
