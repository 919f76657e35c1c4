"""Approval: whether words go out, wait for a person, or stay here, and what becomes of them when nobody rules."""

from bot.decide.doubts import doubt
from bot.live.questions import Question
from bot.live.state import State

ANGRY_FOR = 300.0  # seconds after a complaint


class Approval:
    """What stands between words and their send slot."""

    def __init__(self, state: State) -> None:
        self._state = state

    def offer(self, now: float, question: Question) -> None:
        """Let words go on: to a send slot, to a person, or nowhere, as mode and doubts have it."""
        state = self._state
        if why := state.in_hand(question.product):
            state.close(now, question, "to_host", why)
        elif state.mode == "shadow":
            state.close(now, question, "withheld", "shadow")
        elif not question.approved and (why := "assist" if state.mode == "assist" else self._doubt(now, question)):
            question.doubt, question.claimed = why, ""
            state.move(question, "pending", now + state.policy.rule_within)
        else:
            state.move(question, "ready", now + state.policy.answer_within)

    def _doubt(self, now: float, question: Question) -> str:
        state = self._state
        angry = all(now - state.angry.get(a.heard.viewer, -ANGRY_FOR) < ANGRY_FOR for a in question.askers)
        new = bool(question.product) and question.product not in state.told
        why = doubt(question.text, question.path or "fact", angry=angry, new=new, ask_for=state.policy.person_for)
        return why or ""

    def silent(self, now: float, question: Question) -> None:
        """Nobody has ruled on a pending answer in time. One that somebody is looking at waits for the lease."""
        state = self._state
        if question.claimed and now < question.lease:
            state.move(question, "pending", question.lease)
        elif state.policy.on_silence == "send":
            state.move(question, "ready", now + state.policy.answer_within)
        elif state.policy.on_silence == "drop":
            state.close(now, question, "expired", "no_ruling")
        else:
            state.close(now, question, "to_host", "no_ruling")
