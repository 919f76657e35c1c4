"""A model behind a server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, `transformers serve`.

The setting is `http://HOST:PORT/v1`, with `#NAME` when the server has several models; the key comes from the
environment (ZHUBO_MODEL_KEY). Imports no torch. Protocol: https://platform.openai.com/docs/api-reference/chat/create.
"""

import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock
from urllib.parse import urldefrag

import msgspec
import urllib3

from bot.backends.models.line import LINE_END, first_line
from bot.domain.errors import ModelError
from bot.domain.work import Ended, Partial, Prompt

STEP = 0.05  # seconds that a step waits for an answer
TRIES = 3
TURNED_AWAY = (408, 409, 425, 429, 500, 502, 503, 504)  # worth another try
BREAKS_AFTER = 5  # failures in a row, after which the server is left alone
LEFT_ALONE = 3.0  # seconds; then one request tries it
LARGEST = 1 << 20  # bytes of a reply that are read


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message


class _Reply(msgspec.Struct):
    choices: list[_Choice]


class _Delta(msgspec.Struct):
    content: str | None = None


class _Piece(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Piece] = []


class _Call:
    """A request under way: the words so far, and whether anybody still wants them."""

    def __init__(self) -> None:
        self.dropped = False
        self.text = self.told = ""


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


