"""A real OBS under a virtual display: our line stands in its text source, and is drawn."""

import asyncio
import base64
import json
import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from adapters.dial import Answers, dialled, heard, proof
from adapters.obs import open_room
from bot.domain.ports import Outgoing
from bot.kit.bench import Bench
from tests.adapters.fake_obs import Obs
from tests.adapters.peers import ran, wanted

PASSWORD, SOURCE = "correct horse", "助播"
TEXT = "1号亚麻衬衫：现价129元"


async def _installed() -> None:
    if not (shutil.which("obs") and shutil.which("Xvfb")):
        if os.geteuid() or not shutil.which("apt-get"):
            pytest.skip("OBS and Xvfb are not here, and cannot be installed without root and apt")
        code, said = await ran("apt-get", "install", "-y", "-qq", "--no-install-recommends", "obs-studio", "xvfb")
        if code:
            pytest.skip(f"apt cannot install OBS: {said[-300:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _home(folder: Path, port: int) -> Path:
    """Make a home in which OBS starts without questions, with its WebSocket server on."""
    settings = folder / ".config" / "obs-studio"
    plugin = settings / "plugin_config" / "obs-websocket"
    for made in (plugin, settings / "basic" / "scenes", settings / "basic" / "profiles" / "Untitled"):
        made.mkdir(parents=True)
    websocket = (
        f"ServerEnabled=true\nServerPort={port}\nAlertsEnabled=false\nAuthRequired=true\nServerPassword={PASSWORD}\n"
    )
    (settings / "global.ini").write_text(
        f"[General]\nFirstRun=true\nPre19Defaults=false\nPre21Defaults=false\nPre23Defaults=false\nPre24.1Defaults=false\n"
        f"LastVersion=486539264\nEnableAutoUpdates=false\n\n[OBSWebSocket]\nFirstLoad=false\n{websocket}\n"
        "[Basic]\nProfile=Untitled\nProfileDir=Untitled\nSceneCollection=Untitled\nSceneCollectionFile=Untitled\n",
        "utf-8",
    )
    (plugin / "config.json").write_text(json.dumps({
        "server_enabled": True, "server_port": port, "auth_required": True, "server_password": PASSWORD,
        "alerts_enabled": False, "first_load": False,
    }))  # fmt: skip
    (settings / "basic" / "profiles" / "Untitled" / "basic.ini").write_text("[General]\nName=Untitled\n")
    return folder


async def _ask(link: Any, answers: Answers, verb: str, **data: object) -> dict[str, Any]:
    def write(id: str) -> str:
        return json.dumps({"op": 6, "d": {"requestType": verb, "requestId": id, "requestData": data}})

    reply = await answers.ask(link, write, 10.0)
    assert reply and reply["requestStatus"]["result"], f"{verb}: {reply}"
    return reply.get("responseData") or {}


async def _read(link: Any, answers: Answers) -> None:
    while True:
        found = json.loads(await heard(link, None))
        if found["op"] == 7:
            answers.take(found["d"]["requestId"], found["d"])


@wanted
async def test_our_line_stands_in_a_real_obs(tmp_path: Path) -> None:
    """Its settings hold the words, a picture of the source is not empty, and after its seconds it is gone."""
    await _installed()
    port, display = _free_port(), ":97"
    home = _home(tmp_path, port)
    env = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "DISPLAY": display,
           "XDG_RUNTIME_DIR": str(tmp_path), "LIBGL_ALWAYS_SOFTWARE": "1", "QT_QPA_PLATFORM": "xcb"}  # fmt: skip
    log = (tmp_path / "obs.log").open("wb")
    screen = await asyncio.create_subprocess_exec(
        "Xvfb", display, "-screen", "0", "1280x720x24", stdout=log, stderr=log
    )
    await asyncio.sleep(1.0)
    obs = await asyncio.create_subprocess_exec(
        "obs", "--multi", "--minimize-to-tray", "--disable-shutdown-check", stdout=log, stderr=log, env=env
    )
    fake = Obs()
    fake.url, fake.token, fake.patience = f"obs://127.0.0.1:{port}?source={SOURCE}&show=2", PASSWORD, 10.0
    try:
        await _listening(port, tmp_path / "obs.log")
        async with dialled(f"ws://127.0.0.1:{port}", "OBS", subprotocols=["obswebsocket.json"]) as link:
            auth = json.loads(await heard(link, 10.0))["d"]["authentication"]
            seal = proof(PASSWORD, auth["salt"], auth["challenge"])
            await link.send(json.dumps({"op": 1, "d": {"rpcVersion": 1, "authentication": seal}}))
            assert json.loads(await heard(link, 10.0))["op"] == 2
            answers = Answers()
            reading = asyncio.create_task(_read(link, answers))
            scene = (await _ask(link, answers, "GetSceneList"))["currentProgramSceneName"]
            await _ask(
                link, answers, "CreateInput", sceneName=scene, inputName=SOURCE, inputKind="text_ft2_source_v2",
                inputSettings={"text": "", "font": {"face": "DejaVu Sans", "size": 64}},
            )  # fmt: skip
            bench = Bench(open_room(fake.url, {"token": PASSWORD, "patience": "10"}), fake)
            door = asyncio.create_task(bench.intake.run(bench.adapter))
            await bench.live()
            receipt = await bench.adapter.send(Outgoing("k1", "Linen Shirt 129"))
            shown = (await _ask(link, answers, "GetInputSettings", inputName=SOURCE))["inputSettings"]["text"]
            assert (receipt.outcome, shown) == ("confirmed", "Linen Shirt 129")
            await asyncio.sleep(0.5)
            picture = await _ask(link, answers, "GetSourceScreenshot", sourceName=SOURCE, imageFormat="png")
            png = base64.b64decode(picture["imageData"].partition(",")[2])
            assert png.startswith(b"\x89PNG") and len(png) > 300, "nothing was drawn"
            await bench.adapter.send(Outgoing("k2", TEXT))
            shown = (await _ask(link, answers, "GetInputSettings", inputName=SOURCE))["inputSettings"]["text"]
            assert shown.replace("\n", "") == TEXT
            await asyncio.sleep(2.5)
            assert (await _ask(link, answers, "GetInputSettings", inputName=SOURCE))["inputSettings"]["text"] == ""
            for task in (door, reading):
                task.cancel()
            await asyncio.wait([door, reading])
            await bench.adapter.aclose()
    finally:
        for process in (obs, screen):
            if process.returncode is None:
                process.kill()
            await process.wait()
        log.close()


async def _listening(port: int, log: Path) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise AssertionError(f"OBS did not open its WebSocket server, see {log}")
