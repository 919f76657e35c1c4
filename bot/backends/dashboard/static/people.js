// Who is at the desk: the login, the name, one's own lines, what was ruled, and the day's record.

import { html, useEffect, useState } from "/vendor/htm-preact.js";
import { give, mayRule } from "/desk.js";
import { product } from "/chat.js";
import { callMe, check, days, exported, logIn, store } from "/store.js";

export function Login({ w }) {
  const [token, setToken] = useState("");
  if (!store.me?.login) return "";
  const enter = (e) => { e.preventDefault(); store.said = ""; logIn(token.trim()); };
  return html`<div class="login"><form onSubmit=${enter}><h2>${w.logIn}</h2><p>${w.logInHelp}</p>
    <input type="password" autocomplete="current-password" aria-label=${w.token} placeholder=${w.token} value=${token} onInput=${(e) => setToken(e.target.value)} />
    ${store.said && html`<p class="wrong" role="alert">${w.ruling(store.said, "")}</p>`}
    <button class="act yes" type="submit">${w.logIn}</button></form></div>`;
}

export function Me({ w }) {
  const me = store.me;
  if (!me?.name || !me.desk) return "";
  const rename = () => { const name = prompt(w.yourName, me.name); if (name) callMe(name.trim()); };
  return html`<button class="pill me" title=${`${w.of("role", me.role)}`} onClick=${rename}>${me.name}</button>`;
}

// A line of one's own, checked while it is typed.
export function Composer({ w, ui }) {
  const [text, setText] = useState("");
  const [about, setAbout] = useState(null);
  const [found, setFound] = useState(null);
  const item = about ?? store.status?.on_screen ?? "";
  useEffect(() => {
    if (!text) { setFound(null); return undefined; }
    const soon = setTimeout(() => check("", text, item).then(setFound), 120);
    return () => clearTimeout(soon);
  }, [text, item]);
  if (!mayRule()) return "";
  const send = async (e) => {
    e.preventDefault();
    if (!found?.ok) return;
    const ruling = await give(ui, w, { do: "say", text, product: item });
    if (ruling.done) setText("");
  };
  const products = store.goods?.products ?? [];
  return html`<form class="composer" onSubmit=${send}>
    <select aria-label=${w.about} value=${item} onChange=${(e) => setAbout(e.target.value)}><option value="">${w.noProductChosen}</option>${products.map((p) => html`<option key=${p.id} value=${p.id} selected=${p.id === item}>${w.product(p)}</option>`)}</select>
    <input dir="auto" placeholder=${w.ownLine} aria-label=${w.ownLine} value=${text} aria-invalid=${found ? !found.ok : false} onInput=${(e) => setText(e.target.value)} />
    <button class="act yes" disabled=${!found?.ok}>${w.post}</button>
    ${found && !found.ok && html`<p class="wrong" role="status">${w.ruling(found.why ?? "", found.detail ?? "")}</p>`}
  </form>`;
}

const subject = (w, c) => (c.answer ? (store.questions.get(c.answer)?.text ?? c.answer) : c.product ? w.product(product(c.product)) : c.what ? `${w.of("what", c.what)} ${c.what === "product" ? w.product(product(c.target)) : (c.target ?? "").slice(0, 6)}` : "");

const QUIET = new Set(["claim", "release"]);
const told = () => store.rulings.filter((r) => !QUIET.has(r.order.command.do)).reverse();

export const Rulings = ({ w }) => (told().length ? html`<ul class="list rulings">${told().map((r) => html`<li key=${`${r.order.by} ${r.order.id}`} class=${r.done ? "" : "refused"}>
  <time>${w.clock(r.at)}</time><b>${r.order.by}</b><span class="do">${w.command(r.order.command)}</span><span class="words" dir="auto">${r.line || subject(w, r.order.command)}</span>${!r.done && html`<span class="wrong">${w.ruling(r.why, r.detail ?? "")}</span>`}</li>`)}</ul>`
  : html`<p class="empty">${w.noRulings}</p>`);

export function Export({ w, ui }) {
  const [list, setList] = useState(null);
  if (store.me?.role !== "owner" || !store.me.desk) return "";
  const fetchDay = async (day) => {
    const said = await exported(day);
    if (said.path) location.assign(said.path); // answered with a file: the page stays
    else ui.tell(w.ruling(said.why ?? "", said.detail ?? ""));
  };
  const open = async () => {
    const said = await days();
    if (said.days?.length === 1) fetchDay(said.days[0]);
    else if (said.days?.length) setList(said.days);
    else ui.tell(w.ruling("no_record", ""));
  };
  return html`<div class="export">${list ? html`<select aria-label=${w.exportDay} onChange=${(e) => { if (e.target.value) fetchDay(e.target.value); setList(null); }}><option value="">${w.exportDay}</option>${list.map((d) => html`<option key=${d}>${d}</option>`)}</select>`
    : html`<button class="act" title=${w.exportHelp} onClick=${open}>${w.exportDay}</button>`}</div>`;
}
