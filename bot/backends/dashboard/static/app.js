// The page: header, figures, and which panels stand where. Everything shown comes from store.js.

import { html, render, useEffect, useMemo, useState } from "/vendor/htm-preact.js";
import { Chat } from "/chat.js";
import { Desk, Modes, give, mayRule, pending } from "/desk.js";
import { Login, Me } from "/people.js";
import { Pulse } from "/plots.js";
import { Goods, Ledger } from "/side.js";
import { goTo, now, start, store } from "/store.js";
import { Answers, Questions, active, forHost } from "/talk.js";
import { wordsFor } from "/words.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const REDRAW = 250; // ms between two pictures of the room: what people can follow
const STALE = 5; // seconds without a status before the page says so

function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage is switched off: the choice lasts for this visit
  }
}

const Logo = () => html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" /><path class="bubble" d="M9 8h14a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-6.2L11.5 26v-4H9a3 3 0 0 1-3-3v-8a3 3 0 0 1 3-3z" /><path class="check" d="m11.4 15.2 3.2 3.1 6-6.2" /></svg>`;
const Moon = () => html`<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M16.5 12.200A7 7 0 0 1 7.8 3.500a7 7 0 1 0 8.7 8.700z" /></svg>`;
const Sun = () => html`<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="3.5" /><path d="M10 1.800v2M10 16.200v2M1.8 10h2M16.2 10h2M4.2 4.200l1.4 1.400M14.4 14.400l1.4 1.400M4.2 15.800l1.4-1.400M14.4 5.600l1.4-1.4" /></svg>`;

function Head({ w, ui, lang, setLang, night, setTheme }) {
  const { status, room, rooms } = store;
  const workers = status?.workers ?? 0;
  return html`<header class="head">
    <${Logo} /><h1>${w.name}</h1>
    ${rooms.length > 1 ? html`<label class="rooms"><span class="hidden">${w.room}</span><select value=${room ?? ""} onChange=${(e) => goTo(e.target.value)}>
        ${room === null && html`<option value="">–</option>`}${rooms.map((r) => html`<option key=${r} value=${r} selected=${r === room}>${r}</option>`)}</select></label>`
      : room && html`<span class="room">${room}</span>`}
    ${status && html`${(status.places?.length > 1 ? status.places : [{ ...status, name: "" }]).map((p) => html`<span class="pill" key=${p.name} data-link=${p.link} title=${(p.link_why ?? p.why) || w.of("link", p.link)}><i></i>${p.name ? w.place(p.name) : w.of("link", p.link ?? "connecting")}</span>`)}
      <span class=${`pill workers ${workers ? "" : "none"}`}>${workers ? w.models(workers) : w.factsOnly}</span>`}
    <span class="space"></span>
    <${Modes} w=${w} ui=${ui} /><${Me} w=${w} />
    <a class="tool text" href=${`/host${location.search}`} target="_blank" rel="noopener">${w.prompter}</a>
    <a class="tool text" href=${`/script${location.search}`} target="_blank" rel="noopener">${w.scriptPage}</a>
    <button class="tool text" onClick=${() => setLang(lang === "zh" ? "en" : "zh")} lang=${lang === "zh" ? "en" : "zh-CN"}>${w.other}</button>
    <button class="tool" aria-label=${w.theme} title=${w.theme} onClick=${() => setTheme(night ? "light" : "dark")}>${night ? html`<${Sun} />` : html`<${Moon} />`}</button>
  </header>`;
}

function Notices({ w, ui }) {
  const { status, link, room, rooms } = store;
  const list = [];
  if (link === "lost") list.push(["bad", w.lost]);
  else if (link === "dialing") list.push(["wait", w.dial]);
  else if (room === null) list.push(["wait", rooms.length ? w.noRoom : w.waitRoom]);
  else {
    const silent = now() - (status?.at ?? now());
    if (silent > STALE && status?.link !== "ended") list.push(["warn", w.stale(silent)]);
  }
  if (status?.mode && status.mode !== "auto") list.push([status.mode === "stopped" ? "bad" : "warn", w.of("modeNote", status.mode)]);
  for (const [what, target, by] of status?.taken ?? []) list.push(["warn", w.takenNote(what, target, by), { do: "takeover", what, target, on: false }]);
  for (const code of status?.notes ?? []) {
    if (code !== "link_down") list.push(["warn", w.of("note", code)]);
  }
  const down = status?.places?.length > 1 ? status.places.filter((p) => p.link !== "live") : [];
  if (down.length && down.length < status.places.length) {
    for (const p of down) list.push([p.link === "bad_credentials" ? "bad" : "warn", `${w.place(p.name)}${w.colon}${w.of("link", p.link)}${p.why ? ` (${p.why})` : ""}`]);
  }
  const state = status?.link ?? "connecting";
  if (status && state !== "live") {
    const why = status.link_why && state !== "ended" ? (w.lang === "zh" ? `（${status.link_why}）` : ` (${status.link_why})`) : "";
    list.push([state === "bad_credentials" ? "bad" : state === "degraded" ? "warn" : "wait", w.of("note", state) + why]);
  }
  return list.length > 0 && html`<div class="contents" role="status"><ul class="notices">${list.map(([level, text, undo]) => html`<li key=${text} data-level=${level}><i></i><span dir="auto">${text}</span>${undo && mayRule() && html`<button class="mini" onClick=${() => give(ui, w, undo)}>${w.giveBack}</button>`}</li>`)}</ul></div>`;
}

