// The desk: what waits for a person, the mode of the room, and STOP.

import { html, useEffect, useRef, useState } from "/vendor/htm-preact.js";
import { Facts } from "/facts.js";
import { product } from "/chat.js";
import { check, now, order, store } from "/store.js";

const LEASE = 10; // seconds between two claims of a card that is being edited
const SHOWN = 20;
const GUARD = 350; // ms in which a key does not rule on a card that has only just moved up
export const mayRule = () => store.me?.desk && (store.me.role === "moderator" || store.me.role === "owner");
const base = (id) => id.split("@")[0];

// Pending answers, those first that most people wait for, then the oldest; what stands at several places is one card.
export function pending() {
  const cards = new Map();
  for (const q of store.questions.values()) {
    if (q.state !== "pending") continue;
    const key = `${base(q.id)} ${q.answer}`; // places may have other words
    const known = cards.get(key);
    cards.set(key, known ? { ...known, askers: known.askers + q.askers, places: [...known.places, q.place] } : { ...q, places: q.place ? [q.place] : [] });
  }
  return [...cards.values()].sort((a, b) => b.askers - a.askers || a.opened - b.opened);
}

// Say in words what became of a command; "" when it was done.
export const refusal = (w, r) => (r.done || r.ok ? "" : w.ruling(r.why ?? "", r.detail ?? ""));

export async function give(ui, w, command) {
  const ruling = await order(command);
  ui.tell(refusal(w, ruling));
  return ruling;
}

export function Modes({ w, ui }) {
  const mode = store.status?.mode ?? "auto";
  const stopped = mode === "stopped";
  if (!store.status) return "";
  if (!mayRule()) return html`<span class="pill mode" data-mode=${mode}>${w.of("mode", mode)}</span>`;
  return html`<div class="modes"><div class="segments" role="group" aria-label=${w.mode}>${["auto", "assist", "shadow"].map((m) =>
      html`<button key=${m} aria-pressed=${mode === m} title=${w.of("modeHelp", m)} onClick=${() => give(ui, w, { do: "mode", mode: m })}>${w.of("mode", m)}</button>`)}</div>
    <button class=${`stop ${stopped ? "on" : ""}`} aria-pressed=${stopped} title=${w.of("modeHelp", "stopped")} onClick=${() => stop(ui, w)}>${stopped ? w.isStopped : w.stop}<kbd>${"S"}</kbd></button></div>`;
}

// STOP does not ask. Going on again is another button's business: choose a mode.
export const stop = (ui, w) => give(ui, w, { do: "mode", mode: "stopped" });

const Left = ({ w, card }) => {
  const left = Math.max(0, card.until - now());
  return html`<span class=${`left ${left < 8 ? "soon" : ""}`} title=${w.left_title}>${w.age(left)}</span>`;
};

const Hits = ({ w, hits }) => html`<ul class="hits">${hits.map(([id, law, zh, en]) => html`<li key=${id}><b>${law}</b><span>${w.lang === "zh" ? zh || en : en || zh}</span></li>`)}</ul>`;

function Editor({ w, ui, card, close }) {
  const [text, setText] = useState(card.answer);
  const [found, setFound] = useState({ ok: true });
  const box = useRef(null);
  const seen = useRef(card.answer); // what was looked at when the edit began
  useEffect(() => {
    box.current.focus();
    const claim = () => order({ do: "claim", answer: card.id }).then((r) => {
      if (r.done) return;
      ui.tell(refusal(w, r));
      if (r.why === "claimed" || r.why === "gone") close();
    });
    claim();
    const again = setInterval(claim, LEASE * 1000);
    return () => clearInterval(again);
  }, []);
  useEffect(() => {
    const soon = setTimeout(() => check(card.id, text).then(setFound), 120);
    return () => clearTimeout(soon);
  }, [text]);
  const leave = () => { order({ do: "release", answer: card.id }); close(); };
  const send = async () => {
    const ruling = await give(ui, w, { do: "approve", answer: card.id, seen: seen.current, text });
    if (ruling.why === "changed") seen.current = card.answer; // they stand below now: look again
    if (ruling.done) close();
  };
  const keys = (e) => {
    e.stopPropagation();
    if (e.key === "Escape") leave();
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); if (found.ok) send(); }
  };
  return html`<div class="editor"><textarea ref=${box} rows="2" dir="auto" aria-label=${w.edit} aria-invalid=${!found.ok} value=${text} onInput=${(e) => setText(e.target.value)} onKeyDown=${keys}></textarea>
    ${seen.current !== card.answer && html`<p class="wrong" dir="auto">${w.nowIs}: ${card.answer}</p>`}
    <p class=${found.ok ? "fine" : "wrong"} role="status">${found.ok ? w.editFine : w.ruling(found.why ?? "", found.detail ?? "")}</p>
    <div class="acts"><button class="act yes" disabled=${!found.ok} onClick=${send}>${w.sendEdit}<kbd>${"Enter"}</kbd></button><button class="act" onClick=${leave}>${w.cancel}<kbd>${"Esc"}</kbd></button></div></div>`;
}

