"""Peers: other people's programs that our adapters and fakes are tried against. Opt-in: `make test-peers`."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

wanted = pytest.mark.skipif(not os.environ.get("ZHUBO_PEERS"), reason="peers are tried by `make test-peers`")
INSTALL = 240.0  # seconds


async def ran(*command: str | Path, within: float = INSTALL, cwd: Path | None = None, **env: str) -> tuple[int, str]:
    """Run a command; returns its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env={**os.environ, **env}, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(within):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode("utf-8", "replace")


async def npm(folder: Path, *packages: str) -> Path:
    """Install packages of npm into a folder; skips the test where that cannot be done."""
    if not shutil.which("npm"):
        pytest.skip("node and npm are not here")
    code, said = await ran("npm", "install", "--prefix", folder, "--no-audit", "--no-fund", *packages)
    if code:
        pytest.skip(f"npm cannot install {packages}: {said[-300:]}")
    return folder


async def pip(folder: Path, *packages: str) -> Path:
    """Install packages of PyPI into a folder; skips the test where that cannot be done."""
    code, said = await ran(sys.executable, "-m", "pip", "install", "-q", "--target", folder, *packages)
    if code:
        pytest.skip(f"pip cannot install {packages}: {said[-300:]}")
    return folder
