"""The example clients of `deploy/examples`: a platform in forty lines, over a cut, in Python and in JavaScript."""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.generic import listen
from bot.domain.ports import Outgoing
from bot.kit.bench import Bench
from tests.adapters.fake_push import free_port
from tests.adapters.peers import npm

EXAMPLES = Path(__file__).parents[2] / "deploy" / "examples"


class _There:
    """What a bench wants to know of a platform."""

    patience, token, options = 5.0, "s3cret-token", dict[str, str]()


@pytest.mark.parametrize("language", ["python", "javascript"])
async def test_an_example_is_a_platform(language: str, tmp_path: Path) -> None:
    """Its comments are heard, also those typed while the connection was cut; lines get their receipts."""
    command = [sys.executable, str(EXAMPLES / "client.py")]
    if language == "javascript":
        if not os.environ.get("ZHUBO_PEERS") or not shutil.which("node"):
            pytest.skip("node with its package ws: tried by `make test-peers`")
        await npm(tmp_path, "ws")
        shutil.copy(EXAMPLES / "client.mjs", tmp_path)
        command = ["node", str(tmp_path / "client.mjs")]
    port = free_port()
    adapter = listen(f"listen://127.0.0.1:{port}/room", _options())
    bench = Bench(adapter, _There())  # type: ignore[arg-type]
    door = asyncio.create_task(bench.intake.run(adapter))
    client = await asyncio.create_subprocess_exec(
        *command, f"ws://127.0.0.1:{port}/room", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "ZHUBO_TOKEN": _There.token},
    )  # fmt: skip
    assert client.stdin and client.stdout
    try:
        await bench.until(lambda: bench.intake.state == "live", "the example must connect", 15.0)
        client.stdin.write("1号多少钱\n".encode())
        await bench.until(lambda: bench.comments == ["c1"], "its comment must be heard")
        receipt = await bench.adapter.send(Outgoing("k1", "现价129元", ("c1",)))
        assert receipt.outcome == "confirmed"
        assert (await client.stdout.readline()).decode() == "zhubo: 现价129元\n"
        assert adapter._link is not None
        adapter._link.transport.abort()
        await bench.until(lambda: bench.intake.state != "live", "the cut must be noticed")
        client.stdin.write("2号多少钱\n".encode())
        await bench.until(lambda: bench.comments == ["c1", "c2"], "nothing is lost over a cut", 15.0)
        client.stdin.close()
        await bench.until(lambda: bench.intake.state == "ended", "the end of its input ends the show")
    finally:
        if client.returncode is None:
            client.kill()
        await client.communicate()
        door.cancel()
        await asyncio.wait([door])
        await adapter.aclose()


def _options() -> Mapping[str, str]:
    return {"token": _There.token, "patience": str(_There.patience)}
