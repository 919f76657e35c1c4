import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.backends.models import hubs
from bot.backends.models.resolve import resolve
from bot.backends.models.shelf import folder_name, lacks
from bot.domain.errors import ModelError
from tests.backends.models.conftest import Heard

MODEL = "owner/tiny"
COMMIT = "a" * 40


class Hub:
    """A hub and a ModelScope in one, serving one model folder over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.files = {file.name: file.read_bytes() for file in folder.iterdir()}
        self.asked: list[str] = []
        self.gated = False
        self.damaged = ""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.asked.append(self.path)
                hub.serve(self, body=True)

            def do_HEAD(self) -> None:
                hub.serve(self, body=False)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> bytes | None:
        """The body for a path, or None."""
        known = {
            f"/api/models/{MODEL}": {"id": MODEL, "sha": COMMIT, "siblings": [{"rfilename": n} for n in self.files]},
            f"/api/v1/models/{MODEL}/repo/files": {"Code": 200, "Data": {"Files": self.listing()}},
        }
        known[f"/api/models/{MODEL}/revision/main"] = known[f"/api/models/{MODEL}"]
        tree = [
            {"type": "file", "path": n, "size": len(b), "oid": hashlib.sha1(b).hexdigest()}
            for n, b in self.files.items()
        ]
        if path.startswith(f"/api/models/{MODEL}/tree/"):
            return json.dumps(tree).encode()
        if path in known:
            return json.dumps(known[path]).encode()
        name = path.rpartition("/")[2]
        if "/resolve/" in path and name in self.files:
            return b"\0" * len(self.files[name]) if name == self.damaged else self.files[name]
        return None

    def listing(self) -> list[dict[str, Any]]:
        """The files as ModelScope lists them, with one that wants to leave the folder."""
        files = [
            {"Path": name, "Type": "blob", "Size": len(data), "Sha256": hashlib.sha256(data).hexdigest()}
            for name, data in self.files.items()
        ]
        return [*files, {"Path": "../outside.json", "Type": "blob", "Size": 2}, {"Path": "sub", "Type": "tree"}]

    def serve(self, request: BaseHTTPRequestHandler, body: bool) -> None:
        found = self.answer(request.path.partition("?")[0])
        status = 403 if self.gated else 404 if found is None else 200
        data = found if found is not None and status == 200 else b"{}"
        request.send_response(status)
        if self.gated:
            request.send_header("X-Error-Code", "GatedRepo")
        elif found is None:
            request.send_header("X-Error-Code", "RepoNotFound")
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.send_header("X-Repo-Commit", COMMIT)
        request.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        request.end_headers()
        if body:
            request.wfile.write(data)


@pytest.fixture
def hub(folder: Path) -> Iterator[Hub]:
    """A hub that serves the tiny model."""
    made = Hub(folder)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.usefixtures("closed")
def test_the_hub_is_asked_at_its_endpoint(
    hub: Hub, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HF_ENDPOINT is where the model comes from; the next time the hub's cache has it and nobody is asked."""
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    found = resolve(MODEL, cache=tmp_path / "cache", progress=heard)
    assert not lacks(found)
    assert (found / "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert any(done == 1.0 for _, done in heard.steps)
    hub.asked.clear()
    assert resolve(MODEL, cache=tmp_path / "cache", progress=heard) == found
    assert hub.asked == []


@pytest.mark.usefixtures("closed")
def test_a_gated_model_says_what_to_do(hub: Hub, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is not mistaken for a closed network."""
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    hub.gated = True
    with pytest.raises(ModelError, match="set HF_TOKEN"):
        resolve(MODEL, cache=tmp_path / "cache", progress=heard)


@pytest.mark.usefixtures("closed")
def test_a_hub_without_the_model_or_its_safetensors_says_so(
    hub: Hub, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown name, and a model in another format, have their own reasons."""
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    with pytest.raises(ModelError, match="has no model owner/unknown"):
        resolve("owner/unknown", cache=tmp_path / "cache", progress=heard)
    del hub.files["model.safetensors"]
    with pytest.raises(ModelError, match=r"lacks model\.safetensors; choose"):
        resolve(MODEL, cache=tmp_path / "cache", progress=heard)


@pytest.mark.usefixtures("closed")
def test_modelscope_is_asked_next(hub: Hub, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the hub is closed, ModelScope has it; each file is verified, and none leaves its folder."""
    monkeypatch.setenv("MODELSCOPE_DOMAIN", hub.address)
    found = resolve(MODEL, cache=tmp_path / "cache", progress=heard)
    assert found == tmp_path / "cache" / folder_name(MODEL)
    assert {file.name for file in found.iterdir()} == set(hub.files)
    assert not list(tmp_path.rglob("outside.json"))
    assert "魔搭" in heard.text


@pytest.mark.usefixtures("closed")
def test_a_damaged_file_is_deleted_and_fetched_again(
    hub: Hub, tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose hash is wrong is not used; the next run fetches what is missing and keeps what was right."""
    monkeypatch.setenv("MODELSCOPE_DOMAIN", hub.address)
    hub.damaged = "model.safetensors"
    with pytest.raises(ModelError, match=r"model\.safetensors arrived damaged"):
        resolve(MODEL, cache=tmp_path / "cache", progress=heard)
    assert lacks(tmp_path / "cache" / folder_name(MODEL))
    hub.damaged = ""
    hub.asked.clear()
    assert not lacks(resolve(MODEL, cache=tmp_path / "cache", progress=heard))
    before = list(hub.files).index("model.safetensors")
    fetched = [path.rpartition("/")[2] for path in hub.asked if "/resolve/" in path]
    assert fetched == list(hub.files)[before:]


@pytest.mark.parametrize("variable", ["HF_ENDPOINT", "MODELSCOPE_DOMAIN"])
@pytest.mark.usefixtures("closed")
def test_an_address_that_is_none_is_named(
    tmp_path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A mirror setting that is no address is named in the error."""
    monkeypatch.setenv(variable, "ftp://mirror")
    with pytest.raises(ModelError, match=f"{variable}='ftp://mirror' is no web address"):
        resolve(MODEL, cache=tmp_path / "cache", progress=heard)


def test_a_silent_network_costs_seconds() -> None:
    """An answer that never comes is given up after the time allowed; an error comes through as it is."""
    stop = threading.Event()
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="no answer"):
        hubs._within(0.02, stop.wait)
    assert time.monotonic() - began < 5
    stop.set()
    with pytest.raises(ZeroDivisionError):
        hubs._within(5, lambda: 1 / 0)
    assert hubs._within(5, lambda: 7) == 7
