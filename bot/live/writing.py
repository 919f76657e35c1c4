"""Writing: a question gets its words, from facts at once or from a worker later, and loses them when a fact changes."""

from bot.decide import facts
from bot.decide.draft import AskModel, Draft, ToHost, Words, draft
from bot.decide.quote import hold, quote
from bot.domain.catalog import Catalogue
from bot.domain.law import LawTable
from bot.domain.turns import Fact, Fate, Path
from bot.domain.work import Job, Written
from bot.live.approval import Approval
from bot.live.corrections import Corrections
from bot.live.questions import Ended, Question
from bot.live.state import State, ad_law


class Writing:
    """The writing half of a room.

    Attributes:
        corrections: of lines that were sent and are wrong now.
        approval: what new words pass before they wait for a send slot.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.corrections, self.approval = Corrections(state), Approval(state)
        self._jobs = 0

    def draft(self, now: float, question: Question, how: str = "product_gone") -> None:
        """Find words for a question: ready at once, or asked of a worker, or the host's.

        Args:
            how: why it has no product, if it has none.
        """
        state = self._state
        if why := state.in_hand(question.product):
            state.close(now, question, "to_host", why)
            return
        match self._decide(now, question, how):
            case Words() as words:
                question.suggestion = words.suggestion if state.policy.suggest else None
                self._ready(now, question, words.body, words.facts, "fact", question.drafted or now)
            case ToHost(reason):
                state.close(now, question, "to_host", reason)
            case AskModel():
                if not state.staffed:
                    self.fall_back(now, question, "to_host", "no_worker")
                    return
                state.move(question, "open", now + state.policy.begin_within)
                self.ask(now)

    def ask(self, now: float) -> None:
        """Give waiting questions to the workers, hottest first, as far as the room's share allows."""
        state = self._state
        free = state.policy.model_jobs - len(state.book.in_state("drafting"))
        for question in sorted(state.book.in_state("open"), key=lambda q: -q.urgency(now))[: max(0, free)]:
            match self._decide(now, question, "product_gone"):
                case AskModel(prefix, suffix):
                    self._jobs += 1
                    id, until = f"{state.name}:{state.boot}:{self._jobs}", now + state.policy.model_within
                    job = Job(
                        id, prefix, suffix, until, room=state.name, weight=question.people, begin=question.until
                    )  # fmt: skip
                    state.book.expect(question, job.id)
                    state.move(question, "drafting", until)
                    state.out.append(job)
                case _:
                    self.draft(now, question)

    def written(self, now: float, written: Written) -> None:
        """Hold a worker's answer to the facts. One that nobody waits for is dropped."""
        state = self._state
        question = state.book.of_job(written.id)
        if question is None or written.partial:
            return
        state.book.unexpect(question)
        product = state.product(question.product)
        if written.error or product is None:
            self.fall_back(now, question, "to_host", "model_late" if written.error == "late" else "model_failed")
        else:
            verdict = hold(written.text, question.text, product, state.catalogue, question.reading.lang)
            question.body, question.path, question.drafted = written.text, "model", now
            question.facts = verdict.facts
            if verdict.text:
                self._ready(now, question, verdict.text, verdict.facts, "model", now)
            elif verdict.reason == "asks_host":
                self.fall_back(now, question, "to_host", "model_asks_host")
            else:
                self.fall_back(now, question, "withheld", f"guard:{verdict.reason}")
        self.ask(now)

    def fall_back(self, now: float, question: Question, fate: Fate, reason: str) -> None:
        """No model's words: the merchant's own sentence on the topic answers; without one the question ends so."""
        state, product = self._state, self._state.product(question.product)
        said = product and quote(question.text, product, state.catalogue, question.reading.lang)
        if not said:
            state.close(now, question, fate, reason)
            return
        state.unexpect(question)
        question.reason = f"quoted:{reason}"
        self._ready(now, question, said.text, said.facts, "quote", now)

    def ruled(self, now: float, table: LawTable) -> None:
        """Put a table of advertising law in force and draft anew what it forbids."""
        self._state.law = ad_law(table)
        for question in self._state.book.in_state("ready", "pending"):
            free = question.path != "fact"
            if self._state.law.hits(question.body, self._category(question), labels=self._state.labels, likeness=free):
                self.draft(now, question)

    def stocked(self, now: float, catalogue: Catalogue) -> None:
        """Put a catalogue version in force and recall the drafts that it makes stale."""
        self._state.stock(catalogue)
        self.corrections.stocked(now)
        for question in self._state.book.in_state("ready", "pending"):
            self.still_true(now, question)

    def still_true(self, now: float, question: Question) -> bool:
        """Tell whether a draft's facts stand; if not, it is recalled and drafted again."""
        held = question.facts + (question.suggestion.facts if question.suggestion else ())
        if not facts.stale(held, self._state.catalogue):
            return True
        question.reason = "fact_changed"
        question.was = tuple(facts.stale(held, self._state.catalogue))
        self.draft(now, question)
        return False

    def _ready(
        self, now: float, question: Question, text: str, held: tuple[Fact, ...], path: Path, drafted: float
    ) -> None:
        """Keep words as far as the law lets them leave; a question whose words it forbids altogether ends withheld."""
        state, lang = self._state, question.reading.lang
        lawful, hits = state.law.lawful(
            text, lang, self._category(question), labels=state.labels, likeness=path != "fact"
        )
        question.approved, question.doubt = False, ""
        question.first = text if lawful and lawful != text else ""
        question.body, question.facts, question.path, question.drafted = lawful or text, held, path, drafted
        question.rules = tuple(dict.fromkeys((*question.rules, *(hit.rule.id for hit in hits))))
        for part in state.book.part(question):
            self._place(now, part, "" if lawful else f"adlaw:{hits[0].rule.id}")

    def _place(self, now: float, question: Question, unlawful: str) -> None:
        """Let the words wait for a send slot, unless they may not be said, or were just said there."""
        state, lawful = self._state, not unlawful
        before = state.book.said(question, now - state.policy.repeat_after)
        if before and lawful and not self._reheats(before, question):
            state.point(now, question, before)
        elif lawful:
            self.approval.offer(now, question)
        else:
            state.close(now, question, "withheld", unlawful)

    def again(self, now: float, question: Question, said: Question) -> bool:
        """Give a question the words that another place has for it; False when they do not hold any more."""
        beside = said.suggestion.facts if said.suggestion else ()
        if said.path is None or facts.stale(said.facts + beside, self._state.catalogue):
            return False
        question.suggestion = said.suggestion
        self._ready(now, question, said.body, said.facts, said.path, now)
        return True

    def _reheats(self, before: Ended, question: Question) -> bool:
        """Tell whether words said a moment ago should be said again: a fact under them changed, or many ask anew."""
        before.again += len(question.askers)
        again = before.again >= self._state.policy.reheat_askers
        return again or bool(facts.stale(before.facts, self._state.catalogue))

    def _category(self, question: Question) -> str:
        product = self._state.product(question.product)
        return f"{product.category} {product.name.zh} {product.name.en}" if product else ""

    def _decide(self, now: float, question: Question, how: str) -> Draft:
        state, first = self._state, question.askers[0].heard
        product = state.product(question.product)
        context, scene = state.context(first.viewer), state.scene(now)
        return draft(question.text, question.reading, product, how, state.catalogue, context, scene)