class ServedWriter:
    """Answers from a server, `slots` at a time. Implements the port `Writer`; a failing request fails alone.

    Args:
        url: of the API, such as "http://127.0.0.1:8000/v1"; "#NAME" names the model, else the server's first is asked.
        key: bearer token, "" for none; never logged.
        timeout: seconds for one try.
        clock: monotonic seconds.

    Raises:
        ModelError: the server does not answer, or has no model.
    """

    def __init__(
        self, url: str, *, slots: int = 8, key: str = "", timeout: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        base, name = urldefrag(url)
        self._base, self.slots = base.rstrip("/"), slots
        self.held = 0  # the server keeps it
        self._clock = clock
        self._lock = Lock()
        self._failures, self._closed_until = 0, 0.0
        self._under_way: dict[str, tuple[Future[Ended], _Call]] = {}
        # Jitter parts those that were turned away together; a server's Retry-After may be longer than any deadline.
        again = urllib3.Retry(
            TRIES - 1, backoff_factor=0.2, backoff_jitter=0.2, backoff_max=2.0, status_forcelist=TURNED_AWAY,
            allowed_methods=None, raise_on_status=False, respect_retry_after_header=False,
        )  # fmt: skip
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        self._http = urllib3.PoolManager(
            maxsize=slots, block=True, retries=again, timeout=urllib3.Timeout(connect=min(3.0, timeout), read=timeout),
            headers=headers,
        )  # fmt: skip
        self.name = name or self._first_model()
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="served")

    def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Partial | Ended]:
        """See `Writer`. Waits for `STEP` seconds at most; what a dropped request brings is not looked at."""
        for id in drop:
            if found := self._under_way.pop(id, None):
                found[0].cancel()
                found[1].dropped = True
        for id, prompt in admit:
            call = _Call()
            self._under_way[id] = self._threads.submit(self._ask, id, prompt, call), call
        if self._under_way:
            wait([future for future, _ in self._under_way.values()], STEP, FIRST_COMPLETED)
        told: list[Partial | Ended] = []
        for id, (future, call) in list(self._under_way.items()):
            if future.done():
                del self._under_way[id]
                told.append(future.result())
            elif (words := call.text) != call.told:
                call.told = words
                told.append(Partial(id, words))
        return told

    def close(self) -> None:
        """Give connections and threads back."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.clear()

    def _ask(self, id: str, prompt: Prompt, call: _Call) -> Ended:
        if why := self._broken():
            return Ended(id, error=why)
        asked = {
            "model": self.name,
            "messages": [{"role": "system", "content": prompt.prefix}, {"role": "user", "content": prompt.suffix}],
            "max_tokens": 2 * prompt.max_chars + 8, "temperature": 0, "seed": 0,
        }  # fmt: skip
        try:
            if prompt.stream:
                text = self._streamed(asked | {"stream": True}, prompt, call)
            else:
                text = self._text(self._call("POST", "/chat/completions", asked))
        except ModelError as error:
            self._heard(False)
            return Ended(id, error=str(error))
        self._heard(True)
        return Ended(id, first_line(text, prompt.max_chars) if prompt.one_line else text[: prompt.max_chars].strip())

    def _first_model(self) -> str:
        try:
            models = msgspec.json.decode(self._call("GET", "/models"), type=_Models).data
        except msgspec.DecodeError as error:
            raise ModelError(
                f"{self._base} does not speak OpenAI's protocol ({error}). Fix: give the URL that ends in /v1."
            ) from error
        if not models:
            raise ModelError(f"{self._base} has no model. Fix: load one there.")
        return models[0].id

    def _call(self, method: str, path: str, body: object = None) -> bytes:
        data = None if body is None else msgspec.json.encode(body)
        try:
            reply = self._http.request(method, self._base + path, body=data, preload_content=False, redirect=False)
            try:
                found = reply.read(LARGEST + 1, decode_content=True)
                if len(found) > LARGEST:
                    reply.close()  # not drained: it may never end
            finally:
                reply.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise ModelError(
                f"the model server {self._base} does not answer ({type(error).__name__}). Fix: start it, check --model."
            ) from error
        _check(reply.status, path)
        if len(found) > LARGEST:
            raise ModelError(f"the model server sends more than {LARGEST} bytes")
        return bytes(found)

    def _streamed(self, asked: dict[str, object], prompt: Prompt, call: _Call) -> str:
        """Ask for server-sent events; the words so far are in `call`. A dropped call hangs up at the next event."""
        text, read, rest, whole = "", 0, b"", False
        try:
            reply = self._http.request(
                "POST", f"{self._base}/chat/completions", body=msgspec.json.encode(asked), preload_content=False,
                redirect=False,
            )  # fmt: skip
            try:
                _check(reply.status, "/chat/completions")
                while not whole and not call.dropped and (data := reply.read1()):
                    read += len(data)
                    if read > LARGEST:
                        raise ModelError(f"the model server sends more than {LARGEST} bytes")
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        words, last = _event(line)
                        text, whole = text + words, whole or last
                    # What is beyond the answer's end is not waited for.
                    whole |= len(text) > prompt.max_chars
                    whole |= prompt.one_line and LINE_END.search(text.lstrip()) is not None
                    call.text = call.text if whole else text.strip()
            finally:
                reply.close()
                reply.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise ModelError(f"the model server {self._base} does not answer ({type(error).__name__})") from error
        if not whole and not call.dropped:
            raise ModelError("the model server's reply ended before its end")
        return text

    @staticmethod
    def _text(reply: bytes) -> str:
        try:
            choices = msgspec.json.decode(reply, type=_Reply).choices
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ModelError(f"the model server's reply cannot be read ({error})") from error
        if len(choices) != 1:
            raise ModelError(f"the model server sends {len(choices)} answers to one question")
        return choices[0].message.content or ""

    def _broken(self) -> str:
        """Say why nothing is asked now, "" when it may be; past the pause, one request at a time tries the server."""
        with self._lock:
            if self._failures < BREAKS_AFTER:
                return ""
            now = self._clock()
            if now < self._closed_until:
                return "the model server failed several times in a row and is left alone for a moment"
            self._closed_until = now + LEFT_ALONE
            return ""

    def _heard(self, well: bool) -> None:
        with self._lock:
            self._failures = 0 if well else self._failures + 1
            if self._failures >= BREAKS_AFTER:
                self._closed_until = self._clock() + LEFT_ALONE


def _check(status: int, path: str) -> None:
    """Raise ModelError for what is not an answer."""
    if status in (401, 403):
        raise ModelError(f"the model server refuses the key ({status}). Fix: set ZHUBO_MODEL_KEY.")
    if status >= 300:
        raise ModelError(f"the model server says {status} to {path}")


def _event(line: bytes) -> tuple[str, bool]:
    """Return the words of one line of server-sent events, and whether it is the last that matters."""
    kind, _, data = line.partition(b":")
    if kind.strip() != b"data":
        return "", False
    if data.strip() == b"[DONE]":
        return "", True
    try:
        choices = msgspec.json.decode(data, type=_Chunk).choices
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"the model server's reply cannot be read ({error})") from error
    return (choices[0].delta.content or "", choices[0].finish_reason is not None) if choices else ("", False)
