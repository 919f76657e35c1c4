// Two small plots over the last five minutes: comments per second, and how long drafts take.

import { html, useEffect, useRef, useState } from "/vendor/htm-preact.js";
import { store } from "/store.js";

const HEIGHT = 84;
// Seconds shown: never none, also when there is only one point.
const span = (min, max) => Math.min(300, Math.max(60, max - min || 0));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const clock = (t) => { const d = new Date(t * 1000); return `${d.getHours()}:${String(d.getMinutes()).padStart(2, "0")}`; };

function options(width, series, scale, onCursor) {
  const axis = { stroke: colour("--muted"), font: "11px system-ui, sans-serif", ticks: { show: false } };
  const grid = { stroke: colour("--line"), width: 1 };
  return {
    width,
    height: HEIGHT,
    padding: [6, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: (u, min, max) => [(max ?? 0) - span(min, max), max ?? 0] }, y: scale.y },
    axes: [
      { ...axis, size: 20, gap: 2, space: 70, grid: { show: false }, splits: (u, i, min, max) => minutes(min, max), values: (u, ticks) => ticks.map(clock) },
      { ...axis, size: 44, gap: 4, space: 26, grid, splits: scale.splits, filter: (u, ticks) => ticks, values: scale.values },
    ],
    series: [{}, ...series],
    hooks: { setCursor: [(u) => onCursor(u.cursor.idx)] },
  };
}

function minutes(min, max) {
  const ticks = [];
  for (let t = Math.ceil((min + 12) / 60) * 60; t <= max - 12; t += 60) ticks.push(t);
  return ticks;
}

const decades = (u, i, min, max) => {
  const ticks = [];
  for (let e = Math.floor(Math.log10(min)); 10 ** e <= max * 1.01; e++) ticks.push(10 ** e);
  return ticks.length > 4 ? ticks.filter((t, n) => n % 2 === 0) : ticks;
};
const short = (s) => (s < 1 ? `${Math.round(s * 1000)} ms` : `${s} s`);

function Plot({ look, data, series, scale, onCursor, label }) {
  const box = useRef(null);
  const plot = useRef(null);
  useEffect(() => {
    const make = () => {
      plot.current?.destroy();
      const width = box.current.clientWidth;
      plot.current = width > 40 ? new window.uPlot(options(width, series(), scale, onCursor), data, box.current) : null;
    };
    make();
    const watch = new ResizeObserver(() => {
      const width = box.current?.clientWidth ?? 0;
      if (plot.current && width > 40) plot.current.setSize({ width, height: HEIGHT });
      else if (width > 40) make();
    });
    watch.observe(box.current);
    return () => { watch.disconnect(); plot.current?.destroy(); plot.current = null; };
  }, [look]);
  useEffect(() => { plot.current?.setData(data); }, [data]);
  return html`<div class="plot" ref=${box} role="img" aria-label=${label}></div>`;
}

const line = (name, extra = {}) => ({ stroke: colour(name), width: 1.75, points: { show: false }, spanGaps: false, ...extra });
const RATE = {
  y: { range: (u, min, max) => [0, Math.max(5, (max || 0) * 1.15)] },
  splits: (u, i, min, max) => { const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((s) => max / s <= 3.2) ?? 5000; return Array.from({ length: Math.floor(max / step) + 1 }, (_, n) => n * step); },
  values: (u, ticks) => ticks.map(String),
};
const LATENCY = {
  y: { distr: 3, range: (u, min, max) => [10 ** Math.floor(Math.log10(Math.min(min || 0.01, 0.01))), 10 ** Math.ceil(Math.log10(Math.max(max || 1, 1) * 1.01))] },
  splits: decades,
  values: (u, ticks) => ticks.map(short),
};
const positive = (value) => (typeof value === "number" && value > 0 ? Math.max(value, 0.001) : null);

export function Pulse({ w, look }) {
  const [at, setAt] = useState(null);
  const points = store.points;
  const memo = useRef({ key: "" });
  const key = `${points.length}:${points.at(-1)?.[0]}:${points[0]?.[0]}`;
  if (memo.current.key !== key) {
    const times = points.map((p) => p[0]);
    memo.current = {
      key,
      rate: [times, points.map((p) => p[1])],
      latency: [times, points.map((p) => positive(p[2])), points.map((p) => positive(p[3]))],
    };
  }
  const shown = (at !== null && points[at]) || points.at(-1) || [0, 0, null, null];
  const time = (value) => (typeof value === "number" ? w.seconds(value) : "–");
  return html`<section class="panel pulse" data-tab="data">
    <header><h2>${w.rate}</h2><span class="reading" data-series="rate"><b>${(shown[1] ?? 0).toFixed(1)}</b> ${w.perSecond}</span><small>${at !== null && points[at] ? w.clock(shown[0]) : w.lastMinutes}</small></header>
    <${Plot} look=${look} label=${w.rate} data=${memo.current.rate} scale=${RATE} onCursor=${setAt}
      series=${() => [line("--blue", { fill: colour("--blue-soft") })]} />
    <header><h2>${w.latency}</h2><span class="reading" data-series="fact"><i></i>${w.fact} <b>${time(shown[2])}</b></span><span class="reading" data-series="model"><i></i>${w.modelPath} <b>${time(shown[3])}</b></span></header>
    <${Plot} look=${look} label=${w.latency} data=${memo.current.latency} scale=${LATENCY} onCursor=${setAt}
      series=${() => [line("--green"), line("--violet")]} />
  </section>`;
}
