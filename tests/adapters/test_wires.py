"""What adapters share: calls, sockets, webhooks. Every failure is said in words, and nothing grows without bound."""

import zlib

import pytest
from aiohttp import web

from adapters.dial import dialled, heard
from adapters.hook import address
from adapters.rest import MOST, Rest
from bot.domain.errors import Fatal, Retry, SettingsError
from tests.adapters.aio import Server


class Odd(Server):
    """A server that answers oddly."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{how}", self._answer)]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        how = request.match_info["how"]
        if how == "large":
            return web.Response(body=b"x" * (MOST * 3))
        if how == "bomb":
            headers = {"Content-Encoding": "gzip"}
            packer = zlib.compressobj(wbits=31)
            return web.Response(body=packer.compress(b"\0" * 50_000_000) + packer.flush(), headers=headers)
        if how == "socket":
            link = web.WebSocketResponse()
            await link.prepare(request)
            await link.send_bytes(b"x" * (MOST + 1))
            await link.receive()
            return link
        if how == "cut":
            assert request.transport
            request.transport.abort()
        return web.Response(status=int(how) if how.isdecimal() else 200, headers={"Retry-After": "7"})


async def test_answers_are_bounded_and_never_unpacked() -> None:
    """3 MiB are cut, a bomb stays as small as it came."""
    async with Odd() as odd, Rest("It") as rest:
        base = f"http://127.0.0.1:{odd.port}"
        large = await rest.call("GET", f"{base}/large")
        assert len(large.body) == MOST + 1 and large.why
        assert len((await rest.call("GET", f"{base}/bomb")).body) < 100_000


async def test_failures_are_told_apart() -> None:
    """A name that is none, nobody there, TLS that fails, a cut, a server's own wait."""
    async with Odd() as odd, Rest("It") as rest:
        base = f"127.0.0.1:{odd.port}"
        nowhere = await rest.call("GET", "http://no-such-host.invalid/")
        assert (nowhere.status, nowhere.left) == (0, False) and "DNS" in nowhere.why
        assert "TLS" in (await rest.call("GET", f"https://{base}/200")).why
        assert "cannot be reached" in (await rest.call("GET", "http://127.0.0.1:1/")).why
        cut = await rest.call("GET", f"http://{base}/cut")
        assert (cut.status, cut.left) == (0, True)
        assert rest.failed(await rest.call("GET", f"http://{base}/429")).after == 7.0
        assert "503" in str(rest.failed(await rest.call("GET", f"http://{base}/503")))


async def test_sockets_say_what_went_wrong() -> None:
    """A frame that is too large, TLS, a refusal."""
    async with Odd() as odd:
        for url, kind, words in (
            (f"ws://127.0.0.1:{odd.port}/socket", Retry, "1009"),
            ("ws://127.0.0.1:1/", Retry, "cannot be reached"),
            (f"wss://127.0.0.1:{odd.port}/socket", Retry, "TLS"), (f"ws://127.0.0.1:{odd.port}/403", Fatal, "403"),
            (f"ws://127.0.0.1:{odd.port}/503", Retry, "503"),
            ("ws://no-such-host.invalid/", Retry, "cannot be reached"),
        ):  # fmt: skip
            with pytest.raises(kind, match=words):
                async with dialled(url, "It") as link:
                    await heard(link, 5.0)


@pytest.mark.parametrize("listen", ["", "nowhere", "127.0.0.1", "127.0.0.1:http", "[::1"])
def test_an_address_to_listen_on_is_host_and_port(listen: str) -> None:
    """Or the fix is named."""
    with pytest.raises(SettingsError, match="HOST:PORT"):
        address(listen)
    assert address("[::1]:8780") == ("::1", 8780)
