// The host's script: made from the catalogue, read with what it rests on, changed by hand, and rehearsed against the clock.

import { html, render, useEffect, useRef, useState } from "/vendor/htm-preact.js";
import { order, script as fetchScript, start, store, write } from "/store.js";
import { wordsFor } from "/words.js";

const words = {
  zh: {
    title: "直播脚本", make: "写一版", minutes: "时长（分钟）", theme: "主题", tone: "语气", tones: { lively: "活泼", warm: "亲切", calm: "沉稳" }, lang: "语言", other: "English", desk: "场控台", host: "提词屏",
    none: "还没有脚本。填好时长，点「写一版」，按商品表生成。", busy: "正在写…", again: "换个说法", edit: "手写一句", lock: "锁定", unlock: "解锁", put: "放到最前", cancel: "取消", rehearse: "开始排练", stop: "停止排练",
    stale: (n) => `${n} 句与现在的资料不符`, mend: "全部更新", gone: "删去", rests: "依据", left: "没有采用", of: "计划", behind: "落后", ahead: "提前", variant: "版本", pause: "动作",
    by: { model: "模型写", person: "手写" }, viewer: "你只能看，不能改",
  },
  en: {
    title: "Live script", make: "Write one", minutes: "Minutes", theme: "Theme", tone: "Tone", tones: { lively: "lively", warm: "warm", calm: "calm" }, lang: "Language", other: "中文", desk: "Desk", host: "Teleprompter",
    none: "No script yet. Choose a length and have one written from your product table.", busy: "Writing…", again: "Other words", edit: "By hand", lock: "Lock", unlock: "Unlock", put: "Put it first", cancel: "Cancel", rehearse: "Rehearse", stop: "Stop",
    stale: (n) => `${n} sentence${n === 1 ? " is" : "s are"} untrue now`, mend: "Put all right", gone: "take it out", rests: "rests on", left: "Left out", of: "planned", behind: "behind", ahead: "ahead", variant: "Version", pause: "do",
    by: { model: "by the model", person: "by hand" }, viewer: "You may read, not change",
  },
};
const root = document.documentElement;
if (!root.dataset.theme) root.dataset.theme = "dark";
const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

function Section({ w, section, lit, mayEdit, change, said }) {
  const [text, setText] = useState(null);
  const here = useRef(null);
  useEffect(() => { if (lit >= 0) here.current?.scrollIntoView({ block: "center", behavior: "smooth" }); }, [lit]);
  const put = (e) => { e.preventDefault(); change({ do: "rewrite", section: section.id, text }).then((ok) => ok && setText(null)); };
  return html`<section class=${`section ${section.locked ? "locked" : ""}`} data-section=${section.id}>
    <div class="top"><h2>${section.title}</h2><span class="time">${clock(section.seconds)} / ${clock(section.planned)}</span>${section.why && html`<span class="why">${section.why}</span>`}
      ${mayEdit && html`<span class="acts"><button disabled=${section.locked} onClick=${() => change({ do: "rewrite", section: section.id })}>${w.again}</button><button disabled=${section.locked} onClick=${() => setText("")}>${w.edit}</button><button aria-pressed=${Boolean(section.locked)} onClick=${() => change({ do: "lock", section: section.id, on: !section.locked })}>${section.locked ? w.unlock : w.lock}</button></span>`}</div>
    <ol>${(section.sentences ?? []).map((s, i) => html`<li key=${i} ref=${i === lit ? here : null} class=${`by-${s.by} ${s.pause ? "pause" : ""} ${s.stale ? "stale" : ""} ${i === lit ? "lit" : ""}`} dir="auto">
      ${s.stale ? html`<s>${s.text}</s> <b>${s.instead || w.gone}</b>` : html`<span>${s.text}${s.pause ? ` ${clock(s.seconds)}` : ""}</span>`}<em>${[w.by[s.by], s.fields?.length ? `${w.rests} ${s.fields.join(", ")}` : ""].filter(Boolean).join(" · ")}</em></li>`)}</ol>
    ${text !== null ? html`<form class="edit" onSubmit=${put}><input autofocus aria-label=${w.edit} value=${text} onInput=${(e) => setText(e.target.value)} /><button class="go" type="submit" disabled=${!text.trim()}>${w.put}</button><button type="button" onClick=${() => setText(null)}>${w.cancel}</button></form>` : ""}
    ${said?.section === section.id ? html`<p class="no" role="alert">${said.words}</p>` : ""}
  </section>`;
}

// Why words were left out: a refusal with its detail behind a bar, and what was said instead.
function leftOut(lang, why) {
  const [reason, instead = ""] = why.split(" → ");
  const [code, ...detail] = reason.split("|");
  return wordsFor(lang).ruling(code, detail.join("|")) + (instead && ` → ${instead}`);
}

