// The chat: every comment with what became of it. Questions stand out, chatter stays quiet.

import { Component, html, useEffect, useRef, useState } from "/vendor/htm-preact.js";
import { calm, store } from "/store.js";

export const Chip = ({ w, fate }) => html`<span class="chip fate" data-fate=${fate}>${w.of("fate", fate)}</span>`;

export const product = (id) => store.goods?.products.find((p) => p.id === id) ?? (id ? { id, number: 0, zh: id, en: id } : null);

const ANSWERED = new Set(["answered", "merged"]);

const Details = ({ w, line }) => {
  const rows = [
    [w.why, line.reason && w.reason(line.reason)],
    [w.kind, line.kind && w.of("kind", line.kind)],
    [w.about, line.product && w.product(product(line.product))],
    [w.asks, line.slots?.length && line.slots.map((s) => w.field(s)).join(w.lang === "zh" ? "、" : ", ")],
    [w.group, line.askers > 1 && w.askers(line.askers)],
    [w.answer, line.answer],
    [w.took, line.fate && !calm(line) && w.seconds(line.seconds || 0)],
    [w.viewer, line.viewer && line.viewer.slice(0, 6)],
  ].filter(([, value]) => value);
  return html`<dl class="details">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd dir="auto">${value}</dd></div>`)}</dl>`;
};

// Parts of a row that never change are written with ${}: htm keeps those that are not, and with them the rows they stood in.
class Row extends Component {
  shouldComponentUpdate(next) {
    const keys = ["line", "linked", "open", "w", "goods"];
    return keys.some((key) => next[key] !== this.props[key]);
  }

  render({ w, line, linked, open, ui }) {
    if (line.gap) return html`<li class="gap">${w.gap(line.gap)}</li>`;
    const quiet = calm(line);
    const state = line.own ? "own" : quiet ? "quiet" : line.fate ? "done" : "pending";
    const enter = () => line.question && ui.link(line.question);
    return html`<li class=${`line ${state} ${linked ? "linked" : ""}`} data-fate=${line.fate ?? ""} data-seq=${line.seq}
        onMouseEnter=${enter} onMouseLeave=${() => line.question && ui.link("")}>
      <button class="row" aria-expanded=${open} onClick=${() => ui.open(open ? 0 : line.seq)}>
        <time>${w.clock(line.at)}</time>${line.place && html`<small class="place">${w.place(line.place)}</small>`}
        <span class="words" dir="auto">${line.text}</span>
        ${line.own ? html`<span class="chip us">${w.us}</span>`
          : line.fate && !quiet ? html`<span class="end">${ANSWERED.has(line.fate) && html`<small>${w.seconds(line.seconds || 0)}</small>`}<${Chip} w=${w} fate=${line.fate} /></span>`
          : quiet ? (open || line.fate === "shed") && line.fate && html`<${Chip} w=${w} fate=${line.fate} />`
          : html`<span class="chip wait" title=${w.pending}>${"•••"}</span>`}
      </button>
      ${open && html`<${Details} w=${w} line=${line} />`}
    </li>`;
  }
}

// A run of chatter is one quiet line; opened, it shows every comment of the run.
class Run extends Component {
  shouldComponentUpdate(next) {
    return next.last !== this.props.last || next.open !== this.props.open || next.w !== this.props.w || (next.open && next.ui !== this.props.ui);
  }

  render({ w, run, open, ui }) {
    if (open) return run.map((line) => html`<${Row} key=${line.seq} w=${w} ui=${ui} line=${line} goods=${store.goods} open=${ui.opened === line.seq} />`);
    return html`<li class="line quiet"><button class="row run" title=${w.expand} onClick=${() => ui.openRun(run[0].seq)}>
      <time>${w.clock(run[0].at)}</time><span class="words">${run.map((line) => html`<bdi key=${line.seq} class=${line.fate}>${line.text}</bdi>`)}</span><span class="count">${run.length}</span></button></li>`;
  }
}

const settled = (line) => line.at + (line.seconds ?? 0);
const VIEWS = {
  // In the order in which they were settled: the newest outcome stands last.
  asked: { pick: (line) => !calm(line) && line.fate, order: settled },
  all: { pick: () => true, order: (line) => line.seq },
  to_host: { pick: (line) => line.fate === "to_host", order: settled },
};

// Group neighbouring chatter; lines that matter, our own and gaps stand alone.
function grouped(lines) {
  const groups = [];
  for (const line of lines) {
    const chatter = calm(line) && !line.own && !line.gap;
    const run = groups.at(-1);
    if (chatter && Array.isArray(run) && run.length < 12) run.push(line);
    else groups.push(chatter ? [line] : line);
  }
  return groups;
}

export function Chat({ w, ui, version }) {
  const box = useRef(null);
  const pinned = useRef(true);
  const [unseen, setUnseen] = useState(0);
  const last = useRef(0);
  const { filter } = ui;
  const view = VIEWS[filter.kind];
  const pick = filter.question ? (line) => line.question === filter.question : view.pick;
  const lines = [...store.lines.values()].filter(pick).sort((a, b) => view.order(a) - view.order(b) || a.seq - b.seq);
  const newest = lines.length ? view.order(lines.at(-1)) : 0;

  const toEnd = () => {
    box.current.scrollTop = box.current.scrollHeight;
    pinned.current = true;
    setUnseen(0);
  };
  useEffect(() => {
    if (pinned.current) box.current.scrollTop = box.current.scrollHeight;
    else if (newest > last.current) setUnseen(unseen + lines.filter((line) => view.order(line) > last.current).length);
    last.current = newest;
  }, [version, filter, w]);
  useEffect(toEnd, [filter, ui.tab]);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    pinned.current = scrollHeight - scrollTop - clientHeight < 60;
    if (pinned.current && unseen) setUnseen(0);
  };
  const row = (line) => html`<${Row} key=${line.seq} w=${w} ui=${ui} line=${line} goods=${store.goods}
    linked=${Boolean(line.question) && line.question === ui.linked} open=${ui.opened === line.seq} />`;
  const rows = filter.kind === "all" && !filter.question ? grouped(lines) : lines;

  return html`<section class="panel chat" data-tab="chat">
    <header><h2>${w.chat}</h2>
      ${filter.question
        ? html`<button class="only" onClick=${() => ui.choose({ kind: "asked" })}>${w.oneQuestion}<b aria-hidden="true">×</b></button>`
        : html`<div class="segments" role="group">${[["asked", w.asked], ["all", w.all], ["to_host", w.forHost]].map(([kind, label]) =>
            html`<button key=${kind} aria-pressed=${filter.kind === kind} onClick=${() => ui.choose({ kind })}>${label}</button>`)}</div>`}
    </header>
    <div class="scroll" ref=${box} onScroll=${scrolled}>
      ${rows.length ? html`<ol class="lines">${rows.map((item) => (Array.isArray(item)
          ? html`<${Run} key=${`run ${item[0].seq}`} w=${w} ui=${ui} run=${item} last=${item.at(-1)} open=${ui.openedRun === item[0].seq} />` : row(item)))}</ol>`
        : html`<p class="empty">${filter.kind === "to_host" ? w.noHost : w.quietRoom}</p>`}
    </div>
    ${unseen > 0 && html`<button class="newer" onClick=${toEnd}>↓ ${w.count(unseen)} ${w.newer}</button>`}
  </section>`;
}
