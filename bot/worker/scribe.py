"""The scribe: has a model write what scripts ask of it, in this process, with no store and no queue."""

from collections.abc import Callable, Sequence

from bot.decide.script.prompts import Ask
from bot.domain.work import Ended, Partial, Prompt, Writer

Told = Callable[[int, int, str], None]  # sentences done, of how many, and the words under way


def draft(writer: Writer, wanted: Sequence[Ask], told: Told = lambda done, of, words: None) -> dict[str, str]:
    """Return a model's sentence for each slot; one that failed is missing, and code's own words stand there instead."""
    waiting = list(enumerate(wanted))
    found: dict[str, str] = {}
    running = 0
    done = 0
    while waiting or running:
        room = max(0, writer.slots - running)
        admit, waiting = waiting[:room], waiting[room:]
        running += len(admit)
        for item in writer.step([(str(i), Prompt(a.prefix, a.suffix, a.max_chars, stream=True)) for i, a in admit]):
            if isinstance(item, Partial):
                told(done, len(wanted), item.text)
            elif isinstance(item, Ended):
                running, done = running - 1, done + 1
                if item.text:
                    found[wanted[int(item.id)].slot] = item.text
                told(done, len(wanted), item.text)
    return found