function Make({ w, done }) {
  const [brief, setBrief] = useState({ minutes: 60, theme: "", tone: "warm", lang: root.lang.startsWith("zh") ? "zh" : "en", variant: 0 });
  const [busy, setBusy] = useState(false);
  const set = (key) => (e) => setBrief({ ...brief, [key]: e.target.value });
  const go = async (e) => {
    e.preventDefault();
    setBusy(true);
    const { minutes, theme, tone, lang, variant } = brief;
    const found = await write({ seconds: Number(minutes) * 60, theme, tone, lang, variant: Number(variant) });
    setBusy(false);
    done(found.why ? found.detail || found.why : "");
  };
  return html`<form onSubmit=${go}><label>${w.minutes}<input type="number" min="0.5" max="480" step="0.5" value=${brief.minutes} onInput=${set("minutes")} /></label>
    <label>${w.theme}<input class="theme" maxlength="60" value=${brief.theme} onInput=${set("theme")} /></label>
    <label>${w.tone}<select value=${brief.tone} onChange=${set("tone")}>${Object.entries(w.tones).map(([k, t]) => html`<option key=${k} value=${k}>${t}</option>`)}</select></label>
    <label>${w.lang}<select value=${brief.lang} onChange=${set("lang")}><option value="zh">${"中文"}</option><option value="en">${"English"}</option></select></label>
    <label>${w.variant}<input type="number" min="0" max="99" value=${brief.variant} onInput=${set("variant")} /></label>
    <button class="go" type="submit" disabled=${busy}>${busy ? w.busy : w.make}</button></form>`;
}

function App() {
  const [, setVersion] = useState(0);
  const [lang, setLang] = useState(root.lang.startsWith("zh") ? "zh" : "en");
  const [made, setMade] = useState(null);
  const [said, setSaid] = useState(null);
  const [began, setBegan] = useState(0);
  const w = words[lang];
  const load = () => fetchScript().then((found) => { if (found.script !== undefined) setMade(found.script); });
  useEffect(() => { start(() => setVersion((n) => n + 1)); }, []);
  useEffect(() => { document.title = `${w.title} · zhubo`; }, [lang]);
  const ready = store.room && store.me?.name;
  useEffect(() => { if (ready) load(); }, [ready, store.goods?.version]);
  useEffect(() => { if (!began) return undefined; const tick = setInterval(() => setVersion((n) => n + 1), 250); return () => clearInterval(tick); }, [began]);
  const mayEdit = Boolean(store.me?.role) && store.me.role !== "viewer";
  const change = async (command) => {
    const ruling = await order(command);
    setSaid(ruling.done ? null : { section: command.section, words: wordsFor(lang).ruling(ruling.why, ruling.detail ?? "") });
    await load();
    return ruling.done;
  };
  const sections = made?.sections ?? [];
  const whole = sections.reduce((sum, s) => sum + s.seconds, 0);
  const stale = sections.flatMap((s) => s.sentences ?? []).filter((s) => s.stale).length;
  const gone = began ? (performance.now() - began) / 1000 : 0;
  let at = -1, line = -1, passed = 0;
  if (began) {
    outer: for (const [i, section] of sections.entries()) for (const [k, s] of (section.sentences ?? []).entries()) {
      [at, line] = [i, k];
      passed += s.seconds;
      if (passed > gone) break outer;
    }
  }
  if (store.me?.login) return html`<main><p class="note"><a href="/">${w.desk}</a></p></main>`;
  return html`<header><h1>${w.title}</h1>${made && html`<span class="note">${made.name} · ${clock(whole)} / ${clock(made.brief.seconds ?? 1800)}</span>`}
      <span class="right">${began ? html`<span class="clock">${clock(gone)} / ${clock(whole)}</span>` : ""}${sections.length ? html`<button aria-pressed=${Boolean(began)} onClick=${() => setBegan(began ? 0 : performance.now())}>${began ? w.stop : w.rehearse}</button>` : ""}<a href=${`/host${location.search}`} target="_blank" rel="noopener">${w.host}</a><a href=${`/${location.search}`}>${w.desk}</a><button onClick=${() => { const next = lang === "zh" ? "en" : "zh"; root.lang = next === "zh" ? "zh-CN" : "en"; setLang(next); }}>${w.other}</button></span></header>
    <main>${mayEdit ? html`<${Make} w=${w} done=${(why) => { setSaid(why ? { section: "", words: why } : null); setTimeout(load, 300); }} />` : html`<p class="note">${w.viewer}</p>`}
      ${said?.section === "" ? html`<p class="no" role="alert">${said.words}</p>` : ""}
      ${stale > 0 ? html`<p class="stale-bar">${w.stale(stale)}${mayEdit && html`<button onClick=${() => change({ do: "mends" })}>${w.mend}</button>`}</p>` : ""}
      ${sections.length ? sections.map((s, i) => html`<${Section} key=${s.id} w=${w} section=${s} lit=${i === at ? line : -1} mayEdit=${mayEdit} change=${change} said=${said} />`) : html`<p class="note">${w.none}</p>`}
      ${made?.left?.length ? html`<section class="section left"><h2>${w.left}</h2><ul>${made.left.map((item, i) => html`<li key=${i} dir="auto">${item.text} — ${leftOut(lang, item.why)}</li>`)}</ul></section>` : ""}
    </main>`;
}

render(html`<${App} />`, document.getElementById("app"));