function Figures({ w, ui }) {
  const s = store.status ?? {};
  const asked = s.askers_asked ?? 0;
  const covered = s.askers_covered ?? 0;
  const share = asked ? Math.floor((covered / asked) * 1000) / 10 : null;
  const [fact50, fact95] = s.latency?.fact ?? [];
  const model95 = s.latency?.model?.[1];
  const host = forHost().length;
  const time = (v) => (typeof v === "number" ? w.seconds(v) : "");
  const [value, unit] = typeof fact50 === "number" ? w.seconds(fact50).split(" ") : ["–", ""];
  return html`<section class="figures-bar">
    <div><h2>${w.coverage_title}</h2><p>${share === null ? "–" : html`${share}<small>%</small>`}</p><span>${w.coverage(covered, asked)}</span></div>
    <div class=${host ? "host" : ""}><h2>${w.waitingHost}</h2><p>${w.count(host)}</p><span>${w.host_total(s.fates?.to_host ?? 0)}</span></div>
    <div><h2>${w.openNow}</h2><p>${w.count(active().length)}</p><span>${w.waiting(s.waiting ?? 0)}</span></div>
    <div><h2>${w.draftTime}</h2><p>${value}<small>${unit}</small></p><span>${w.p95(time(fact95), time(model95))}</span></div>
    <div><h2>${w.speed}</h2><p>${(s.rate ?? 0).toFixed(1)}<small>${w.perSecond}</small></p><span>${w.total(s.received)}</span></div>
    <${Ledger} w=${w} ui=${ui} strip=${true} />
  </section>`;
}

const Tabs = ({ w, tab, setTab }) => html`<nav class="tabs">${[["questions", w.asked], ["answers", w.answers], ["chat", w.chatTab], ["goods", w.goods], ["data", w.data]].map(([key, label]) =>
  html`<button key=${key} aria-pressed=${tab === key} onClick=${() => setTab(key)}>${label}${key === "questions" && (forHost().length > 0 || pending().length > 0) ? html`<span class="dot"></span>` : ""}</button>`)}</nav>`;

function App() {
  const [version, setVersion] = useState(0);
  const [lang, chooseLang] = useState(root.lang.startsWith("zh") ? "zh" : "en");
  const [theme, chooseTheme] = useState(root.dataset.theme ?? "");
  const [system, setSystem] = useState(dark.matches);
  const [tab, setTab] = useState("questions");
  const [linked, setLinked] = useState("");
  const [opened, setOpened] = useState(0);
  const [openedRun, setOpenedRun] = useState(0);
  const [toast, setToast] = useState("");
  const [filter, setFilter] = useState({ kind: kept("zhubo.chat") === "all" ? "all" : "asked" });
  const w = useMemo(() => wordsFor(lang), [lang]);
  const night = theme ? theme === "dark" : system;

  useEffect(() => {
    let due = false;
    start((urgent) => {
      if (urgent) { setVersion(store.version); return; }
      if (due) return;
      due = true;
      setTimeout(() => { due = false; setVersion(store.version); }, REDRAW);
    });
    dark.addEventListener("change", (e) => setSystem(e.matches));
  }, []);
  useEffect(() => { document.title = `${store.room ? `${store.room} · ` : ""}${w.title}`; }, [store.room, w]);
  const setLang = (next) => { root.lang = next === "zh" ? "zh-CN" : "en"; keep("zhubo.lang", next); chooseLang(next); };
  const setTheme = (next) => { root.dataset.theme = next; keep("zhubo.theme", next); chooseTheme(next); };
  const ui = {
    tab, linked, opened, openedRun, filter,
    link: setLinked,
    tell: (text) => { setToast(text); if (text) setTimeout(() => setToast((now) => (now === text ? "" : now)), 6000); },
    open: setOpened,
    openRun: setOpenedRun,
    choose: (next, toTab) => { setFilter(next); keep("zhubo.chat", next.kind); if (toTab) setTab(toTab); },
    only: (question) => { setFilter({ kind: "asked", question }); setTab("chat"); },
  };

  return html`<div class="page" data-showing=${tab}>
    <${Head} w=${w} ui=${ui} lang=${lang} setLang=${setLang} night=${night} setTheme=${setTheme} />
    <${Notices} w=${w} ui=${ui} />
    <${Figures} w=${w} ui=${ui} />
    <main>
      <${Chat} w=${w} ui=${ui} version=${version} />
      <div class="middle"><${Desk} w=${w} ui=${ui} /><${Questions} w=${w} ui=${ui} /><${Answers} w=${w} ui=${ui} /></div>
      <div class="side"><${Goods} w=${w} ui=${ui} /><${Pulse} w=${w} look=${`${night}${tab}`} /><${Ledger} w=${w} ui=${ui} /></div>
    </main>
    <${Tabs} w=${w} tab=${tab} setTab=${setTab} />
    ${toast && html`<p class="toast" role="alert">${toast}</p>`}
    <${Login} w=${w} />
  </div>`;
}

render(html`<${App} />`, document.getElementById("app"));
