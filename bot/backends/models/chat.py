"""Between words and tokens: a prompt in the model's own chat format, and tokens back into one line of chat.

What viewers type is hostile. It reaches the model only as words: nothing in it can become a token that ends a turn
or begins another.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from jinja2 import TemplateError

from bot.backends.models.line import LINE_END, first_line
from bot.domain.work import Prompt

_SPOT = "ZHUBO7SUFFIX3SPOT"
# Tokens that end a turn in the families that are in use; a model stops at those that it has.
_ENDS = ("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|end|>", "<end_of_turn>", "<turn|>", "</s>")


class Tokens(NamedTuple):
    """A prompt in tokens: all of it, and the part that all prompts with the same prefix begin with."""

    all: list[int]
    head: list[int]


class Frame(NamedTuple):
    """What surrounds the suffixes of one prefix: text before and after, tokens before, control tokens in all."""

    before: str
    after: str
    head: list[int]
    controls: int


class Chat:
    """A tokenizer with its chat template, as far as a writer needs them.

    Args:
        tokenizer: of transformers.
        ends: ids after which the model itself stops.
    """

    def __init__(self, tokenizer: Any, ends: Sequence[int] = ()) -> None:
        self._tokenizer = tokenizer
        added = tokenizer.added_tokens_decoder
        # Some tokenizers list plain words and runs of spaces as added tokens; those may stay in a text.
        controls = {index: str(token) for index, token in added.items() if token.special or "<" in str(token)}
        words = sorted(filter(None, controls.values()), key=len, reverse=True)
        self._control_ids = frozenset(controls)
        self._control = re.compile("|".join(map(re.escape, words))) if words else None
        named = {index for index, word in controls.items() if word in _ENDS}
        eos = {tokenizer.eos_token_id} if tokenizer.eos_token_id is not None else set()
        self.ends = frozenset(named | eos | set(ends))
        self._templated = bool(tokenizer.chat_template)
        self._takes_system = self._templated and self._has_system_turn()

    def frame(self, prefix: str) -> Frame:
        """Render everything but the suffix. Raises ValueError when the template loses the user's words."""
        before, after = self._around(self.harmless(prefix))
        head = self._encode(before)
        probe = self._encode(before + "x" + after)
        return Frame(before, after, head, self._controls(probe))

    def tokens(self, frame: Frame, prompt: Prompt) -> Tokens:
        """Return the tokens of a prompt, rendered and tokenised as one text, so that they are what the model knows.

        Raises ValueError when the suffix would have added control tokens: then nothing of it may reach the model.
        """
        ids = self._encode(frame.before + self.harmless(prompt.suffix) + frame.after)
        if self._controls(ids) != frame.controls:
            raise ValueError("the text holds control tokens of the model")
        # The last token of the head may have merged with the suffix, and one token must be left to compute.
        shared = 0
        for mine, theirs in zip(frame.head, ids[:-1], strict=False):
            if mine != theirs:
                break
            shared += 1
        return Tokens(ids, frame.head[:shared])

    def harmless(self, text: str) -> str:
        """Return the text with every control word of the model broken by a space, so that it is words again."""
        while self._control and self._control.search(text):
            text = self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)
        return text

    def text(self, ids: Sequence[int]) -> str:
        """Return what the tokens say, without control tokens, half characters and space at the beginning."""
        said = self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(said).lstrip().rstrip("\ufffd")

    def _around(self, prefix: str) -> tuple[str, str]:
        if not self._templated:
            return f"{prefix}\n", ""
        before, spot, after = self._render(prefix, _SPOT).partition(_SPOT)
        if not spot or _SPOT in after:
            raise ValueError("the chat template does not show the user's text exactly once")
        return before, after

    def _render(self, prefix: str, suffix: str) -> str:
        turns = [{"role": "system", "content": prefix}, {"role": "user", "content": suffix}]
        if not self._takes_system:
            turns = [{"role": "user", "content": f"{prefix}\n\n{suffix}"}]
        return str(
            self._tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        )

    def _has_system_turn(self) -> bool:
        """Whether the template knows system turns: some refuse them, some drop them silently."""
        self._takes_system = True
        try:
            return _SPOT in self._render(_SPOT, "x")
        except TemplateError:
            return False

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=not self._templated)["input_ids"])

    def _controls(self, ids: Sequence[int]) -> int:
        return sum(index in self._control_ids for index in ids)


class Draft:
    """One answer while it grows.

    Args:
        chat: turns tokens into text.
        prompt: says how many characters the answer may have, and whether it is one line.
    """

    def __init__(self, chat: Chat, prompt: Prompt) -> None:
        self._chat = chat
        self._most, self._one_line, self._stream = prompt.max_chars, prompt.one_line, prompt.stream
        self._ids: list[int] = []
        self._text = self._told = ""
        self.done = False

    @property
    def tokens_at_most(self) -> int:
        """How many tokens to allow: a rare character takes three, and a model may say nothing at all for ever."""
        return 2 * self._most + 8

    def take(self, token: int) -> bool:
        """Add a token; return True when the answer is complete."""
        if token in self._chat.ends:
            self.done = True
            return True
        self._ids.append(token)
        self._text = self._chat.text(self._ids)
        long = len(self._text) > self._most or len(self._ids) >= self.tokens_at_most
        self.done = long or (self._one_line and LINE_END.search(self._text) is not None)
        return self.done

    def words(self) -> str:
        """Return the answer: one line or all, cut to the limit."""
        return first_line(self._text, self._most) if self._one_line else self._text[: self._most].rstrip()

    def news(self) -> str:
        """Return the words so far when they are to be streamed and have grown, else ""."""
        if not self._stream or self.done or (said := self._text.rstrip()) == self._told:
            return ""
        self._told = said
        return said
