"""Kin: which question a comment joins when its words are new but its sense is not."""

from collections import OrderedDict

from bot.decide.merge import Asked, same

FOUNDERS = 48  # questions that a new wording is compared with: the latest of its product, language, SKU and numbers
GROUPS = 256  # of such questions
WORDINGS = 4096  # remembered


class Kin:
    """Keys of questions by what they ask. A cluster is what is the same as its first wording, so it cannot drift."""

    def __init__(self) -> None:
        self._founders: OrderedDict[object, OrderedDict[str, Asked]] = OrderedDict()
        self._key_of: OrderedDict[str, str] = OrderedDict()

    def key(self, asked: Asked) -> str:
        """Return the key of the question that this is, its own when it is a new one."""
        if (known := self._key_of.get(asked.key)) is None:
            founders = self._founders.setdefault(asked.strict, OrderedDict())
            known = next((key for key in reversed(founders) if same(founders[key], asked)), asked.key)
            founders.setdefault(known, asked)
            if len(founders) > FOUNDERS:
                founders.popitem(last=False)
            if len(self._founders) > GROUPS:
                self._founders.popitem(last=False)
            self._key_of[asked.key] = known
            if len(self._key_of) > WORDINGS:
                self._key_of.popitem(last=False)
        return known
