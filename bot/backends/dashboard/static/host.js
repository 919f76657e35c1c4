// The teleprompter: what the host should say now, in type that is read at 3 metres.
// `?clear` has no background, for OBS; `?room=NAME` chooses the room.

import { html, render, useEffect, useRef, useState } from "/vendor/htm-preact.js";
import { logIn, now, order, start, store } from "/store.js";

const SHOWN = 3;
const SOON = 60; // seconds
const GUARD = 500; // ms
const words = {
  zh: {
    title: "提词屏", script: "脚本", gone: "资料已变，先别讲", part: { welcome: "开场", hook: "引入", need: "需求", points: "卖点", demo: "演示", offer: "价格", objections: "答疑", interact: "互动", action: "下单" }, onScreen: "正在讲解", none: "没有要口头回答的问题", people: "人问", you: "你来答", said: "已说", space: "空格键", next: "接着讲", stopped: "助手已停",
    clicks: (n) => `${n} 人点开`, margin: { high: "利润高", mid: "", low: "利润低" }, asked: (n) => `近 2 分钟 ${n} 人问`, left: (n) => `库存 ${n}`, never: "本场还没讲过", ago: (m) => `${m} 分钟前讲过`, read: "朗读", lost: "连接断开，正在重连…", logIn: "登录", token: "口令",
    number: (n) => `${n}号`, comma: "，", name: (p) => p.zh || p.en, wait: "等待直播间…", other: "English", wrong: "口令不对",
  },
  en: {
    title: "Teleprompter", script: "Script", gone: "changed: leave it out", part: { welcome: "Welcome", hook: "Hook", need: "Need", points: "Points", demo: "Demo", offer: "Price", objections: "Answers", interact: "Chat", action: "Order" }, onScreen: "On screen", none: "Nothing to answer by voice", people: "asked", you: "Over to you", said: "Said it", space: "Space", next: "Explain next", stopped: "Assistant stopped",
    clicks: (n) => `${n} opened it`, margin: { high: "high margin", mid: "", low: "low margin" }, asked: (n) => `${n} asked in 2 min`, left: (n) => `${n} left`, never: "not shown yet", ago: (m) => `shown ${m} min ago`, read: "Read aloud", lost: "Connection lost, reconnecting…", logIn: "Log in", token: "Token",
    number: (n) => `#${n}`, comma: ", ", name: (p) => p.en || p.zh, wait: "Waiting for the room…", other: "中文", wrong: "Wrong token",
  },
};
const root = document.documentElement;
if (!root.dataset.theme) root.dataset.theme = "dark";
if (new URLSearchParams(location.search).has("clear")) document.body.classList.add("clear");

const product = (id) => store.goods?.products.find((p) => p.id === id);
const label = (w, p) => (p ? `${p.number ? `${w.number(p.number)} ` : ""}${w.name(p)}` : "");

// Seconds to a wall clock "20:30"; a moment that is over for more than an hour is tomorrow's.
export function secondsTo(at, from = new Date()) {
  const [hours, minutes] = at.split(":").map(Number);
  const due = new Date(from);
  due.setHours(hours, minutes, 0, 0);
  const left = (due - from) / 1000;
  return left < -3600 ? left + 86400 : left;
}

const clock = (s) => {
  const whole = Math.max(0, Math.round(s));
  const h = Math.floor(whole / 3600), m = Math.floor((whole % 3600) / 60);
  return `${h ? `${h}:${String(m).padStart(2, "0")}` : m}:${String(whole % 60).padStart(2, "0")}`;
};

const Cue = ({ w, cue, first }) => html`<li class="cue" data-cue=${cue.id}><p class="people">${cue.people}<small>${w.people}</small></p>
  <div><p class="ask" dir="auto">${cue.text}</p><p class=${`to ${cue.answer ? "" : "you"}`} dir="auto">→ ${cue.answer || w.you}</p><p class="of">${label(w, product(cue.product))}</p></div>
  ${store.me?.role && store.me.role !== "viewer" ? html`<button onClick=${() => say(cue)}>${w.said}${first && html`<small>${w.space}</small>`}</button>` : ""}</li>`;

const said = new Set();
function say(cue) {
  said.add(cue.id);
  order({ do: "said", answer: cue.id }).then((r) => { if (!r.done && r.why !== "gone") said.delete(cue.id); });
}

function Next({ w, next }) {
  const p = product(next.product);
  if (!p) return "";
  const since = next.shown ? w.ago(Math.max(1, Math.round((now() - next.shown) / 60))) : w.never;
  return html`<p class="next">${w.next} <b>${label(w, p)}</b><em>${[next.askers ? w.asked(next.askers) : "", next.clicks ? w.clicks(next.clicks) : "", next.stock === undefined ? "" : w.left(next.stock), since, w.margin[next.margin]].filter(Boolean).join(w.comma)}</em></p>`;
}

