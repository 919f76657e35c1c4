"""The scribe: every sentence asked for comes back under its slot, with as many under way as the writer has slots."""

from collections.abc import Collection, Sequence

from bot.decide.script.prompts import Ask
from bot.domain.work import Ended, Partial, Prompt
from bot.worker.scribe import draft


class Slow:
    """A writer of two slots that takes two steps for each answer, and has nothing to say to "bad"."""

    name, slots, held = "slow", 2, 0

    def __init__(self) -> None:
        self.under_way: dict[str, Prompt] = {}
        self.most = 0

    def step(self, admit: Sequence[tuple[str, Prompt]], drop: Collection[str] = ()) -> list[Partial | Ended]:
        done = [
            Ended(id, "" if p.suffix == "bad" else p.suffix, "failed" * (p.suffix == "bad"))
            for id, p in self.under_way.items()
        ]
        self.under_way = dict(admit)
        self.most = max(self.most, len(self.under_way))
        return [*done, *(Partial(id, "…") for id in self.under_way)]


def test_all_come_back_but_what_failed() -> None:
    """Five sentences through two slots; one fails and is missing; progress ends at five of five."""
    writer, told = Slow(), list[tuple[int, int]]()
    wanted = [Ask(f"p{i}:need", "", "bad" if i == 3 else f"said {i}", 40) for i in range(5)]
    found = draft(writer, wanted, lambda done, of, words: told.append((done, of)))
    assert found == {f"p{i}:need": f"said {i}" for i in range(5) if i != 3}
    assert writer.most == 2
    assert told[-1] == (5, 5)
    assert draft(writer, []) == {}
