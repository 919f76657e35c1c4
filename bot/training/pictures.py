"""Pictures of what was learned."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.domain.errors import SettingsError
from bot.training.market import EVERY, Ours, at_random, by_history, follow_host, market, oracle, play

SEEDS = 20


def regret(file: Path, say: Callable[[str], None]) -> None:
    """Draw the clicks that each way has missed against the oracle, over the hours of the made-up market."""
    try:
        import altair as alt
    except ImportError as error:
        raise SettingsError("picture: altair is not installed. Fix: pip install 'zhubo[pictures]'.") from error
    missed: defaultdict[str, list[object]] = defaultdict(list)
    for seed in range(SEEDS):
        say(f"picture {seed + 1} of {SEEDS}")
        show = market(seed)
        best = play(show, oracle).path
        for name, way in (
            ("zhubo 助播", Ours(show.history, seed)), ("earlier shows alone 只看历史", by_history(show.history)),
            ("follow the host 跟着主播", follow_host), ("random 随机", at_random(seed)),
        ):  # fmt: skip
            missed[name].append(best - play(show, way).path)
    rows = [
        {"way": name, "hours": step * EVERY / 3600, "missed": float(value)}
        for name, paths in missed.items()
        for step, value in enumerate(np.mean(np.array(paths), axis=0))
        if step % 6 == 0
    ]
    title = f"Clicks missed against an oracle, mean of {SEEDS} shows / 与全知者相比错过的点击"
    legend = alt.Legend(orient="top-left", labelLimit=260)
    chart = (
        alt.Chart({"values": rows}, title=title, width=560, height=300)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("hours:Q", title="hours of the show / 开播小时数"),
            y=alt.Y("missed:Q", title="clicks missed / 错过的点击"),
            color=alt.Color("way:N", title=None, sort=list(missed), legend=legend),
        )
        .configure(font="Noto Sans CJK SC")
    )  # fmt: skip
    chart.save(file, scale_factor=2)
