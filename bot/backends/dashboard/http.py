"""Plain answers: static files, headers, and whether a request comes from this page."""

import errno
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Response

from bot.domain.errors import PortInUse, SettingsError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_STATIC = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_CSP = (
    "default-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def same_host(origin: str, host: str) -> bool:
    """Tell whether a request comes from our own page."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def response(
    status: HTTPStatus, body: bytes, kind: str = "text/plain", *, cache: str = "no-store", name: str = ""
) -> Response:
    """Build an answer with the headers that every page here has; `name` is of a file to be saved."""
    headers = Headers()
    headers["Content-Type"] = kind if kind.startswith("application/zip") else f"{kind}; charset=utf-8"
    headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"  # the library serves one request per connection
    headers["Cache-Control"] = cache
    headers["Content-Security-Policy"] = _CSP
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(status.value, status.phrase, headers, body)


def read_static() -> dict[str, tuple[bytes, str]]:
    """Read every file a browser may have, by its path: what is not in this table does not exist."""
    table: dict[str, tuple[bytes, str]] = {}
    for file in sorted(_STATIC.rglob("*")):
        if file.is_file() and file.suffix in _TYPES:
            table["/" + file.relative_to(_STATIC).as_posix()] = (file.read_bytes(), _TYPES[file.suffix])
    table["/"] = table["/index.html"]
    table["/host"] = table["/host.html"]
    table["/script"] = table["/script.html"]
    return table


def url_of(host: str, port: int) -> str:
    """Return where a page is, as people type it."""
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def cannot_listen(host: str, port: int, error: OSError) -> PortInUse | SettingsError:
    """Turn a failed start into an error with its fix."""
    if error.errno == errno.EADDRINUSE:
        return PortInUse(
            f"port {port} on {host or 'this machine'} is taken, so the page cannot be served there. "
            f"Stop the other program, or choose another port, such as `--page-port {port + 1}`."
        )
    return SettingsError(
        f"the page cannot listen on {host}:{port} ({error.strerror or error}). "
        "Choose another address with `--page-host` or another port with `--page-port`."
    )
