// The right side: what is sold, what is on screen, and whether every comment is accounted for.

import { html, useState } from "/vendor/htm-preact.js";
import { give, mayRule } from "/desk.js";
import { Export } from "/people.js";
import { now, store } from "/store.js";
import { half } from "/words.js";

const FLASH = 12; // seconds a changed price or stock stays marked
const LOW = 5;
const FATES = ["answered", "merged", "to_host", "withheld", "expired", "failed", "shed", "retracted", "ignored"];

const pieces = (text) => (/^\d+$/.test(text ?? "") ? Number(text) : null);

function Stock({ w, text }) {
  const n = pieces(text);
  if (n === null) return text ? html`<span class="stock">${w.stockWords(text)}</span>` : "";
  return html`<span class=${`stock ${n === 0 ? "none" : n <= LOW ? "low" : ""}`}>${n === 0 ? w.soldOut : w.stock(n)}</span>`;
}

function Price({ w, p }) {
  const change = store.changed.get(p.id);
  const recent = change && now() - change.at < FLASH;
  return html`<span class=${`price ${recent && change.price ? "changed" : ""}`}>
    ${recent && change.price ? html`<s>${w.money(change.price)}</s>` : p.original && p.original !== p.price ? html`<s>${w.money(p.original)}</s>` : ""}
    <b>${p.price ? w.money(p.price) : w.askHost}</b></span>`;
}

const name = (w, p) => (w.lang === "zh" ? p.zh || p.en : p.en || p.zh) || p.id;
const changedNow = (p) => { const c = store.changed.get(p.id); return Boolean(c && now() - c.at < FLASH); };

function RowErrors({ w }) {
  const [open, setOpen] = useState(false);
  const { errors = [], error_total: total = 0 } = store.goods ?? {};
  if (!total) return "";
  return html`<div class="row-errors">
    <button aria-expanded=${open} onClick=${() => setOpen(!open)}><i aria-hidden="true">!</i>${w.errors(total)}<span>${open ? w.hide : w.details}</span></button>
    ${open && html`<ol>${errors.map((e, i) => html`<li key=${i}><b>${w.where(e)}</b>${e.dropped && html`<span class="slot">${w.leftOut}</span>`}<p dir="auto">${half(e.problem, w.lang, " / ")}</p><p class="repair" dir="auto">${w.fix}${w.lang === "zh" ? "：" : ": "}${half(e.fix, w.lang, " / ")}</p></li>`)}
      ${total > errors.length && html`<li>${w.more(total - errors.length)}</li>`}</ol>`}
  </div>`;
}

// What can be done with a product: shown while it is pointed at or chosen.
function Acts({ w, ui, p, now: shown }) {
  const taken = (store.status?.taken ?? []).find(([what, id]) => what === "product" && id === p.id);
  return html`<span class="acts">
    ${!shown && html`<button class="mini" onClick=${() => give(ui, w, { do: "screen", product: p.id })}>${w.explain}</button>`}
    <button class="mini" title=${w.pushHelp} onClick=${() => give(ui, w, { do: "say", product: p.id })}>${w.push}</button>
    <button class="mini" aria-pressed=${Boolean(taken)} onClick=${() => give(ui, w, { do: "takeover", what: "product", target: p.id, on: !taken })}>${taken ? w.giveBack : w.take}</button></span>`;
}

const heatOf = (id) => (store.cues?.explain ?? []).find((n) => n.product === id)?.askers;

export function Goods({ w, ui }) {
  const goods = store.goods;
  const products = goods?.products ?? [];
  const hero = products.find((p) => p.id === store.status?.on_screen);
  return html`<section class="panel goods" data-tab="goods">
    <header><h2>${w.goods}</h2>${goods?.version > 0 && html`<span class="slot">${w.version(goods.version)}</span>`}<span class="number">${w.count(goods?.total ?? 0)}</span></header>
    ${hero ? html`<div class="hero"><span class="tag"><i></i>${w.onScreen}</span><p class="name" title=${name(w, hero)}>${hero.number > 0 && html`<b>${w.number(hero.number)}</b>`}${name(w, hero)}</p><p class="figures"><${Price} w=${w} p=${hero} /><${Stock} w=${w} text=${hero.stock} /></p>${mayRule() && html`<${Acts} w=${w} ui=${ui} p=${hero} now=${true} />`}</div>`
      : products.length > 0 && html`<div class="hero none">${w.nothingOnScreen}</div>`}
    <div class="scroll">
      ${products.length ? html`<ul class="products">${products.map((p) => html`<li key=${p.id} class=${`${p === hero ? "now" : ""} ${changedNow(p) ? "flash" : ""} ${pieces(p.stock) === 0 ? "out" : ""}`}>
        <span class="no">${p.number > 0 ? p.number : "–"}</span><span class="name" title=${name(w, p)}>${store.status?.suggested?.[p.id] ? html`<span class="slot" title=${w.suggestedHelp}>${w.suggestedSo(...store.status.suggested[p.id])}</span> ` : ""}${heatOf(p.id) ? html`<span class="heat warm" title=${w.heatOf(heatOf(p.id))}>${w.askers(heatOf(p.id))}</span> ` : ""}${name(w, p)}</span><${Price} w=${w} p=${p} /><${Stock} w=${w} text=${p.stock} />${mayRule() && html`<${Acts} w=${w} ui=${ui} p=${p} now=${p === hero} />`}</li>`)}</ul>`
        : html`<p class="empty">${w.noGoods}</p>`}
      ${goods?.total > products.length && html`<p class="rest">${w.more(goods.total - products.length)}</p>`}
    </div>
    <${RowErrors} w=${w} />
  </section>`;
}

// Every comment heard, by where it ended: a strip under the figures, a panel of its own on the phone.
export function Ledger({ w, ui, strip }) {
  const status = store.status ?? {};
  const fates = status.fates ?? {};
  const settled = Object.values(fates).reduce((sum, n) => sum + n, 0);
  const open = status.open ?? 0;
  const received = status.received ?? 0;
  const fits = received === settled + open;
  const parts = [...FATES.map((f) => [f, fates[f] ?? 0, w.of("fate", f)]), ["open", open, w.inProgress]];
  const sum = html`<span class=${`sum ${fits ? "ok" : "bad"}`} title=${w.ledger_sum(received, settled, open)}>${fits ? "✓" : "!"} ${fits ? w.balanced : w.unbalanced}</span>`;
  return html`<section class=${strip ? "ledger strip" : "panel ledger"} data-tab="data">
    ${!strip && html`<header><h2>${w.ledger}</h2>${sum}</header>`}
    <div class="bar" role="img" aria-label=${w.ledger}>${parts.map(([f, n]) => n > 0 && html`<i key=${f} data-fate=${f} style=${{ flexGrow: String(n) }}></i>`)}</div>
    <ul class="fates">${parts.map(([f, n, label]) => html`<li key=${f} data-fate=${f} class=${n ? "" : "zero"}><i></i><span>${label}</span><b>${w.count(n)}</b></li>`)}${strip && html`<li class="end">${ui && html`<${Export} w=${w} ui=${ui} />`}${sum}</li>`}</ul>
    ${!strip && ui && html`<${Export} w=${w} ui=${ui} />`}
    ${!strip && html`<p class="equation">${w.ledger_sum(received, settled, open)}</p>`}
  </section>`;
}
