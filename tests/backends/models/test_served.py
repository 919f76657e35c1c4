"""A model server as a writer: what it answers is cut to a line, and whatever it does, each request ends once."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.backends.models import served
from bot.backends.models.served import BREAKS_AFTER, LEFT_ALONE, ServedWriter
from bot.domain.errors import ModelError
from bot.domain.work import Ended, Partial, Prompt, Writer
from tests.backends.models.server import Peer, serve


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serve() as found:
        yield found


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.Retry.get_backoff_time", lambda _: 0.001)


def drain(writer: Writer, admit: list[tuple[str, Prompt]], count: int) -> dict[str, Ended]:
    found: dict[str, Ended] = {}
    until = time.monotonic() + 5
    while len(found) < count:
        assert time.monotonic() < until, "the writer keeps an answer to itself"
        for ended in writer.step(admit):
            assert isinstance(ended, Ended) and ended.id not in found
            found[ended.id] = ended
        admit = []
    return found


def ask(*ids: str, most: int = 30) -> list[tuple[str, Prompt]]:
    return [(id, Prompt("商品：连衣裙", f"{id}多少钱？", most)) for id in ids]


def test_answers_are_one_line_and_what_is_asked_is_all_there(peer: Peer) -> None:
    """Greedy, seeded, bounded in tokens; the key goes along and the model is the server's first."""
    with closing(ServedWriter(peer.url + "/", key="secret")) as writer:
        assert writer.name == "tiny"
        assert drain(writer, ask("a", "b"), 2) == {id: Ended(id, f"答：{id}多少钱？") for id in "ab"}
    body = peer.asked[0]
    assert (body["temperature"], body["seed"], body["max_tokens"], body["model"]) == (0, 0, 68, "tiny")
    assert body["messages"][0] == {"role": "system", "content": "商品：连衣裙"}
    assert peer.keys == ["Bearer secret"] * 2
    assert "secret" not in repr(writer)


def test_the_model_may_be_named(peer: Peer) -> None:
    """With #NAME the server is not asked for its models."""
    peer.models = []
    with closing(ServedWriter(peer.url + "#mine")) as writer:
        drain(writer, ask("a"), 1)
    assert peer.asked[0]["model"] == "mine"


@pytest.mark.parametrize("way", [429, 500, 503, "hang"])
def test_what_passes_is_tried_again(peer: Peer, way: int | str) -> None:
    """Twice, then it must have worked."""
    peer.next.extend([way, way])
    with closing(ServedWriter(peer.url)) as writer:
        assert drain(writer, ask("a"), 1)["a"].text == "答：a多少钱？"
    assert len(peer.asked) == 3


@pytest.mark.parametrize(
    ("way", "why"),
    [
        ("cut", "cannot be read"), ("html", "cannot be read"), ("none", "0 answers"), ("two", "2 answers"),
        ("big", "bytes"),
        (401, "ZHUBO_MODEL_KEY"), (404, "404"), ("away", "302"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_fails_alone(peer: Peer, way: int | str, why: str) -> None:
    """With a reason, once, and the next answer is fine."""
    peer.next.append(way)
    with closing(ServedWriter(peer.url, slots=1)) as writer:
        assert why in drain(writer, ask("a"), 1)["a"].error
        assert not drain(writer, ask("a"), 1)["a"].error
    assert len(peer.asked) == 2


def test_words_are_told_as_they_come(peer: Peer) -> None:
    """As server-sent events; the answer is the same line. One that is dropped hangs up and frees its connection."""
    with closing(ServedWriter(peer.url, slots=1)) as writer:
        prompt = Prompt("商品：连衣裙", "a多少钱？", 30, stream=True)
        told = list(writer.step([("a", prompt)]))
        while not any(isinstance(t, Ended) for t in told):
            told += writer.step([])
        assert told[-1] == Ended("a", "答：a多少钱？")
        early = [t.text for t in told if isinstance(t, Partial)]
        assert early and all("答：a多少钱？".startswith(text) for text in early)
        writer.step([("b", prompt)])
        began = time.monotonic()
        assert drain(writer, [*ask("c")], 1) if not writer.step([], {"b"}) else True
        assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(("way", "why"), [("stops", "before its end"), (401, "ZHUBO_MODEL_KEY"), ("hang", "")])
def test_a_stream_that_breaks_fails_alone(peer: Peer, way: int | str, why: str) -> None:
    """With a reason, and the next one is whole."""
    peer.next.append(way)
    prompt = Prompt("商品：连衣裙", "a多少钱？", 30, stream=True)
    with closing(ServedWriter(peer.url, slots=1)) as writer:
        first, second = (_end(writer, prompt) for _ in range(2))
    assert (why in first.error) if why else first.text == "答：a多少钱？"  # a connection that broke is tried again
    assert second.text == "答：a多少钱？"


def _end(writer: Writer, prompt: Prompt) -> Ended:
    told = list(writer.step([("a", prompt)]))
    while not (ended := [t for t in told if isinstance(t, Ended)]):
        told += writer.step([])
    return ended[0]


def test_a_slow_server_holds_up_no_step(peer: Peer) -> None:
    """A step returns in time; an answer that was dropped meanwhile is not reported, and its id may be used again."""
    peer.next.append("slow")
    with closing(ServedWriter(peer.url)) as writer:
        began = time.monotonic()
        assert writer.step(ask("a")) == []
        assert time.monotonic() - began < 0.3
        assert writer.step([], {"a"}) == []
        assert drain(writer, ask("a", "b"), 2).keys() == {"a", "b"}
        time.sleep(0.01)
        assert writer.step([]) == []


def test_a_server_that_is_too_slow_is_given_up(peer: Peer) -> None:
    """After the timeout, each try."""
    peer.next.extend(["slow"] * 3)
    with closing(ServedWriter(peer.url, timeout=0.05)) as writer:
        assert "does not answer" in drain(writer, ask("a"), 1)["a"].error


def test_a_dead_server_is_left_alone_for_a_while(peer: Peer) -> None:
    """The circuit breaker: after failures in a row nothing is asked; then one request tries, and all is well again."""
    now = [0.0]
    with closing(ServedWriter(peer.url, slots=1, clock=lambda: now[0])) as writer:
        peer.next.extend([404] * BREAKS_AFTER)
        for i in range(BREAKS_AFTER):
            drain(writer, ask(str(i)), 1)
        assert "left alone" in drain(writer, ask("x"), 1)["x"].error
        assert len(peer.asked) == BREAKS_AFTER
        now[0] += LEFT_ALONE + 0.1
        assert not drain(writer, ask("y"), 1)["y"].error
        assert not drain(writer, ask("z"), 1)["z"].error


def test_a_server_that_is_none_is_told_at_the_start(peer: Peer) -> None:
    """With the fix; nothing listens, nothing loaded, or another protocol."""
    with pytest.raises(ModelError, match="start it"):
        ServedWriter("http://127.0.0.1:9/v1", timeout=0.2)
    peer.models = []
    with pytest.raises(ModelError, match="no model"):
        ServedWriter(peer.url)


def test_it_needs_no_torch() -> None:
    """A worker that only talks to a server starts at once."""
    import subprocess
    import sys

    code = "import sys, bot.backends.models.served; assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert served.STEP < 0.1
