"""Pictures of a run, by Vega-Lite: how long askers waited, who was covered when, what became of all comments, and the
bot's own figures. Needs the extra `pictures`.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.domain.errors import SettingsError
from bot.loadtest.judge import Result

FONT = "Noto Sans CJK SC, sans-serif"
COLOURS = {
    "answered": "#2a78d6", "merged": "#8fbcec", "ignored": "#c9c7bf", "to_host": "#e2a33b", "withheld": "#b05fb0",
    "expired": "#7d7a72", "shed": "#d9482b", "failed": "#8c2d19", "retracted": "#a9b18f",
}  # fmt: skip
MOST = 4000  # points of a curve


def can_draw() -> None:
    """Raise SettingsError when the extra is not there."""
    for name in ("altair", "vl_convert"):
        if find_spec(name) is None:
            raise SettingsError(f"pictures need {name}. Fix: pip install 'zhubo[pictures]', or leave out --out.")


def draw(results: list[Result], folder: Path) -> list[Path]:
    """Write `NAME.svg` and `NAME.png` for each result, and return their paths. Needs what `can_draw` asks for."""
    import altair as alt
    import vl_convert

    written = []
    for result in results:
        chart = _sheet(alt, result).configure(font=FONT).configure_view(stroke=None)
        spec = chart.to_dict()
        svg, png = (folder / f"{result.scenario}.{kind}" for kind in ("svg", "png"))
        svg.write_text(vl_convert.vegalite_to_svg(spec), "utf-8")
        png.write_bytes(vl_convert.vegalite_to_png(spec, scale=1.5))
        written += [svg, png]
    return written


def _sheet(alt: Any, result: Result) -> Any:
    title = alt.TitleParams(
        f"{result.scenario}: {result.comments:,} comments in {result.rooms} room{'s' * (result.rooms > 1)}, "
        f"{result.seconds:g} s",
        subtitle=f"{result.covered:.1%} of {result.askers:,} askers covered in 15 s or by a line of the last minute; "
        f"waits p50 {result.p50:.1f} s, p95 {result.p95:.1f} s",
        anchor="start", fontSize=15, offset=12,
    )  # fmt: skip
    upper = alt.hconcat(_waits(alt, result), _coverage(alt, result), spacing=40)
    sheet = alt.vconcat(upper, _ledger(alt, result), spacing=28)
    if len(result.samples) > 5:
        sheet = alt.vconcat(sheet, _own(alt, result), spacing=28)
    return sheet.properties(title=title)


def _waits(alt: Any, result: Result) -> Any:
    waits = result.waits or [0.0]
    step = max(1, len(waits) // MOST)
    rows = [{"wait": w, "share": (n + 1) / len(waits)} for n, w in enumerate(waits)][::step]
    return (
        alt.Chart(alt.Data(values=rows), title="answered after … seconds", width=330, height=190)
        .mark_line(color="#2a78d6", interpolate="step-after")
        .encode(
            x=alt.X("wait:Q", title="seconds from the question to the line"),
            y=alt.Y("share:Q", title="askers with a line", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        )
    )


def _coverage(alt: Any, result: Result) -> Any:
    rows = [{"at": span.at, "covered": span.covered} for span in result.spans]
    curve = (
        alt.Chart(alt.Data(values=rows), title="askers covered, by when they asked", width=330, height=190)
        .mark_line(color="#2a78d6", point=len(rows) < 60)
        .encode(
            x=alt.X("at:Q", title="second of the run"),
            y=alt.Y("covered:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        )
    )
    faults = [{"from": f.at, "to": max(f.until, f.at + 0.3), "what": f.name.replace("_", " ")} for f in result.faults]
    if not faults:
        return curve
    shade = (
        alt.Chart(alt.Data(values=faults)).mark_rect(opacity=0.18, color="#d9482b").encode(x="from:Q", x2="to:Q")
    )  # fmt: skip
    return shade + curve


def _ledger(alt: Any, result: Result) -> Any:
    rows = [{"fate": f, "comments": n} for f, n in result.fates.items() if n > 0]
    order = [fate for fate in COLOURS if fate in result.fates]
    ending = "every comment has one end" if not result.lost + result.unended else "COMMENTS ARE MISSING"
    title = f"what became of them: {ending}" if result.received >= 0 else "the bot's ledger was not read"
    base = alt.Chart(alt.Data(values=rows), title=title, width=700, height=22 * max(1, len(rows))).encode(
        y=alt.Y("fate:N", sort=order, title=None)
    )
    bars = base.mark_bar().encode(
        x=alt.X("comments:Q", title=None, axis=alt.Axis(grid=False)),
        color=alt.Color("fate:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None),
    )
    return bars + base.mark_text(align="left", dx=4).encode(x="comments:Q", text=alt.Text("comments:Q", format=","))


def _own(alt: Any, result: Result) -> Any:
    step = max(1, len(result.samples) // MOST)
    samples = result.samples[::step]
    memory = [{"at": s.at, "y": s.rss / 1e6, "of": "front"} for s in samples]
    memory += [{"at": s.at, "y": s.workers_rss / 1e6, "of": "workers"} for s in samples if s.workers_rss]
    waits = [{"at": s.at, "y": y, "of": of} for s in result.spans for of, y in (("p50", s.p50), ("p95", s.p95))]
    which = {"color": alt.Color("of:N", title=None, scale=alt.Scale(range=["#2a78d6", "#e2a33b"]))}
    late = [{"at": s.at, "y": s.lag * 1000} for s in samples]
    parts = [
        alt.Chart(alt.Data(values=rows), title=title, width=200, height=120)
        .mark_line(color="#2a78d6")
        .encode(
            x=alt.X("at:Q", title="second"),
            y=alt.Y("y:Q", title=unit, scale=alt.Scale(zero=True)),
            **(which if legend else {}),
        )
        for rows, title, unit, legend in (
            (memory, "memory", "MB", True),
            (waits, "seconds to the answer, by when they asked", "s", True),
            (late, "event loop late by (99 %)", "ms", False),
        )
    ]
    return alt.hconcat(*parts, spacing=24).resolve_scale(color="independent")