function Card({ w, ui, card, chosen, editing, choose, edit, at }) {
  const item = useRef(null);
  useEffect(() => { if (chosen) item.current.scrollIntoView({ block: "nearest" }); }, [chosen, at]);
  const about = product(card.product);
  const other = card.claimed && card.claimed !== store.me?.name ? card.claimed : "";
  const may = mayRule() && !other;
  const rule = (command) => give(ui, w, { answer: card.id, ...command });
  return html`<li ref=${item} class=${`card ${chosen ? "chosen" : ""}`} data-card=${card.id} onClick=${choose}>
    <p class="top"><span class="ask" dir="auto">${card.text}</span><span class="right"><${Left} w=${w} card=${card} /><span class="askers">${w.askers(card.askers)}</span></span></p>
    <p class="meta">${about && html`<span class="about"><b>${about.number ? w.number(about.number) : ""}</b><span>${w.lang === "zh" ? about.zh || about.en : about.en || about.zh}</span></span>`}
      <span class="doubt">${w.of("doubt", card.doubt)}</span>${card.places.map((p) => html`<small class="place" key=${p}>${w.place(p)}</small>`)}
      ${card.viewer && html`<span class="who">${w.viewer} ${card.viewer.slice(0, 6)}</span>`}${other && html`<span class="taken">${w.claimedBy(other)}</span>`}</p>
    ${editing ? html`<${Editor} w=${w} ui=${ui} card=${card} close=${() => edit(false)} />` : ""}
    ${card.first && html`<p class="before" dir="auto"><s>${card.first}</s></p>`}
    ${editing ? "" : html`<p class="said" dir="auto">${card.answer}</p>`}
    ${card.suggestion?.text && html`<p class="because" dir="auto">${w.alsoSee}: ${card.suggestion.text}${card.suggestion.why ? html` <span class="slot">${card.suggestion.why}</span>` : ""}</p>`}
    ${card.hits?.length > 0 && html`<${Hits} w=${w} hits=${card.hits} />`}
    <p class="proof"><span class="chip path" data-path=${card.path}>${w.of("path", card.path)}</span><${Facts} w=${w} q=${card} facts=${card.facts ?? []} was=${card.was ?? []} />${card.was?.length > 0 && html`<span class="why">${w.reason("fact_changed")}</span>`}</p>
    ${chosen && !editing && mayRule() && html`<div class="acts">
        <button class="act yes" disabled=${!may} onClick=${() => rule({ do: "approve", seen: card.answer })}>${w.approve}<kbd>${"A"}</kbd></button>
        <button class="act" disabled=${!may} onClick=${() => edit(true)}>${w.edit}<kbd>${"E"}</kbd></button>
        <button class="act no" disabled=${!may} onClick=${() => rule({ do: "reject" })}>${w.reject}<kbd>${"R"}</kbd></button>
        <button class="mini" onClick=${() => give(ui, w, { do: "said", answer: card.id })}>${w.hostSaid}<kbd>${"H"}</kbd></button>
        ${card.viewer && html`<button class="mini" onClick=${() => give(ui, w, { do: "takeover", what: "viewer", target: card.viewer })}>${w.takeViewer}</button>`}
      </div>`}
  </li>`;
}

export function Desk({ w, ui }) {
  const cards = pending();
  const [at, setAt] = useState("");
  const fresh = useRef({ id: "", since: 0 });
  const latest = useRef(null);
  const [editing, setEditing] = useState("");
  const pin = useRef("");
  const shown = cards.slice(0, SHOWN);
  // What is chosen stays chosen while it is there, whatever others ask meanwhile.
  const chosen = shown.find((c) => c.id === (at || pin.current)) ?? shown.find((c) => c.id === pin.current) ?? shown[0];
  pin.current = chosen?.id ?? "";
  useEffect(() => { if (editing && !cards.some((c) => c.id === editing)) { setEditing(""); ui.tell(w.ruling("gone", "")); } });
  const words = chosen && `${chosen.id} ${chosen.answer}`;
  if (fresh.current.id !== words) fresh.current = { id: words, since: performance.now() };
  latest.current = { w, ui, cards: shown, chosen, editing };
  useEffect(() => {
    const step = (by) => {
      const { cards: all, chosen: one } = latest.current;
      const next = all[(all.findIndex((c) => c.id === one.id) + by + all.length) % all.length];
      fresh.current = { id: `${next.id} ${next.answer}`, since: -GUARD }; // chosen on purpose
      setAt(next.id);
    };
    const keys = (e) => {
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.ctrlKey || e.metaKey || e.altKey || e.repeat || !mayRule()) return;
      const now = latest.current, key = e.key.toLowerCase();
      if (key === "s") { stop(now.ui, now.w); return; }
      if (!now.chosen || now.editing) return;
      const rule = (command) => () => give(now.ui, now.w, { answer: now.chosen.id, ...command });
      const ruling = { a: rule({ do: "approve", seen: now.chosen.answer }), r: rule({ do: "reject" }), h: rule({ do: "said" }) }[key];
      const does = ruling ?? { e: () => setEditing(now.chosen.id), j: () => step(1), arrowdown: () => step(1), k: () => step(-1), arrowup: () => step(-1) }[key];
      if (!does) return;
      e.preventDefault();
      if (!ruling || performance.now() - fresh.current.since > GUARD) does();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  if (!cards.length && store.status?.mode !== "assist") return "";
  return html`<section class="panel desk" data-tab="questions">
    <header><h2>${w.desk}</h2><span class="number">${w.count(cards.length)}</span>${cards.length > 0 && mayRule() && html`<span class="hint">${w.deskKeys}</span>`}</header>
    <div class="scroll">${cards.length ? html`<ul class="cards">${shown.map((card, i) => html`<${Card} key=${card.id} at=${i} w=${w} ui=${ui} card=${card}
        chosen=${card.id === chosen?.id} editing=${editing === card.id} choose=${() => setAt(card.id)} edit=${(on) => setEditing(on ? card.id : "")} />`)}</ul>` : html`<p class="empty">${w.noPending}</p>`}
      ${cards.length > SHOWN && html`<p class="rest">${w.more(cards.length - SHOWN)}</p>`}</div>
  </section>`;
}