// What the script says of the product on screen, one line lit at a time: arrow keys, or a tap, move it.
function Script({ w, lines }) {
  const [at, setAt] = useState(0);
  const lit = useRef(null), head = lines.map((l) => l.text).slice(0, 3).join("|");
  useEffect(() => { setAt(0); }, [head]);
  useEffect(() => { lit.current?.scrollIntoView({ block: "center" }); }, [at, head]);
  useEffect(() => {
    const keys = (e) => {
      if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
      e.preventDefault();
      setAt((n) => Math.min(lines.length - 1, Math.max(0, n + (e.key === "ArrowDown" ? 1 : -1))));
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [lines.length]);
  return html`<section class="script" aria-label=${w.script} tabIndex="0"><ol>${lines.map((line, i) => html`<li key=${i} ref=${i === at ? lit : null} class=${`${i === at ? "lit" : ""} ${line.stale ? "stale" : ""}`} onClick=${() => setAt(i)}>
    <em>${i === 0 || lines[i - 1].part !== line.part ? w.part[line.part] ?? "" : ""}</em><span dir="auto">${line.stale ? html`<s>${line.text}</s> <b>${line.instead || w.gone}</b>` : line.text}</span></li>`)}</ol></section>`;
}

function App() {
  const [, setVersion] = useState(0);
  const [lang, setLang] = useState(root.lang.startsWith("zh") ? "zh" : "en");
  const [aloud, setAloud] = useState(false);
  const [token, setToken] = useState("");
  const w = words[lang];
  useEffect(() => { start(() => setVersion((n) => n + 1)); }, []);
  useEffect(() => { document.title = `${w.title} · zhubo`; }, [lang]);
  const cues = (store.cues?.answer ?? []).filter((c) => !said.has(c.id)).slice(0, SHOWN);
  const top = cues[0];
  const fresh = useRef({ id: "", since: 0 });
  if (fresh.current.id !== top?.id) fresh.current = { id: top?.id, since: performance.now() };
  useEffect(() => {
    if (!aloud || !top || !window.speechSynthesis) return;
    const speech = new SpeechSynthesisUtterance(`${top.people}${w.people} ${top.text}`);
    speech.lang = top.lang === "zh" ? "zh-CN" : "en-US";
    speechSynthesis.cancel();
    speechSynthesis.speak(speech);
  }, [aloud, top?.id]);
  useEffect(() => {
    const keys = (e) => {
      if (e.repeat || e.target.tagName === "INPUT" || e.target.tagName === "BUTTON" || !(e.key === " " || e.key === "Enter" || e.key === "PageDown")) return;
      e.preventDefault();
      // A cue that has only just moved up was not read yet.
      if (top && store.me?.role !== "viewer" && performance.now() - fresh.current.since > GUARD) say(top);
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  if (store.me?.login) {
    return html`<div class="login"><form onSubmit=${(e) => { e.preventDefault(); store.said = ""; logIn(token.trim()); }}><input type="password" aria-label=${w.token} placeholder=${w.token} value=${token} onInput=${(e) => setToken(e.target.value)} />${store.said && html`<p role="alert">${w.wrong}</p>`}<button type="submit">${w.logIn}</button></form></div>`;
  }
  const screen = product(store.status?.on_screen);
  const dues = (store.cues?.schedule ?? []).map((d) => ({ ...d, left: secondsTo(d.at) })).filter((d) => d.left > -30).sort((a, b) => a.left - b.left).slice(0, 2);
  const script = store.cues?.script ?? [];
  const explain = (store.cues?.explain ?? [])[0];
  return html`<main class=${`host ${script.length ? "scripted" : ""}`}>
    <header class="bar">${screen ? html`<span class="live">${w.onScreen} <b>${label(w, screen)}</b></span><b>${screen.price.replace(/([\d.]+)元/g, "¥$1")}</b>` : html`<span>${store.room ?? w.wait}</span>`}
      ${store.status?.mode === "stopped" && html`<span class="stopped">${w.stopped}</span>`}
      <span class="right"><button aria-pressed=${aloud} onClick=${() => setAloud(!aloud)}>${w.read}</button><button onClick=${() => { const next = lang === "zh" ? "en" : "zh"; root.lang = next === "zh" ? "zh-CN" : "en"; setLang(next); }}>${w.other}</button></span></header>
    ${cues.length ? html`<ul class="cues" aria-live="polite">${cues.map((cue, i) => html`<${Cue} key=${cue.id} w=${w} cue=${cue} first=${i === 0} />`)}</ul>` : html`<p class=${`none ${script.length ? "small" : ""}`}>${w.none}</p>`}
    ${script.length ? html`<${Script} w=${w} lines=${script} />` : ""}
    <footer class="foot">${explain && html`<${Next} w=${w} next=${explain} />`}${dues.map((d) => html`<p class=${`due ${d.left < SOON ? "soon" : ""}`} key=${d.at + d.text}><em>${d.text} ${d.at}</em>${clock(d.left)}</p>`)}</footer>
    ${store.link === "lost" && html`<p class="lost" role="alert">${w.lost}</p>`}
  </main>`;
}

render(html`<${App} />`, document.getElementById("app"));
