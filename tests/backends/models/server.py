"""A small server that speaks OpenAI's chat completions, and misbehaves when it is told to."""

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ODD: dict[int | str, bytes] = {
    "cut": b'{"choices": [{"message": {"content": "a"',
    "none": b'{"choices": []}',
    "two": b'{"choices": [{"message": {"content": "a"}}, {"message": {"content": "b"}}]}',
    "big": b" " * 3_000_000,
    "html": b"<html>it works</html>",
}


class Peer:
    """What the server saw and what it does next.

    Attributes:
        asked: bodies of completions asked for, in order.
        keys: Authorization headers seen.
        next: ways to misbehave, used up one per request: a status, "cut", "none", "two", "big", "hang", "slow",
            "html", "away" (redirect), "stops" (a stream that ends early).
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.next: deque[int | str] = deque()
        self.models = ["tiny"]


class Handler(BaseHTTPRequestHandler):
    """Answers one request as the peer says."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """List the models."""
        self._send(200, json.dumps({"data": [{"id": m} for m in self.server.peer.models]}).encode())

    def do_POST(self) -> None:  # noqa: N802
        """Complete a chat."""
        peer = self.server.peer
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        peer.asked.append(body)
        peer.keys.append(self.headers.get("authorization", ""))
        way = peer.next.popleft() if peer.next else 200
        text = f"答：{body['messages'][1]['content']}\n第二行"
        said = json.dumps({"choices": [{"message": {"content": text}}]})
        if body.get("stream") and way in (200, "stops"):
            self._stream(text, whole=way == 200)
            return
        if way in ODD:
            self._send(200, ODD[way])
            return
        match way:
            case "hang":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case "slow":
                time.sleep(0.6)
                self._send(200, said.encode())
            case "away":
                self.send_response(302)
                self.send_header("location", "http://127.0.0.1:9/")
                self.send_header("content-length", "0")
                self.end_headers()
            case int():
                self._send(way, said.encode())

    def _stream(self, text: str, whole: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        pieces: list[dict[str, Any]] = [{"role": "assistant"}, *({"content": c} for c in text)]
        with suppress(OSError):
            for piece in pieces if whole else pieces[:4]:
                event = json.dumps({"choices": [{"delta": piece}]})
                self.wfile.write(f"data: {event}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.01)
            if whole:
                self.wfile.write(b'data: {"choices": [], "usage": {}}\n\ndata: [DONE]\n\n')

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    """Serves one peer."""

    daemon_threads = True

    def __init__(self, peer: Peer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.peer = peer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def serve() -> Iterator[Peer]:
    """Serve on loopback while the context is open."""
    peer = Peer()
    server = Server(peer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    peer.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
