"""How one room behaves: every number a room decides by, as one frozen value.

It is written at the head of the journal, so that a replay decides by the same numbers.
"""

import msgspec

from bot.domain.desk import Doubt, Mode, Silence


class Planned(msgspec.Struct, frozen=True):
    """Something the merchant has really scheduled: `at` is the wall clock of the room, "20:30"; `text` what it is."""

    at: str
    text: str


class RoomPolicy(msgspec.Struct, frozen=True):
    """The numbers of one room. Durations are seconds.

    Attributes:
        send_gap: least time between two of our lines; the platform's own limit wins when it is longer.
        answer_within: a question with no send slot after this expires.
        begin_within: how long a question may wait until a worker begins its answer, before it goes to the host: more
            are not let in than the workers get round to, so that a burst is over soon after its end.
        model_within: how long a question may be with the workers, its answer's time included.
        recall_within: how long a question waits for the viewer's session context.
        repeat_after: an answered question asked again sooner than this points at the answer given.
        reheat_askers: unless so many ask again, or the fact changed.
        receipt_within: how long to wait for the platform's receipt.
        max_open: open questions at most; beyond it the coldest one without a draft is shed.
        max_waiting: comments waiting for session context at most.
        correct_within: a line sent no longer ago than this is corrected when a fact under it changes; 0 for never.
        correct_by_host: leave corrections to the host instead of sending them.
        suggest: put product suggestions beside answers.
        suggest_most: suggestions that one viewer gets in a session at most, without asking for any.
        suggest_often: times one product is suggested within ten minutes at most, without being asked for.
        unprompted: post suggestions that nobody asked for, where the platform allows that, `unprompted_gap` apart.
        model_jobs: jobs a room may have at the worker at once.
        mode: the mode it opens in: auto, assist, shadow or stopped.
        rule_within: how long an answer waits for a person's ruling.
        on_silence: what becomes of it then: "host" (it goes to the host), "send" or "drop".
        claim_for: how long a claimed answer is kept for who claimed it, unless it is claimed again.
        schedule: what the host counts down to.
        person_for: which answers always wait for a person: "health", "refund", "angry", "unsure", "new".
    """

    send_gap: float = 2.0
    answer_within: float = 30.0
    begin_within: float = 5.0
    model_within: float = 18.0
    recall_within: float = 0.25
    repeat_after: float = 60.0
    reheat_askers: int = 5
    receipt_within: float = 5.0
    max_open: int = 500
    max_waiting: int = 2000
    correct_within: float = 300.0
    correct_by_host: bool = False
    suggest: bool = True
    suggest_most: int = 3
    suggest_often: int = 6
    unprompted: bool = False
    unprompted_gap: float = 180.0
    model_jobs: int = 8
    mode: Mode = "auto"
    rule_within: float = 25.0
    on_silence: Silence = "host"
    claim_for: float = 30.0
    person_for: tuple[Doubt, ...] = ("health", "refund", "angry")
    schedule: tuple[Planned, ...] = ()
