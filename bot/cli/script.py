"""`zhubo script`: a live script from the products, written with a model's help and held to the fields."""

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bot.backends import script_file
from bot.backends.catalog_file import load_catalogue
from bot.backends.models import is_recorded, known, on_server
from bot.backends.rules_file import DEFAULT as RULES
from bot.backends.rules_file import load_rules
from bot.cli.steps import Steps
from bot.decide.adlaw import AdLaw
from bot.decide.script import mend, prompts, show
from bot.decide.script.plan import Plan, plan
from bot.decide.script.spoken import length
from bot.decide.script.write import write
from bot.domain.catalog import Catalogue
from bot.domain.errors import ScriptError
from bot.domain.script import Brief, Script
from bot.settings import Settings


def make(settings: Settings, brief: Brief, name: str, out: Sequence[Path], *, model: bool, read_aloud: bool) -> int:
    """Write a script and save it in every form asked for; without any, print it."""
    console = Console()
    catalogue, law = _goods(settings), _law(settings)
    brief = _numbered(brief, catalogue)
    planned = plan(catalogue, brief)
    drafts: dict[str, str] = {}
    helped = ""
    began = time.monotonic()
    if model:
        drafts, helped = _drafts(settings, planned, catalogue, brief, console)
    script = write(name, catalogue, brief, planned, law, drafts, helped)
    for path in out:
        script_file.save(script, catalogue, path, read_aloud=read_aloud)
        console.print(f"saved / 已保存 {path}", markup=False)
    if not out:
        console.print(show.markdown(script, catalogue, read_aloud=read_aloud), markup=False, soft_wrap=True)
    console.print(_summary(script, time.monotonic() - began))
    return 0


def again(settings: Settings, path: Path, part: str, *, edit: str, lock: bool, accept: bool) -> int:
    """Look after a saved script: what became untrue, one section anew, a sentence by hand, a lock."""
    console, catalogue, law = Console(), _goods(settings), _law(settings)
    script = script_file.load(path)
    if part:
        script = _section(script, part, catalogue, law, edit=edit, lock=lock)
    found = mend.mends(script, catalogue, law)
    for item in found:
        console.print(f"[{item.section}] {item.text}", markup=False, style="red")
        console.print(f"  → {item.instead.text if item.instead else '—'}", markup=False)
    if accept:
        script = mend.mended(script, found, catalogue.version)
    if part or accept:
        script_file.save(script, catalogue, path)
    console.print(f"untrue now / 已不符: {len(found)}{' → mended / 已更新' if accept and found else ''}", markup=False)
    return int(bool(found) and not accept)


def _section(script: Script, part: str, catalogue: Catalogue, law: AdLaw, *, edit: str, lock: bool) -> Script:
    if lock:
        at = mend.place(script, part)
        found = mend.locked(script, part, on=at is not None and not script.sections[at].locked)
    else:
        found = mend.rewritten(script, part, edit, catalogue, law)
    if isinstance(found, Script):
        return found
    why, detail = found
    if why == "no_section":
        some = ", ".join(s.id for s in script.sections[:8])
        raise ScriptError(f"--section {part}: there is no such section. Fix: one of {some}, …")
    if why == "locked":
        raise ScriptError(f"--section {part}: it is locked. Fix: unlock it with --lock first.")
    raise ScriptError(f"--edit: may not be said ({why}: {detail}). Fix: say what the card says.")


def _goods(settings: Settings) -> Catalogue:
    if not settings.catalogue:
        raise ScriptError("no catalogue given. Fix: add --catalogue goods.csv.")
    return load_catalogue(Path(settings.catalogue), version=1, currency=settings.currency).catalogue


def _law(settings: Settings) -> AdLaw:
    return AdLaw(load_rules(Path(settings.rules) if settings.rules else RULES))


def _numbered(brief: Brief, catalogue: Catalogue) -> Brief:
    """Let products be named by link number as well as by id."""
    ids = []
    for named in brief.products:
        numbered = catalogue.by_number.get(int(named)) if named.isdecimal() else None
        ids.append(numbered.id if numbered and named not in catalogue.by_id else named)
        if ids[-1] not in catalogue.by_id:
            raise ScriptError(f"--product {named}: there is no such product. Fix: give its link number or its id.")
    return msgspec.structs.replace(brief, products=tuple(ids))


def _drafts(
    settings: Settings, planned: Plan, catalogue: Catalogue, brief: Brief, console: Console
) -> tuple[dict[str, str], str]:
    """Have the model write what it is asked for; without one the code's own words stand there, and it is said."""
    from bot.app.worker import load_writer
    from bot.worker.scribe import draft

    wanted = prompts.asks(planned, catalogue, brief.lang, brief.variant)
    if not wanted:
        return {}, ""
    here = on_server(settings.model) or is_recorded(settings.model) or known(settings.model, cache=settings.weights)
    if not here:
        console.print(
            f"{settings.model} is not here; words come from code alone. Fix: zhubo worker --prepare / 没有这个模型",
            markup=False,
        )
        return {}, ""
    with Steps() as steps:
        writer, _ = load_writer(settings, steps)
        found = draft(writer, wanted, lambda done, of, words: steps.step(f"{done}/{of} {words[:40]}", done / of))
        steps.end(f"{writer.name}: {len(found)}/{len(wanted)}")
    return found, writer.name


def _summary(script: Script, took: float) -> Table:
    table = Table(show_edge=False, show_header=False)
    brief = script.brief
    spoken = sum(length(s, brief.lang, brief.tone) for s in script.sections)
    said = [s for section in script.sections for s in section.sentences]
    by = {name: sum(s.by == name for s in said) for name in ("facts", "model", "phrases")}
    quiet = sum(s.pause for s in said)
    table.add_row("length / 时长", f"{show.clock(spoken)} ({show.clock(brief.seconds)})")
    table.add_row("… of it shown, not said / 其中演示停顿", show.clock(quiet))
    table.add_row("sentences / 句子", str(len(said)))
    for who, label in (
        ("facts", "… from fields / 资料"),
        ("model", "… of the model / 模型"),
        ("phrases", "… phrases / 话术"),
    ):
        table.add_row(label, str(by[who]))
    table.add_row("not taken / 未采用", str(len(script.left)))
    table.add_row("took / 用时", f"{took:.1f} s")
    return table
